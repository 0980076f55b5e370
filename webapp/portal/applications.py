"""My applications, and beginning one."""

import secrets
from typing import Any

from flask import redirect, render_template, request, url_for

from engine import cases
from webapp.current import actor, installation
from webapp.portal.blueprint import pages
from webapp.public.guide import acceptance_days, expected, find_offer, materials
from webapp.session import signed_in


@pages.get("/")
@signed_in
def applications() -> Any:
    """What the own association has applied for, what waits for it, and what can be begun; the department has its desk."""
    if actor().is_department:
        return redirect(url_for("desk.inbox"))
    return render_template(
        "portal/applications.html",
        rows=cases.my_cases(installation(), actor()),
        offers=cases.own_offers(installation(), actor()),
        threads=cases.threads(installation(), actor()),
    )


@pages.route("/start/<key>", methods=["GET", "POST"])
@signed_in
def start(key: str) -> Any:
    """Begin; the key of the page makes a second click harmless."""
    if request.method == "POST":
        task = cases.start(installation(), actor(), key, request.form.get("key", ""))
        return redirect(url_for(".tasks", task_id=task.task_id))
    offer = find_offer(key)
    running = [row for row in cases.my_cases(installation(), actor()) if row.package_key == key and not row.is_over]
    return render_template(
        "portal/start.html",
        offer=offer,
        files=sum(len(group.fields) for group in materials(offer)),
        running=running,
        page_key=secrets.token_hex(16),
        acceptance=acceptance_days(offer),
        expected=expected(offer),
    )
