"""The mails of a local stack as a page: whatever a mail says is text, but for links to be followed."""

from infra.local.mailbox import mailbox_page

MAIL = {"To": ["a@example.jp"], "Subject": "<受理>", "BodyText": "次へ: https://x.example/?a=1&b=2#c\n<script>"}


def test_a_mail_is_text_with_links() -> None:
    page = mailbox_page([MAIL | {"Subject": "古い"}, MAIL])
    assert '<a href="https://x.example/?a=1&amp;b=2#c">' in page
    assert "<script>" not in page
    assert page.index("&lt;受理&gt;") < page.index("古い")
