"""Somebody leaves: hand over all that waits on the person, and read or confirm the receipt. And the pool of vacant posts."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import cases
from engine.errors import Conflict, Forbidden, HuishenError
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.session import signed_in


@pages.route("/handover", methods=["GET", "POST"])
@signed_in
def handover() -> Any:
    """Who leaves, who takes over, why."""
    typed = {name: request.form.get(name, "") for name in ("leaving", "successor", "reason")}
    people = cases.staff(installation(), actor()) if cases.may_hand_over(actor()) else ()
    parts = {"people": people, "typed": typed, "receipts": cases.receipts(installation(), actor())}
    if request.method != "POST":
        return render_template("desk/handover.html", **parts)
    try:
        made = cases.hand_over(installation(), actor(), typed["leaving"], typed["successor"], typed["reason"])
    except Forbidden:
        raise
    except HuishenError as error:
        anchor = "reason" if error.code.startswith("reason") else "successor"
        return render_template("desk/handover.html", **parts, fault=error.message, anchor=anchor), 422
    return redirect(url_for(".receipt", receipt_id=made))


@pages.route("/handover/<receipt_id>", methods=["GET", "POST"])
@signed_in
def receipt(receipt_id: str) -> Any:
    """What went over, to read and to print; the successor confirms it."""
    if request.method == "POST":
        cases.confirm_receipt(installation(), actor(), receipt_id)
        return redirect(url_for(".receipt", receipt_id=receipt_id))
    found = cases.receipt(installation(), actor(), receipt_id)
    mine = found.successor_id == actor().person_id
    return render_template("desk/receipt.html", receipt=found, confirmable=mine and found.received_at is None)


@pages.route("/pool/<task_id>", methods=["GET", "POST"])
@signed_in
def pool(task_id: str) -> Any:
    """Give a task of a vacant post to another post."""
    row, takers = cases.takers_of(installation(), actor(), task_id)
    typed = {"to": request.form.get("to", ""), "reason": request.form.get("reason", "")}
    parts = {"row": row, "takers": takers, "typed": typed}
    if request.method != "POST":
        return render_template("desk/pool.html", **parts)
    try:
        cases.assign_vacant(installation(), actor(), task_id, typed["to"], typed["reason"])
    except Conflict:
        raise
    except HuishenError as error:
        anchor = "to-1" if error.code == "task.no-such-choice" else "reason"
        return render_template("desk/pool.html", **parts, fault=error.message, anchor=anchor), 422
    flash(f"{row.number} {row.name}：已指派", "done")
    return redirect(url_for(".inbox"))
