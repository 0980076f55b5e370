"""Pages around a session: sign in, sign out, the start page, the size of the text."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask_login import current_user

from engine import identity, store
from engine.errors import Forbidden
from webapp.current import actor, installation, known_actor, now
from webapp.held import HELD
from webapp.security import YEAR, limiter
from webapp.session.guard import begin_session, show_again, signed_in
from webapp.session.targets import safe_target

pages = Blueprint("session", __name__, url_prefix="/session")
LARGE_TEXT = "text_size"


def _was_refused(response: Response) -> bool:
    """A whole department signs in at nine from behind one address: only what was wrong counts against it."""
    return response.status_code >= 400


@pages.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("20 per minute; 200 per hour", methods=["POST"], deduct_when=_was_refused)
def sign_in() -> Any:
    """By login and password; what was typed before a session ended comes back afterwards."""
    target = safe_target(request.values.get("next"))
    if request.method != "POST":
        return redirect(target) if current_user.is_authenticated else _form(target)
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    if not login or not password:
        return _form(target, login, "请输入登录名和口令"), 422
    try:
        found = identity.authenticate(installation().database, login[:64], password[:1000], now())
    except Forbidden as error:
        return _form(target, login, error.message), 403
    begin_session(found)
    return show_again(request.form.get(HELD, "")) or redirect(target)


def _form(target: str, login: str = "", fault: str = "") -> str:
    held = request.form.get(HELD, "")
    return render_template("session/sign_in.html", target=target, login=login, fault=fault, held=held)


@pages.post("/sign-out")
def sign_out() -> Any:
    """End every session of the person, so that a copied cookie is worth nothing."""
    person = known_actor()
    if person is not None:
        with store.writing(installation().database) as transaction:
            identity.sign_out(transaction, person.person_id, now())
    session.clear()
    return redirect(url_for("public.guide"))


@pages.get("/start")
@signed_in
def start() -> Any:
    """Applicants to their applications, everybody else to the inbox."""
    applies = any(post.organisation_kind == "association" for post in actor().posts)
    return redirect(url_for("portal.applications" if applies else "desk.inbox"))


@pages.get("/text-size/<size>")
def text_size(size: str) -> Any:
    """Large or normal text, kept in a cookie for a year."""
    response = redirect(safe_target(request.args.get("next")) if request.args.get("next") else url_for("public.guide"))
    response.set_cookie(LARGE_TEXT, "large" if size == "large" else "normal", max_age=YEAR, samesite="Lax")
    return response
