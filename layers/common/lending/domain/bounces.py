"""What a bounce most likely means, and whose fault it is (RULES 39; Q14, Q15).

`tests/domain/bounces/` holds what real servers answered, and what each should come to.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from lending.domain.mail_events import EventKind, MailEvent, Recipient


class BounceCause(StrEnum):
    """The FAQ's four causes, and the honest fifth (RULES 39, A15)."""

    WRONG_ADDRESS = "wrong_address"
    DOMAIN_REFUSED = "domain_refused"
    MAILBOX_FULL = "mailbox_full"
    FORWARDING = "forwarding"
    UNKNOWN = "unknown"


class Fault(StrEnum):
    """What is to be put right. Only an address of which mails come back is marked."""

    ADDRESS = "address"  # the patron's address or mailbox, and what it lets through
    SENDER = "sender"  # how the library sends: SPF, DKIM, DMARC, block lists, headers
    MAIL = "mail"  # this one mail was taken for spam or the like
    NOBODY = "nobody"  # too busy, too many at once, out of order


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The likely cause, and `also` what the same words can mean, too (RULES 39).

    `permanent`: the address takes no mail until something changes. `suppressed`: SES no longer even tries, the address
    must come off its list once it is put right.
    """

    cause: BounceCause
    permanent: bool = False
    suppressed: bool = False
    also: BounceCause | None = None
    fault: Fault = Fault.ADDRESS


_WRONG, _REFUSED, _FULL, _FORWARD, _UNKNOWN = BounceCause
_SENDER, _MAIL, _NOBODY = Fault.SENDER, Fault.MAIL, Fault.NOBODY


class Row(NamedTuple):
    """Who says so; what (a regular expression, see `_words`); what it means, or may also mean; whose fault it is."""

    who: str
    pattern: str
    cause: BounceCause
    also: BounceCause | None = None
    fault: Fault = Fault.ADDRESS

    @property
    def meaning(self) -> Diagnosis:
        """What it means in a hard bounce. A full mailbox is the right one, and what can mean two things marks none."""
        permanent = self.fault is Fault.ADDRESS and self.cause is not _FULL and not self.also
        return Diagnosis(self.cause, permanent, also=self.also, fault=self.fault)


_USER_UNKNOWN = r"(unknown user|user unknown)"

# The first row that fits counts: a row that narrows down a phrase stands before the row with the phrase.
PATTERNS: tuple[Row, ...] = (
    Row("Postfix", r"expanded from", _FORWARD),
    Row("any", r"forwarding loop|mail loop|routing loop|mail is looping|loop detected", _FORWARD),
    Row("any", r"too many hops|hop count exceeded", _FORWARD),
    Row("Exchange", r"does not allow external forwarding", _FORWARD),
    # Full
    Row("docomo", r"552 too much mail data", _FULL),
    Row("Exchange", r"quotaexceeded|mailboxquota|storage quota", _FULL),
    Row("Gmail, au", r"out of storage space|over quota", _FULL),
    Row("any", r"(mail|in)box (for \S+ )?(is |was )?full|full mailbox|mail in the mailbox is full", _FULL),
    Row("any", r"quota (has been )?exceed|exceed\w* (\w+ ){0,3}quota|overquota", _FULL),
    Row("any", r"message (length exceeds|too (big|large)|size exceeds)", _FULL),  # see 5.3.4
    Row("Y!mobile", r"mailbox exceeded the (local )?limit", _FULL),
    # The sender's: who it says it is, where it comes from, how its mails are made
    Row("Google Groups", r"spam classification", _REFUSED, None, _MAIL),  # its advice names SPF
    Row("Exchange, Gmail", r"reputation", _REFUSED, None, _SENDER),
    Row("any", r"\b(spf|dkim|dmarc)\b|purported responsible address", _REFUSED, None, _SENDER),
    Row("any", r"unauthenticated|smtp authentication|authentication information", _REFUSED, None, _SENDER),
    Row("any", r"5\.7\.2[0-9]\b(?!.*does not accept)", _REFUSED, None, _SENDER),
    Row("any", r"@blocklist|block ?list|black ?list|blocked using|banned sending ip", _REFUSED, None, _SENDER),
    Row("any", r"\(bl\)|host blocked|554 blocked|user complaints", _REFUSED, None, _SENDER),
    Row("any", r"(client )?host (network )?(rejected|not allowed)|mismatches client ip", _REFUSED, None, _SENDER),
    Row("any", r"reverse dns|\bptr\b|ip name lookup failed", _REFUSED, None, _SENDER),
    Row("any", r"sender (address|domain)\b.{0,80}(does not exist|not found)", _REFUSED, None, _SENDER),
    Row("SoftBank", r"553 @somewhere does not exist", _REFUSED, None, _SENDER),  # it names the sender's domain
    Row("any", r"5\.1\.7 no such domain|unverifyable sending|open relay|insecure mail relay", _REFUSED, None, _SENDER),
    Row("SES", r"identities failed the check", _REFUSED, None, _SENDER),
    Row(
        "any",
        r"duplicate header|header error|headers too large|in message header|line (too long|limit)",
        _REFUSED,
        None,
        _SENDER,
    ),
    Row("Gmail", r"multiple( \d{3} [\d.]+)? addresses in from|rfc 5322", _REFUSED, None, _SENDER),
    # Too many at once; what passes by itself
    Row("Gmail", r"receiving mail (too quickly|at a rate)", _UNKNOWN, None, _NOBODY),
    Row("any", r"too many (connections|messages|recipients)|frequency limited|rate limit", _UNKNOWN, None, _NOBODY),
    Row(
        "any",
        r"gr[ae]y-?list|throttl|try again later|try later|service (not |(currently )?un)available",
        _UNKNOWN,
        None,
        _NOBODY,
    ),
    # This one mail
    Row("any", r"spam|\bube\b|virus|unsolicited|likely suspicious", _REFUSED, None, _MAIL),
    Row("any", r"content\b.{0,20}(reject|presents)|security (issue|polic)", _REFUSED, None, _MAIL),
    Row("Yahoo!", r"message not (allowed|accepted)", _REFUSED, None, _MAIL),
    # Refused, where the words would otherwise mean a wrong address
    Row("docomo, au", rf"{_USER_UNKNOWN}.*end of data", _REFUSED, _WRONG),  # the filters act after the address
    Row("docomo, au", rf"5\.2\.0.*{_USER_UNKNOWN}", _REFUSED, _WRONG),
    Row("au", r"550 ?: ?user unknown", _REFUSED, _WRONG),  # its filter names no address
    Row("any", r"sender (address |domain )?.{0,40}(rejected|denied)", _REFUSED),
    Row("Exchange", r"sendernotauthenticated|rst\.(notauthorized|authrequired)|not authorized to send", _REFUSED),
    Row("any", r"due to recipient preferences", _REFUSED),
    # Wrong, where the words would otherwise mean refused
    Row("docomo, au", rf"\b(docomo|au) .*{_USER_UNKNOWN}", _WRONG, _REFUSED),  # the filters answer the same, mostly
    Row("any", r"relay access denied|not configured to relay", _WRONG),
    Row("Exchange", r"5\.4\.1.*recipient address rejected: access denied", _WRONG),  # not in their directory
    Row("any", r"recipient address rejected: access denied", _WRONG, _REFUSED),
    Row("Exchange", r"recipientnotfound|recipnotfound|5\.1\.10|unknown recipient", _WRONG),
    Row("Exchange", r"unable to relay|relaying denied|relay not permitted", _WRONG),
    Row("Gmail", r"nosuchuser", _WRONG),
    Row("Yahoo! JAPAN", r"doesn'?t have an? \S+ account", _WRONG),
    Row("Outlook.com", r"mailbox (is )?(unavailable|frozen)|mailbox not found", _WRONG),
    Row("iCloud", r"no user record|inactive email address", _WRONG),
    Row("qmail", r"no mailbox here", _WRONG),
    Row("Domino", r"見つかりません", _WRONG),
    Row("any", rf"{_USER_UNKNOWN}|no such (user|recipient|mailbox|domain|host)", _WRONG),
    Row(
        "any", r"user (not found|not exist|doesn't exist)|(in)?valid (recipient|user|mailbox|address|domain)\b", _WRONG
    ),
    Row("any", r"bad destination|unrouteable|not (our|a registered) |no longer on server", _WRONG),
    Row("any", r"disabled recipient|recipient account is blocked", _WRONG),
    Row(
        "any",
        r"(mailbox|account|recipient|address|user)\b.{0,80}(does not exist|is disabled|is inactive|been disabled)",
        _WRONG,
    ),
    Row("any", r"(host|domain)( or domain name)?( name)? (not found|unknown)|unknown host|nxdomain|null ?mx", _WRONG),
    Row("any", r"does not accept mail|doesn't receive email|domain is not reachable|name service error", _WRONG),
    Row("SES, Cloudflare", r"unable to lookup dns|dns (query failed|error)", _WRONG),
    # No one's fault, and no sign of a cause
    Row("any", r"connection (refused|reset|timed out)|lock failure|not accepting connections", _UNKNOWN, None, _NOBODY),
    Row(
        "any", r"(system|internal|config) error|protocol (error|violation)|transaction failed", _UNKNOWN, None, _NOBODY
    ),
    Row(
        "any",
        r"support tls|(media|mailer) error|on hold|command parameter|sequence of commands|x-unix; \d+$",
        _UNKNOWN,
        None,
        _NOBODY,
    ),
    # Refused
    Row("any", r"blocked|policy|prohibited", _REFUSED),
    Row("any", r"access denied|not authori[sz]ed|rejected your mail", _REFUSED),
    Row("any", r"address rejected", _WRONG),
    Row("any", r"rejected|refused", _REFUSED),
)
"""Diagnostics of the carriers and providers patrons use."""

STATUSES: tuple[tuple[str, BounceCause], ...] = (
    (r"[45]\.1\.[78]", _REFUSED),  # they don't like the sender's address
    (r"5\.1\.\d+", _WRONG),
    (r"[45]\.2\.2", _FULL),
    (r"[45]\.2\.3|[45]\.3\.4", _FULL),  # a plain text of a few KB is too large only where there is no room
    (r"5\.2\.1", _WRONG),  # disabled
    (r"5\.2\.0", _REFUSED),  # the carriers' answer for filtered
    (r"5\.4\.4", _WRONG),  # no route to the domain
    (r"[45]\.4\.(6|14)", _FORWARD),  # loop
    (r"5\.7\.\d+", _REFUSED),
)
"""Enhanced status codes (RFC 3463), where the words say nothing."""

SUBTYPES: dict[tuple[str, str], Diagnosis] = {
    ("Permanent", "General"): Diagnosis(_WRONG, permanent=True, also=_REFUSED),
    ("Permanent", "NoEmail"): Diagnosis(_WRONG, permanent=True),
    ("Transient", "MailboxFull"): Diagnosis(_FULL),
    ("Transient", "MessageTooLarge"): Diagnosis(_FULL),  # see 5.2.3
    ("Transient", "ContentRejected"): Diagnosis(_REFUSED, fault=_MAIL),
    ("Transient", "AttachmentRejected"): Diagnosis(_REFUSED, fault=_MAIL),
}
"""SES's own judgement, where there are neither words nor a status."""

