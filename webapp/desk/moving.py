"""The publisher's pages: the versions of each process, a move of running cases as a dry run, its confirmation, its record."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for

from engine import cases
from engine.errors import Invalid
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.session import signed_in


@dataclass(frozen=True)
class Planned:
    """A case of the dry run with its sentences; `chosen` cases move when the publisher confirms."""

    case_id: str
    number: str
    mark: str
    said: cases.MoveSaid
    obstacles: tuple[str, ...]
    chosen: bool


@pages.get("/versions/")
@signed_in
def versions() -> Any:
    """Which versions there are, how many cases run on each, and what was moved lately."""
    found = cases.processes(installation(), actor())
    return render_template("desk/versions.html", processes=found, orders=cases.move_orders(installation(), actor()))


@pages.route("/versions/<key>/move", methods=["GET", "POST"])
@signed_in
def move(key: str) -> Any:
    """The dry run of a move; posted with marks and a reason the move itself."""
    process = cases.process_named(installation(), actor(), key)
    target, origin = process.version(request.values.get("to", "")), process.version(request.values.get("from", ""))
    if target is None:
        return redirect(url_for(".versions"))
    after = request.values.get("after", "")
    way = {"key": key, "to": target.id, "from": origin.id if origin else None}
    parts = {"process": process, "target": target, "origin": origin, "after": after, "way": way}
    if request.method != "POST":
        return render_template("desk/move.html", **parts, **_plan(process, target, origin, after, None), reason="")
    marks = {name.removeprefix("mark-"): mark for name, mark in request.form.items() if name.startswith("mark-")}
    chosen, reason = request.form.getlist("case"), request.form.get("reason", "")
    agreed = {case_id: marks[case_id] for case_id in chosen if case_id in marks}
    try:
        order = cases.order_move(installation(), actor(), key, target.id, agreed, reason)
    except Invalid as error:
        anchor = "reason" if error.code == "reason.missing" else "cases"
        plan = _plan(process, target, origin, after, frozenset(chosen))
        return render_template(
            "desk/move.html", **parts, **plan, reason=reason, fault=error.message, anchor=anchor
        ), 422
    return redirect(url_for(".moved", order_id=order))


def _plan(
    process: cases.Process,
    target: cases.Version,
    origin: cases.Version | None,
    after: str,
    chosen: frozenset[str] | None,
) -> dict[str, Any]:
    """The rows of the page; nothing chosen yet means every case that can move."""
    start = origin.id if origin else ""
    moves = cases.plan_for_publisher(installation(), actor(), process.key, target.id, start, after)
    rows = [
        Planned(
            one.case_id,
            one.number,
            one.mark,
            cases.move_said(one, moves.at),
            one.obstacles,
            not one.obstacles and (chosen is None or one.case_id in chosen),
        )
        for one in moves.cases
    ]
    return {"rows": rows, "refused": moves.refused, "next_after": rows[-1].case_id if moves.more else ""}


@pages.get("/versions/moves/<int:order_id>")
@signed_in
def moved(order_id: int) -> Any:
    """What a move did, as it was recorded."""
    return render_template("desk/moved.html", order=cases.move_order(installation(), actor(), order_id))
