"""What stands in people's mailboxes, as a page beside the site of a local stack: `/mailbox`, the latest mail first."""

import re
from html import escape
from typing import Any

PATH = "/mailbox"
_LINK = re.compile(r"https?://[^\s<>\"]+")
_PAGE = """<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>届いたメール(この機械の上だけ)</title>
<link rel="stylesheet" href="css/tokens.css">
<link rel="stylesheet" href="css/page.css">
<style>details {{ border-block-start: 1px solid var(--line); padding-block: 0.75rem }}
pre {{ white-space: pre-wrap; font: inherit }}</style>
</head>
<body>
<main class="wrap narrow stack" id="content">
<h1>届いたメール</h1>
<p>この機械の上のサービスが送ったメールです({count}通)。どこにも届いていません。新しいものが上です。</p>
{mails}
</main>
</body>
</html>
"""
_MAIL = """<details{opened}>
<summary><strong>{subject}</strong><br>{to}</summary>
<pre>{text}</pre>
</details>"""
# The page of the mails that came last is looked at; nobody reads them all.
_MOST = 200


def mailbox_page(mails: list[dict[str, Any]]) -> str:
    """The page of some mails, oldest first, as the local SES keeps them."""
    shown = mails[: -_MOST - 1 : -1]
    return _PAGE.format(count=len(mails), mails="\n".join(_mail(mail, n == 0) for n, mail in enumerate(shown)))


def _mail(mail: dict[str, Any], opened: bool) -> str:
    return _MAIL.format(
        opened=" open" if opened else "",
        subject=escape(mail.get("Subject") or "(件名なし)"),
        to=escape(", ".join(mail["To"])),
        text=_linked(mail["BodyText"]),
    )


def _linked(text: str) -> str:
    """A text with its links to be followed; nothing else of it is taken for HTML."""
    parts, at = [], 0
    for found in _LINK.finditer(text):
        url = escape(found[0])
        parts += [escape(text[at : found.start()]), f'<a href="{url}">{url}</a>']
        at = found.end()
    return "".join([*parts, escape(text[at:])])
