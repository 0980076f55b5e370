"""Find any case that I may know of."""

from typing import Any

from flask import render_template, request

from engine import cases
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.desk.filtering import Asked, Choice
from webapp.session import signed_in

STATES = ("submitted", "supplementing", "accepted", "reviewing", "deciding", "publicizing", "issuing", "closed")


@pages.get("/cases/")
@signed_in
def found() -> Any:
    """By words, process, state, light and the days of submission; the newest first."""
    asked = Asked.of_request("cases")
    listed = cases.find_cases(installation(), actor(), asked.criteria, request.args.get("after") or None)
    states = [Choice(state, cases.STATES[state]) for state in STATES]
    return render_template("desk/found.html", found=listed, asked=asked, states=states), asked.status
