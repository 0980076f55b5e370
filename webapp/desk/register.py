"""The register of numbered documents: looked through, filtered, taken out as an Excel workbook."""

from io import BytesIO
from typing import Any

from flask import render_template, request, send_file

from engine import cases
from engine.cases import Wanted
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.session import signed_in

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/register")
@signed_in
def register() -> Any:
    """Every number with what became of it, the latest first."""
    wanted = _wanted()
    found = cases.register(installation(), actor(), wanted, _number("page") or 1)
    chosen = {"year": wanted.year, "kind": wanted.kind, "state": wanted.state, "q": wanted.text}
    kept = {name: value for name, value in chosen.items() if value}
    return render_template("desk/register.html", register=found, wanted=wanted, kept=kept, states=cases.REGISTER_STATES)


@pages.get("/register.xlsx")
@signed_in
def register_sheet() -> Any:
    """What the page lists, as a workbook that names who took it out."""
    name, data = cases.export_sheet(installation(), actor(), _wanted())
    return send_file(BytesIO(data), mimetype=EXCEL, download_name=name, as_attachment=True)


def _wanted() -> Wanted:
    """The conditions of the address; what makes no sense asks for nothing."""
    asked = request.args
    state = asked.get("state", "")
    known = state if state in cases.REGISTER_STATES else ""
    return Wanted(_number("year"), asked.get("kind", "")[:32], known, asked.get("q", "").strip()[:100])


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None