# Carriers whose filters answer as if the address were wrong.
_CARRIERS = {
    "docomo.ne.jp": "docomo",
    "ezweb.ne.jp": "au",
    "au.com": "au",
    "uqmobile.jp": "au",
}
_SUPPRESSED = frozenset({"Suppressed", "OnAccountSuppressionList"})


def classify(event: MailEvent, recipient: Recipient) -> Diagnosis:
    """The likely cause of a bounce, complaint or reject, for one of its recipients.

    In this order: a recipient that was never addressed is a forwarding; SES's suppression list; the words of the other
    side; its status; SES's subtype. A hard bounce is permanent, but not for a mailbox that is only full, nor where the
    words blame another than the address or can mean two things.

    Args:
        event: the event.
        recipient: one of `event.recipients`.

    RULES 39, A15.
    """
    if event.kind is EventKind.COMPLAINT:
        # The patron's own "this is spam" refuses the library's mail; SES suppresses such an address by itself.
        return Diagnosis(_REFUSED, permanent=True, suppressed=event.subtype in _SUPPRESSED)
    if event.kind is not EventKind.BOUNCE:
        return Diagnosis(_UNKNOWN, fault=_NOBODY)
    hard = event.type == "Permanent"
    if forwarded(event, recipient):
        return Diagnosis(_FORWARD, permanent=hard, suppressed=event.subtype in _SUPPRESSED)
    if event.subtype in _SUPPRESSED:
        return Diagnosis(_WRONG, permanent=hard, suppressed=True, also=_REFUSED)
    found = _found(event, recipient)
    return replace(found, permanent=hard and found.permanent)


