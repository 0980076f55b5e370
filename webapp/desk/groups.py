"""批量发起: one start for a list of associations, what stands in each group, and reminders to those who are late."""

import secrets
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import cases
from engine.cases import NewGroup
from engine.errors import Invalid
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.desk.ledger import MOST_BYTES
from webapp.security import limiter, person_or_address
from webapp.session import signed_in


@dataclass
class Asked:
    """What was typed on the page of a new group; everything stays when something is wrong."""

    words: str = ""
    until: str = ""
    title: str = ""
    due: str = ""
    chosen: frozenset[str] = frozenset()
    key: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)

    def fault(self, anchor: str, message: str) -> None:
        self.errors.append({"message": message, "anchor": anchor})

    def day(self, name: str) -> date | None:
        """The day of an input; one that is none is a fault."""
        text = getattr(self, name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.fault(name, "请填写日期，例如 2026-12-31。")
            return None


@pages.get("/groups/")
@signed_in
def groups() -> Any:
    """The groups that I may follow, and the processes that I may open for associations."""
    return render_template(
        "desk/groups.html",
        groups=cases.groups(installation(), actor()),
        processes=cases.grouped_processes(installation(), actor()),
    )


@pages.get("/groups/new/<package_key>")
@signed_in
def new_group(package_key: str) -> Any:
    """The associations to choose from."""
    asked = Asked(request.args.get("words", "")[:100], request.args.get("until", "")[:10], key=secrets.token_hex(16))
    return _form(package_key, asked, all_chosen=bool(asked.until))


@pages.post("/groups/new/<package_key>")
@limiter.limit("60 per hour", key_func=person_or_address)
@signed_in
def start_group(package_key: str) -> Any:
    """Start it, or choose the associations of a workbook. The key of the page makes a second click harmless."""
    form = request.form
    asked = Asked(
        form.get("words", "")[:100],
        form.get("until", "")[:10],
        form.get("title", "")[:200],
        form.get("due", "")[:10],
        frozenset(one[:32] for one in form.getlist("organisation")),
        form.get("key", ""),
    )
    if form.get("then") == "read":
        return _read(package_key, asked)
    due = asked.day("due")
    if not asked.errors:
        try:
            wanted = NewGroup(asked.key, package_key, asked.title, due, tuple(asked.chosen))
            begun = cases.start_group(installation(), actor(), wanted)
        except Invalid as error:
            places = {"reason.missing": "title", "group.day": "due", "group.list": "list"}
            if error.code not in places:
                raise
            asked.fault(places[error.code], error.message)
        else:
            _tell(begun)
            return redirect(url_for(".group", group_id=begun.group_id))
    return _form(package_key, asked), 422


@pages.get("/groups/<group_id>")
@signed_in
def group(group_id: str) -> Any:
    """Who has begun, who has submitted, where each stands."""
    return render_template("desk/group.html", group=cases.group(installation(), actor(), group_id))


@pages.post("/groups/<group_id>/remind")
@signed_in
def remind_group(group_id: str) -> Any:
    """Those who have not submitted, each once a day."""
    told = cases.remind_group(installation(), actor(), group_id)
    flash(f"已催办 {told} 个协会。" if told else "没有要催办的：都已提交，或今天已经催过，明天可以再催。")
    return redirect(url_for(".group", group_id=group_id))


@pages.post("/groups/<group_id>/begin")
@signed_in
def begin_group(group_id: str) -> Any:
    """Those that could not begin, again."""
    _tell(cases.begin_members(installation(), actor(), group_id))
    return redirect(url_for(".group", group_id=group_id))


def _tell(begun: cases.Begun) -> None:
    if begun.waiting:
        flash(f"{begun.waiting} 件正在发起，表里看得到进度。")
        return
    rest = f"，{begun.faults} 件没有发起，原因写在表里" if begun.faults else ""
    flash(f"已发起 {begun.cases} 件{rest}。")


def _read(package_key: str, asked: Asked) -> Any:
    """The associations of the workbook are chosen; rows that name none are told, and nothing is started."""
    sent = request.files.get("file")
    data = sent.read(MOST_BYTES + 1) if sent is not None else b""
    if not data:
        asked.fault("file", "请选择要读取的 Excel 文件")
        return _form(package_key, asked), 422
    try:
        listed = cases.read_list(installation(), actor(), package_key, data)
    except Invalid as error:
        asked.fault("file", error.message)
        return _form(package_key, asked), 422
    for row, message in listed.faults:
        asked.fault("file", f"第 {row} 行：{message}")
    asked.chosen, asked.words, asked.until = frozenset(listed.organisations), "", ""
    return _form(package_key, asked), 422 if asked.errors else 200


def _form(package_key: str, asked: Asked, all_chosen: bool = False) -> Any:
    until = asked.day("until")
    found = cases.candidates(installation(), actor(), package_key, asked.words, until)
    if all_chosen:
        asked.chosen = frozenset(one.id for one in found if not one.running)
    process = dict(cases.grouped_processes(installation(), actor()))[package_key]
    return render_template("desk/group_new.html", package_key=package_key, process=process, asked=asked, found=found)
