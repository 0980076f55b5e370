"""The forms that the department prints from a case."""

from typing import Any

from flask import Response, render_template

from engine import cases
from webapp import downloads
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.session import signed_in


@pages.get("/cases/<case_id>/prints")
@signed_in
def prints(case_id: str) -> Any:
    """What there is to print."""
    sheets = cases.printable(installation(), actor(), case_id)
    return render_template(
        "desk/prints.html", case=cases.case_view(installation(), actor(), case_id), sheets=sheets, endpoint=".sheet"
    )


@pages.get("/cases/<case_id>/prints/<kind>.pdf")
@signed_in
def sheet(case_id: str, kind: str) -> Response:
    """One form, filled in with what the case holds now."""
    return downloads.sheet(case_id, kind)
