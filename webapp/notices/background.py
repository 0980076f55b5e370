"""What failed in the background, for who runs the machines: jobs without the data of any case."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import jobs, store
from engine.errors import Forbidden, NotFound
from webapp.current import actor, installation
from webapp.notices.blueprint import pages
from webapp.session import signed_in

RUNS = "sysadmin"


@pages.route("/background", methods=["GET", "POST"])
@signed_in
def background() -> Any:
    """Jobs with an error, the parked ones first; a parked one can be begun anew."""
    if not actor().holds(RUNS):
        raise Forbidden("后台任务只对系统管理岗开放。", code="background.role")
    if request.method == "POST":
        try:
            with store.writing(installation().database) as transaction:
                jobs.retry(transaction, request.form.get("key", ""), installation().clock.now())
            flash("已重新开始", "done")
        except NotFound as error:
            flash(error.message.rstrip("。"), "done")
        return redirect(url_for(".background"))
    with store.reading(installation().database) as transaction:
        found = jobs.failed(transaction)
    return render_template("notices/background.html", jobs=found)
