"""党建责任台账: who answers for which association; out as a workbook, in from one."""

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for

from engine import cases
from engine.cases import LedgerWanted
from engine.errors import Forbidden, Invalid
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.desk.supervision import MANY, XLSX
from webapp.security import limiter, person_or_address
from webapp.session import signed_in

MOST_BYTES = 2 * 1024 * 1024


@pages.get("/ledger/")
@signed_in
def ledger() -> Any:
    """The associations with the body that answers for each."""
    wanted = _wanted(request.args)
    found = cases.party_ledger(installation(), actor(), wanted)
    return render_template("desk/ledger.html", ledger=found, wanted=wanted, nobody=cases.NO_LEAD)


@pages.get("/ledger/reports")
@signed_in
def reports() -> Any:
    """Who has filed the annual report of a year, and who is late."""
    text = request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else None
    return render_template("desk/reports.html", reports=cases.annual_reports(installation(), actor(), year))


@pages.route("/ledger/export", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"], key_func=person_or_address, error_message=MANY)
@signed_in
def ledger_export() -> Any:
    """What the list shows, as a workbook, for a reason."""
    asked = request.form if request.method == "POST" else request.args
    wanted, reason = _wanted(asked), asked.get("reason", "")
    found = cases.party_ledger(installation(), actor(), wanted)
    if not found.may_change:
        raise Forbidden("你的岗位不能导出党建责任台账。", code="ledger.role")
    parts = {"ledger": found, "wanted": wanted, "nobody": cases.NO_LEAD, "reason": reason}
    if request.method != "POST":
        return render_template("desk/ledger_export.html", **parts)
    try:
        name, data = cases.export_ledger(installation(), actor(), wanted, reason)
    except Invalid as error:
        return render_template("desk/ledger_export.html", **parts, fault=error.message), 422
    return send_file(BytesIO(data), mimetype=XLSX, download_name=name, as_attachment=True)


@pages.route("/ledger/import", methods=["GET", "POST"])
@limiter.limit("60 per hour", methods=["POST"], key_func=person_or_address)
@signed_in
def ledger_import() -> Any:
    """Every row of a workbook, or none and what is wrong with each."""
    if not cases.may_change_ledger(installation(), actor()):
        raise Forbidden("你的岗位不能导入党建责任台账。", code="ledger.role")
    if request.method != "POST":
        return render_template("desk/ledger_import.html")
    sent = request.files.get("file")
    data = sent.read(MOST_BYTES + 1) if sent is not None else b""
    if not data:
        return render_template("desk/ledger_import.html", fault="请选择要导入的 Excel 文件"), 422
    try:
        taken = cases.import_ledger(installation(), actor(), data)
    except Invalid as error:
        return render_template("desk/ledger_import.html", fault=error.message), 422
    if taken.faults:
        return render_template("desk/ledger_import.html", faults=taken.faults), 422
    flash(f"已导入 {taken.rows} 行。")
    return redirect(url_for(".ledger"))


def _wanted(asked: Any) -> LedgerWanted:
    return LedgerWanted(asked.get("words", "").strip()[:100], asked.get("lead", "")[:32])
