"""Errors as pages: once, for every view."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, redirect, render_template, request, url_for
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from engine.errors import Conflict, Forbidden, HuishenError, Invalid, NotFound, Unavailable
from webapp.current import installation, known_actor
from webapp.records import EndedTask, ended_task
from webapp.session import ask_to_sign_in

STATUS = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422, Unavailable: 503}
TITLES = {
    400: "这次提交不完整",
    403: "不能办理",
    404: "没有找到",
    405: "不能这样打开",
    409: "情况已变化",
    413: "文件太大",
    422: "有以下问题",
    429: "操作太频繁",
    500: "系统出了问题",
    503: "暂时不能办理",
}
SENTENCES = {
    400: "浏览器发来的内容不完整，请返回上一页再试。",
    403: "你的账号不能打开这个页面。",
    404: "没有这个页面。请核对网址，或从首页重新进入。",
    405: "这个网址不能直接打开，请从页面上的按钮进入。",
    413: "一次上传的文件合计不能超过 64 MB，单个文件不超过 20 MB。请压缩，或分几次上传。",
    429: "短时间内操作太多次，请过一会儿再试。",
    500: "系统出了问题，已记录。你保存过的内容没有丢失，请稍后再试。",
    503: "系统暂时不能办理，请稍后再试。",
}


@dataclass(frozen=True)
class Onward:
    """A link to where a person can go from an error."""

    url: str
    text: str


def install(app: Flask) -> None:
    """Register a page for every kind of error."""

    @app.errorhandler(HuishenError)
    def known(error: HuishenError) -> Any:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
        ended, person = _ended(error), known_actor()
        if ended is not None and person is not None and ended.ended_by == person.person_id:
            return redirect(url_for("desk.case", case_id=ended.case_id))  # a second click on what oneself has done
        return page(status, error.message, ended.case_id if ended is not None else "")

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError) -> Any:
        return ask_to_sign_in() or page(400, "页面打开得太久，已经过期。请返回上一页，刷新后再提交。")

    @app.errorhandler(RateLimitExceeded)
    def too_often(error: RateLimitExceeded) -> tuple[str, int]:
        return page(429, str(error.limit.error_message or SENTENCES[429]))

    @app.errorhandler(HTTPException)
    def standard(error: HTTPException) -> tuple[str, int]:
        status = error.code or 500
        return page(status, SENTENCES.get(status, SENTENCES[400]))

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
        return page(413, SENTENCES[413])


def page(status: int, sentence: str, case_id: str = "") -> tuple[str, int]:
    """An error in words, with where to go on; `case_id` of a case that the person may look at."""
    title = TITLES.get(status, TITLES[400])
    return render_template("error.html", title=title, sentence=sentence, onward=_onward(status, case_id)), status


def _ended(error: HuishenError) -> EndedTask | None:
    """Where a task belongs that was taken or ended meanwhile."""
    task_id = error.details.get("task")
    return ended_task(installation(), task_id) if isinstance(error, Conflict) and task_id else None


def _onward(status: int, case_id: str) -> list[Onward]:
    home = Onward(url_for("session.start"), "回到我的首页")
    found = [home if known_actor() is not None else Onward(url_for("public.guide"), "回到办事指南")]
    if case_id:
        found.append(Onward(url_for("desk.case", case_id=case_id), "看这件申请"))
    if status in {400, 413}:
        found.append(Onward(request.path, "重新打开这一页"))
    return found
