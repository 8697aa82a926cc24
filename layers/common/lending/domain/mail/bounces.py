"""What a bounce most likely means, and whose fault it is (RULES 39; Q14, Q15): `bounce_table`, read for an event.

`tests/domain/mail/bounces/` holds what real servers answered, and what each should come to.
"""

import re
from dataclasses import replace

from lending.domain.mail.bounce_table import PATTERNS, STATUSES, SUBTYPES, BounceCause, Diagnosis, Fault, Row
from lending.domain.mail.events import EventKind, MailEvent, Recipient

_WRONG, _REFUSED, _FULL, _FORWARD, _UNKNOWN = BounceCause

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
        return Diagnosis(_UNKNOWN, fault=Fault.NOBODY)
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
    return SUBTYPES.get((event.type, event.subtype), Diagnosis(_UNKNOWN, permanent=True, fault=Fault.NOBODY))


_REPEATED_CODE = re.compile(r"[^\S\r\n]*+[\r\n]\s*+[245]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3}\s)?")
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
    _REFUSED: "{owner_word}のドメインからのメールを拒否している(許可していない)",
    _FULL: "メールボックスが満杯で、新しいメールを受信できない",
    _FORWARD: "メール転送に不具合がある",
    _UNKNOWN: "わからない",
}

_HINTS = {
    _WRONG: "アドレス変更で使われなくなったメールアドレスや、スペルの間違いがないか、ご確認をお願いします。",
    _REFUSED: "携帯電話のキャリアメールでは、パソコンから送信したメールを一括拒否していることも多いです。"
    "@{mail_domain} からのメールを受信できる設定になっているか、ご確認をお願いします。",
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


def explanation(diagnosis: Diagnosis) -> str:
    """What staff tell the patron on the phone, with the FAQ's hint.

    Args:
        diagnosis: what `classify` found.

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
    return "".join(sentences)
