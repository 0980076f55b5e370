"""What is made public now, and objections to it: anybody may make one, without an account."""

from typing import Any

from flask import render_template, request

from engine import cases
from engine.cases import PublicityView, Statement
from engine.cases.objecting import LONGEST, MOST_BYTES, MOST_FILES
from engine.errors import Invalid, NotFound
from webapp.current import installation
from webapp.public.blueprint import pages
from webapp.security import limiter

TOO_MANY = "同一网络每小时最多提交 5 件、每天最多 20 件异议，请过一会儿再试，或者打电话反映。"


@pages.get("/public")
def publicities() -> Any:
    """Everything that is open, the one that closes first first."""
    return render_template("public/publicities.html", publicities=cases.publicities(installation()))


@pages.get("/public/<publicity_id>")
def publicity(publicity_id: str) -> Any:
    """One publicity: its members with the fields that may be made public."""
    return render_template("public/publicity.html", publicity=cases.publicity_view(installation(), publicity_id))


@pages.route("/public/<publicity_id>/objections/<item>", methods=["GET", "POST"])
@limiter.limit("5 per hour; 20 per day", methods=["POST"], error_message=TOO_MANY)
def objection(publicity_id: str, item: str) -> Any:
    """The form of an objection to one member; after it only a number to keep."""
    shown = cases.publicity_view(installation(), publicity_id)
    member = _member(shown, item)
    limits = {"longest": LONGEST, "most_files": MOST_FILES, "most_bytes": MOST_BYTES // 1024**2}
    page = {"publicity": shown, "member": member, "typed": request.form, **limits}
    if request.method != "POST":
        return render_template("public/objection.html", **page)
    try:
        number = cases.receipt_of(cases.object_to(installation(), publicity_id, item, _statement()))
    except Invalid as error:
        field = str(error.details.get("field", "files"))
        return render_template("public/objection.html", **page, faults={field: error.message}), 422
    return render_template("public/objected.html", publicity=shown, member=member, number=number)


def _member(shown: PublicityView, item: str) -> dict[str, Any]:
    for member in shown.members:
        if member["key"] == item:
            return member
    raise NotFound("这次公示里没有这名人选，请从公示页重新进入。", code="publicity.no-member")


def _statement() -> Statement:
    sent = [file for file in request.files.getlist("files") if file.filename]
    files = tuple((file.filename or "", file.read(MOST_BYTES + 1)) for file in sent[: MOST_FILES + 1])
    text = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in ("text", "name", "contact")}
    return Statement(text["text"], text["name"], text["contact"], files)
