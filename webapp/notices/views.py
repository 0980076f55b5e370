"""What my posts were told, and how I want to hear of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import cases
from engine.errors import Invalid
from webapp.current import actor, installation
from webapp.notices.blueprint import pages
from webapp.session import signed_in


@pages.get("/")
@signed_in
def listed() -> Any:
    """The newest first; the unread alone where that is asked for."""
    only = request.args.get("unread") == "1"
    page = cases.notices(installation(), actor(), only, request.args.get("after") or None)
    return render_template("notices/list.html", page=page, only_unread=only, kinds=cases.NOTICE_KINDS)


@pages.post("/read")
@signed_in
def mark() -> Any:
    """One, or all of them."""
    chosen = request.form.getlist("notice")
    count = cases.mark_notices(installation(), actor(), chosen or None)
    flash(f"已标为已读 {count} 条", "done")
    if request.form.get("place") == "applications":
        return redirect(url_for("portal.applications", _anchor="messages"))
    return redirect(url_for(".listed", unread=request.form.get("unread") or None))


@pages.route("/mail", methods=["GET", "POST"])
@signed_in
def by_mail() -> Any:
    """Address and kinds."""
    kept = cases.preference(installation(), actor())
    parts = {"kinds": cases.NOTICE_KINDS, "email": kept.email, "chosen": kept.kinds, "is_set_up": _is_set_up()}
    if request.method != "POST":
        return render_template("notices/mail.html", **parts)
    email, chosen = request.form.get("email", ""), request.form.getlist("kind")
    try:
        cases.set_preference(installation(), actor(), email, chosen)
    except Invalid as error:
        parts |= {"email": email, "chosen": chosen}
        return render_template("notices/mail.html", **parts, fault=error.message), 422
    flash("已保存邮件提醒", "done")
    return redirect(url_for(".listed"))


def _is_set_up() -> bool:
    return bool(installation().settings.mail_host)
