"""Staff at their page, from the first sign-in with a phone to the second one, on a stack with a pool of their own."""

import json
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Route, expect

from infra.local.server import free_port
from infra.local.stack import Stack, local_stack
from tests.browser.conftest import assert_accessible
from tests.browser.filling import heading
from tests.browser.given import CHOSEN, TEMPORARY, open_view, sign_in_at
from tests.second_factor import Cognito, code_of, wrong_code

pytestmark = pytest.mark.browser

CODE = "確認コード"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack as it is deployed to AWS, with somebody of the desk who has never signed in."""
    with local_stack(free_port(), free_port(), parameters={"StaffPool": "own"}) as stack:
        cognito, pool = stack.client("cognito-idp"), {"UserPoolId": stack.outputs["StaffPoolId"]}
        cognito.admin_create_user(Username="sato", TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS", **pool)
        cognito.admin_add_user_to_group(Username="sato", GroupName="desk", **pool)
        yield stack


def ask_as_aws(context: BrowserContext, stack: Stack) -> None:
    """Let the pages' Cognito ask for an authenticator, which the local one leaves out."""
    cognito = Cognito(stack)

    def answer(route: Route) -> None:
        operation = route.request.headers["x-amz-target"].rpartition(".")[2]
        status, body = cognito.ask(operation, json.loads(route.request.post_data or "{}"))
        route.fulfill(status=status, json=body, headers={"Access-Control-Allow-Origin": "*"})

    context.route(f"{stack.endpoint}/", answer)


def test_staff_enrol_a_phone_and_sign_in_with_its_code(phone: BrowserContext, stack: Stack) -> None:
    # GIVEN a page that says no more than that the pair is wrong (RULES 55)
    ask_as_aws(phone, stack)
    page = phone.new_page()
    sign_in_at(page, "/desk.html", "sato", "職員ID", "wrong-2026")
    expect(page.locator("#summary li")).to_have_text(["職員IDまたはパスワードに誤りがあります。"])
    # and somebody with a temporary password, who chooses one of their own
    sign_in_at(page, "/desk.html", "sato", "職員ID", TEMPORARY)
    page.get_by_label("新しいパスワード", exact=True).fill(CHOSEN)
    page.get_by_label("新しいパスワード(確認").fill(CHOSEN)
    page.get_by_role("button", name="このパスワードに決める").click()
    # WHEN the page shows a key for the phone THEN picture, link and letters say the same
    heading(page, "確認コードの準備をしてください")
    key = (page.locator("#key").text_content() or "").replace(" ", "")
    link = page.get_by_role("link", name="この機器の認証アプリに登録する").get_attribute("href") or ""
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(page.locator(".qr").screenshot())))
    assert code.text == link
    assert (urlsplit(link).path, parse_qs(urlsplit(link).query)["secret"]) == ("/sato", [key])
    assert_accessible(page)
    # WHEN the code is none, or another phone's THEN it is said, and the key stays
    for typed, said in (("12", "6けたの数字"), (wrong_code(key), "確認コードが違います")):
        page.get_by_label(CODE).fill(typed)
        page.get_by_role("button", name="準備を終える").click()
        expect(page.locator("#summary")).to_contain_text(said)
    assert_accessible(page)
    # and with the phone's own, however it is typed, the page opens
    page.get_by_label(CODE).fill("".join(chr(0xFF10 + int(figure)) for figure in code_of(key)))
    page.get_by_role("button", name="準備を終える").click()
    expect(page.locator(".view-links")).to_be_visible()

    # WHEN they have signed out and come again THEN the code is asked for, and the key is not shown
    page.get_by_role("button", name="メニュー").click()
    page.get_by_role("button", name="ログアウト").click()
    sign_in_at(page, "/desk.html", "sato", "職員ID", CHOSEN)
    heading(page, "確認コードを入力してください")
    expect(page.locator("#key")).to_have_count(0)
    assert_accessible(page)
    page.get_by_label(CODE).fill(wrong_code(key))
    page.get_by_role("button", name="ログイン").click()
    expect(page.locator("#summary li")).to_have_text(
        ["確認コードが違います。認証アプリに今出ている数字を入力してください。"]
    )
    page.get_by_label(CODE).fill(code_of(key))
    page.get_by_role("button", name="ログイン").click()
    expect(page.locator(".view-links")).to_be_visible()
    # and a token that has run out is renewed at the pool of staff, unnoticed
    page.evaluate("sessionStorage.session = JSON.stringify({ ...JSON.parse(sessionStorage.session), until: 0 })")
    open_view(page, "申請")
    page.wait_for_function("JSON.parse(sessionStorage.session).until > 0")
