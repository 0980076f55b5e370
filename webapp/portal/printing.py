"""The forms that the association prints from its application, to be signed on paper and uploaded."""

from typing import Any

from flask import Response, render_template

from engine import cases
from webapp import downloads
from webapp.current import actor, installation
from webapp.portal.blueprint import pages
from webapp.portal.cases import own_case
from webapp.session import signed_in


@pages.get("/cases/<case_id>/prints")
@signed_in
def prints(case_id: str) -> Any:
    """What there is to print, from the draft on."""
    case = own_case(case_id)
    sheets = cases.printable(installation(), actor(), case_id)
    return render_template("portal/prints.html", case=case, sheets=sheets, endpoint=".sheet")


@pages.get("/cases/<case_id>/prints/<kind>.pdf")
@signed_in
def sheet(case_id: str, kind: str) -> Response:
    """One form, filled in with what has been filled in so far."""
    return downloads.sheet(case_id, kind)
