"""一会一档: the list of associations, and the file of each."""

from typing import Any

from flask import render_template, request

from engine import cases
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.session import signed_in


@pages.get("/associations/")
@signed_in
def associations() -> Any:
    """Those whose file I may read."""
    words = request.args.get("words", "")[:100]
    return render_template(
        "desk/associations.html", rows=cases.associations(installation(), actor(), words), words=words
    )


@pages.get("/associations/<organisation_id>")
@signed_in
def association(organisation_id: str) -> Any:
    """Terms, leaders, letters, what falls due."""
    return render_template(
        "desk/association.html", file=cases.association_file(installation(), actor(), organisation_id)
    )
