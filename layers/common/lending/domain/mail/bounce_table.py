"""What servers say when they send a mail back, and what it means (RULES 39; Q14, Q15)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


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
