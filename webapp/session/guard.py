"""The person of a request: loaded once a request, by the id and the epoch that the session holds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, current_app, redirect, render_template, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user

from engine import identity, store
from engine.identity import Actor
from webapp.current import installation, now, today
from webapp.held import HOLDER, held_forms

Given = ParamSpec("Given")
LONGEST = timedelta(hours=12)  # however busy, a session ends after a working day
SINCE = "since"


class Person(UserMixin):  # type: ignore[misc]
    """What Flask-Login keeps of an actor: the id, and the epoch that ends every session when it is raised."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        return f"{self.actor.person_id}:{self.actor.session_epoch}"


def install(app: Flask) -> None:
    """Load the person of every request; send others to the sign-in page."""
    manager = LoginManager(app)
    manager.session_protection = "basic"

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(key: str) -> Person | None:
        person_id, _, epoch = key.partition(":")
        since = session.get(SINCE)
        if since is None or not timedelta() <= now() - datetime.fromisoformat(since) <= LONGEST:
            return None
        with store.reading(installation().database) as transaction:
            found = identity.load_actor(transaction, person_id, today())
        return Person(found) if found is not None and str(found.session_epoch) == epoch else None

    @manager.unauthorized_handler  # type: ignore[untyped-decorator]
    def refuse() -> Any:
        return ask_to_sign_in() or redirect(url_for("session.sign_in", next=_target()))


def begin_session(actor: Actor) -> None:
    """A fresh session for a person who has just signed in."""
    session.clear()
    session.permanent = True
    session[SINCE] = now().isoformat()
    login_user(Person(actor))


def signed_in(view: Callable[Given, Any]) -> Callable[Given, Any]:
    """Only for somebody who is signed in; others sign in first and come back, with what they had typed."""

    @wraps(view)
    def wrapped(*args: Given.args, **kwargs: Given.kwargs) -> Any:
        if current_user.is_authenticated:
            return view(*args, **kwargs)
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]

    return wrapped


def ask_to_sign_in() -> Any:
    """For a form that came from a page of ours whose session has ended: keep it through signing in; else None."""
    if request.method != "POST" or held_forms().holder(request.form.get(HOLDER, "")) is None:
        return None
    held = held_forms().seal(request.path, request.form, now())
    if current_user.is_authenticated:
        return show_again(held)
    page = held_forms().holder(request.form[HOLDER])
    return render_template("session/sign_in.html", target=page[1] if page else "", held=held), 401


def show_again(sealed: str) -> Any:
    """Give a held form back to the person who is signed in; None where it is not theirs."""
    held = held_forms().open(sealed, current_user.actor.person_id, now())
    if held is None:
        return None
    if not held.is_shown_again:
        return redirect(held.page)
    return render_template("session/resume.html", held=held)


def _target() -> str:
    return request.full_path.rstrip("?") if request.method != "POST" else ""
