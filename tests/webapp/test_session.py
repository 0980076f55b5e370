"""Signing in and out, and what a session protects."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from tests.installations import Office
from tests.webapp.visitor import Visitor
from webapp import create_app

Enter = Callable[[str], Visitor]


@pytest.mark.parametrize(
    ("login", "heading"), [("coldchain", "我的申请"), ("acceptor", "待办"), ("joint-court", "待办")]
)
def test_everybody_arrives_where_their_work_is(signed_in: Enter, login: str, heading: str) -> None:
    assert signed_in(login).page.heading.startswith(heading)


def test_a_wrong_password_is_said_without_telling_whether_the_login_exists(visitor: Visitor) -> None:
    first = visitor.sign_in("acceptor", "wrong")
    assert first.status == 403
    assert first.title.startswith("错误：")
    said = first.errors
    assert len(said) == 1
    assert visitor.sign_in("nobody", "wrong").errors == said
    assert visitor.page.value("login") == "nobody"
    assert visitor.page.value("password") == ""


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(
    visitor: Visitor, passwords: dict[str, str]
) -> None:
    for _ in range(5):
        visitor.sign_in("acceptor", "wrong")
    locked = visitor.sign_in("acceptor", passwords["acceptor"])
    assert locked.status == 403
    assert "连续输错" in locked.errors[0]


def test_guessing_from_one_address_is_slowed_down(visitor: Visitor) -> None:
    visitor.open("/session/sign-in")
    sent = {"csrf_token": visitor.page.value("csrf_token"), "login": "somebody"}
    statuses = [visitor.client.post("/session/sign-in", data=sent).status_code for _ in range(21)]
    assert statuses == [422] * 20 + [429]


def test_a_whole_department_may_sign_in_from_one_address(app: Flask, passwords: dict[str, str]) -> None:
    for _ in range(21):
        Visitor(app).sign_in("acceptor", passwords["acceptor"])
    assert Visitor(app).sign_in("head", passwords["head"]).heading.startswith("待办")


def test_behind_a_proxy_of_ours_guesses_count_for_the_visitor_and_not_for_the_proxy(office: Office) -> None:
    settings = replace(office.installation.settings, trusted_proxies=1)
    visitor = Visitor(create_app(replace(office.installation, settings=settings), secret=b"x" * 32))
    visitor.open("/session/sign-in")
    sent = {"csrf_token": visitor.page.value("csrf_token"), "login": "somebody"}

    def guess(address: str) -> int:
        headers = {"X-Forwarded-For": address}
        return visitor.client.post("/session/sign-in", data=sent, headers=headers).status_code

    assert [guess("192.0.2.1") for _ in range(21)][-1] == 429
    assert guess("192.0.2.2") == 422


def test_without_a_proxy_of_ours_nobody_can_borrow_an_address(visitor: Visitor) -> None:
    visitor.open("/session/sign-in")
    sent = {"csrf_token": visitor.page.value("csrf_token"), "login": "somebody"}
    borrowed = [{"X-Forwarded-For": f"192.0.2.{number}"} for number in range(21)]
    statuses = [visitor.client.post("/session/sign-in", data=sent, headers=one).status_code for one in borrowed]
    assert statuses[-1] == 429


@pytest.mark.parametrize("body", [b"a=&" * 6_000, b"a=" + b"1" * 3_000_000])
def test_a_form_of_thousands_of_fields_or_megabytes_is_refused_before_it_is_read(visitor: Visitor, body: bytes) -> None:
    answer = visitor.client.post("/session/sign-in", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_the_page_that_was_asked_for_opens_after_signing_in(visitor: Visitor, passwords: dict[str, str]) -> None:
    asked = visitor.open("/desk/done")
    assert asked.heading == "登录"
    assert visitor.press("登录", login="acceptor", password=passwords["acceptor"]).heading.startswith("已办")


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_off_this_site(visitor: Visitor, passwords: dict[str, str], target: str) -> None:
    visitor.open("/session/sign-in")
    token = visitor.page.value("csrf_token")
    sent = {"csrf_token": token, "login": "acceptor", "password": passwords["acceptor"], "next": target}
    answer = visitor.client.post("/session/sign-in", data=sent)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/session/start"


def test_signing_out_ends_the_session(signed_in: Enter) -> None:
    someone = signed_in("acceptor")
    someone.press("退出")
    assert someone.open("/desk/").heading == "登录"


def test_signing_out_ends_a_copied_session_too(signed_in: Enter) -> None:
    someone = signed_in("acceptor")
    cookie = someone.client.get_cookie("huishen")
    assert cookie is not None
    someone.press("退出")
    someone.client.set_cookie("huishen", cookie.value)
    assert someone.open("/desk/").heading == "登录"


def test_raising_the_epoch_ends_every_session_of_a_person(signed_in: Enter, office: Office) -> None:
    import sqlalchemy as sa

    from engine import store
    from engine.store.tables import person

    someone = signed_in("acceptor")
    with store.writing(office.installation.database) as transaction:
        transaction.execute(sa.update(person).where(person.c.login == "acceptor").values(session_epoch=1))
    assert someone.open("/desk/").heading == "登录"


def test_a_session_ends_after_half_a_day_however_busy(signed_in: Enter, office: Office) -> None:
    from datetime import timedelta

    someone = signed_in("acceptor")
    office.clock.advance(timedelta(hours=11))
    assert someone.open("/desk/").heading.startswith("待办")
    office.clock.advance(timedelta(hours=2))
    assert someone.open("/desk/").heading == "登录"


def test_a_post_without_the_token_of_its_page_is_refused(signed_in: Enter) -> None:
    someone = signed_in("coldchain")
    assert someone.client.post("/portal/start/leader_review", data={"key": "0" * 32}).status_code == 400


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(visitor: Visitor, passwords: dict[str, str]) -> None:
    visitor.open("/session/sign-in")
    sent = {"csrf_token": visitor.page.value("csrf_token"), "login": "acceptor", "password": passwords["acceptor"]}
    cookie = visitor.client.post("/session/sign-in", data=sent).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("url", ["/", "/verify", "/session/sign-in", "/nothing-here", "/static/huishen.css"])
def test_every_answer_forbids_what_the_pages_do_not_need(visitor: Visitor, url: str) -> None:
    answer = visitor.client.get(url)
    policy = answer.headers["Content-Security-Policy"]
    for rule in ["default-src 'none'", "style-src 'self'", "script-src 'self'", "form-action 'self'"]:
        assert rule in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_large_text_is_kept_and_can_be_taken_back(visitor: Visitor, app: Flask) -> None:
    visitor.open("/verify")
    large = visitor.follow("大字版")
    assert large.heading == "文书验真"
    assert large.tree.get("class") == "hs-text-large"
    assert visitor.follow("标准字号").tree.get("class") is None
