"""Deputies: let a colleague act for me, and see for whom I act."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import cases
from engine.errors import HuishenError, Invalid
from webapp.current import actor, installation, today
from webapp.desk.blueprint import pages
from webapp.session import signed_in

ANCHORS = {
    "delegation.days": "since",
    "delegation.to": "deputy",
    "delegation.exclusive": "deputy",
    "delegation.not-own": "post",
    "delegation.overlap": "since",
}


@pages.route("/deputies", methods=["GET", "POST"])
@signed_in
def deputies() -> Any:
    """What I have given and taken over, and the form to give."""
    typed = {name: request.form.get(name, "") for name in ("post", "deputy", "since", "until", "package", "reason")}
    typed["signs"] = request.form.get("signs", "")
    if request.method != "POST":
        return _page(typed | {"since": today().isoformat()})
    try:
        since, until = _day(typed["since"], "开始"), _day(typed["until"], "结束")
        cases.appoint_deputy(
            installation(),
            actor(),
            typed["post"],
            typed["deputy"],
            since,
            until,
            typed["reason"],
            typed["package"],
            typed["signs"] == "true",
        )
    except HuishenError as error:
        return _page(typed, error.message, ANCHORS.get(error.code, "reason")), 422
    flash("代理已生效，对方登录后就能看到", "done")
    return redirect(url_for(".deputies"))


@pages.post("/deputies/<delegation_id>/end")
@signed_in
def end_deputy(delegation_id: str) -> Any:
    """Before its time."""
    cases.end_deputy(installation(), actor(), delegation_id)
    flash("代理已结束", "done")
    return redirect(url_for(".deputies"))


def _page(typed: dict[str, str], fault: str = "", anchor: str = "") -> str:
    return render_template(
        "desk/deputies.html",
        listed=cases.deputies(installation(), actor()),
        colleagues=cases.colleagues(installation(), actor()),
        offers=cases.offers(installation()),
        typed=typed,
        fault=fault,
        anchor=anchor,
    )


def _day(text: str, which: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"请填写{which}日期，写成 2026-11-23 的样子。", code="delegation.days") from None