def blames_sender(event: MailEvent) -> bool:
    """Whether a mail came back for what is the library's to put right (RULES 39)."""
    return event.asks_for_contact and any(
        classify(event, recipient).fault is Fault.SENDER for recipient in event.recipients
    )


def may_come_again(event: MailEvent, diagnosis: Diagnosis) -> bool:
    """Whether SES, which no longer tries an address after any hard bounce, is to go on trying this one."""
    return event.type == "Permanent" and not (diagnosis.permanent or diagnosis.also or diagnosis.suppressed)


def forwarded(event: MailEvent, recipient: Recipient) -> bool:
    """Whether the mail came back from an address it was not sent to (RULES 39)."""
    return bool(event.addressed_to) and recipient.address not in event.addressed_to


def _found(event: MailEvent, recipient: Recipient) -> Diagnosis:
    """From the words, else the status, else the subtype."""
    words = _words(recipient)
    for row in PATTERNS:
        if re.search(row.pattern, words):
            return row.meaning
    for status in (recipient.status, _status_within(recipient.diagnostic)):
        for pattern, cause in STATUSES:
            if re.fullmatch(pattern, status):
                return Row("", pattern, cause).meaning
    return SUBTYPES.get((event.type, event.subtype), Diagnosis(_UNKNOWN, permanent=True, fault=_NOBODY))


_REPEATED_CODE = re.compile(r"\s*[\r\n]+\s*[245]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3}\s)?")
_ADDRESS = re.compile(r"<?(?:\"[^\"]*\"|[^\s<>\"'()\[\]:;,]+)@[\w.-]+>?")
_BLOCKLIST = re.compile(r"\S*(?:spamhaus|spamcop|sorbs|barracudacentral|dnsbl|/rbl/)\S*")
_LINK = re.compile(r"https?:\S*?(?:[?&]p=(\w+)\S*|(?=\s)|$)")
_HOST = re.compile(r"(?<![\w.-])(?!resolver\.|storedrv\.|queue\.|rst\.)(?:[\w-]+\.)+[a-z][a-z-]+\b")


def _words(recipient: Recipient) -> str:
    """What is searched: the status, the carrier if there is one, and the diagnostic in small letters and single spaces.

    Addresses and hosts are blanked, or `nospam@` would be spam. A code that a longer answer repeats on each line, as
    Gmail's do, is there once.
    """
    text = " ".join(_REPEATED_CODE.sub(" ", recipient.diagnostic).lower().split())
    text = _BLOCKLIST.sub("@blocklist", _ADDRESS.sub("@someone", text))
    text = _HOST.sub("@somewhere", _LINK.sub(lambda link: link[1] or "", text))
    return f"{recipient.status} {_CARRIERS.get(recipient.address.rpartition('@')[2], '')} {text}"


def _status_within(diagnostic: str) -> str:
    """The enhanced status in the words: SES's own field is often a mere 5.0.0 or missing."""
    found = re.search(r"\b[45]\d\d[ -]#?([45]\.\d{1,3}\.\d{1,3})\b|\(#([45]\.\d{1,3}\.\d{1,3})\)", diagnostic)
    return (found[1] or found[2]) if found else ""


# --- For staff -----------------------------------------------------------------------------------------------------

CAUSE_LABELS = {
    _WRONG: "メールアドレスが間違っている",
    _REFUSED: "県立図書館のドメインからのメールを拒否している(許可していない)",
    _FULL: "メールボックスが満杯で、新しいメールを受信できない",
    _FORWARD: "メール転送に不具合がある",
    _UNKNOWN: "わからない",
}

_HINTS = {
    _WRONG: "アドレス変更で使われなくなったメールアドレスや、スペルの間違いがないか、ご確認をお願いします。",
    _REFUSED: "携帯電話のキャリアメールでは、パソコンから送信したメールを一括拒否していることも多いです。"
    "@{domain} からのメールを受信できる設定になっているか、ご確認をお願いします。",
    _FULL: "古いメールをずっと保存している等で、容量不足の可能性があります。"
    "不要なメールの削除をお願いします。空きができれば、同じアドレスに届きます。",
    _FORWARD: "転送先・転送元のいずれかで不具合が起きると、送信した側にエラーが返ってきます。"
    "転送先のアドレスと転送の設定のご確認をお願いします。",
    _UNKNOWN: "エラーの内容からは原因がわかりません。"
    "アドレスと受信設定をご確認いただき、受信確認メールをお試しください。",
}
_OURS = (
    "図書館側の送信の設定(SPF・DKIM・DMARC、ブロックリストなど)が原因で、利用者の設定によるものではありません。"
    "システム担当に連絡し、直った後にもう一度送ってください。"
)
_THIS_MAIL = "このメールだけが迷惑メールと判定された可能性があります。もう一度送ってみてください。"


def explanation(diagnosis: Diagnosis, mail_domain: str) -> str:
    """What staff tell the patron on the phone, with the FAQ's hint.

    Args:
        diagnosis: what `classify` found.
        mail_domain: the domain the library's mails come from (`Policy.mail_domain`).

    RULES 39, A15.
    """
    if diagnosis.fault is Fault.SENDER:
        return _OURS
    likely = "" if diagnosis.cause is _UNKNOWN else f"「{CAUSE_LABELS[diagnosis.cause]}」ことが考えられます。"
    sentences = [likely, _HINTS[diagnosis.cause]]
    if diagnosis.also:
        sentences.append(f"または、「{CAUSE_LABELS[diagnosis.also]}」ことも考えられます。{_HINTS[diagnosis.also]}")
    if diagnosis.fault is Fault.MAIL:
        sentences.append(_THIS_MAIL)
    if diagnosis.suppressed:
        sentences.append("以前のエラーにより送信を停止しています。アドレスを直すか「もう一度試す」で再開します。")
    return "".join(sentences).format(domain=mail_domain)
