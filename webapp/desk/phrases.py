"""Phrases for opinions: keep and drop them, and put one into a text of the form without a script."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from engine import cases
from engine.errors import HuishenError
from engine.forms import BoundPage, Shown
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.session import signed_in

INSERT = "phrase"  # what the button asks for
WHICH, WHERE = "phrase-id", "phrase-to"


@dataclass(frozen=True)
class Target:
    """A text of the form that a phrase can go into."""

    name: str
    label: str


def targets(bound: BoundPage) -> list[Target]:
    """Every text of several lines, those of rows with the name of the row."""
    return list(_targets(bound.items, ""))


def _targets(items: Iterable[Shown], row: str) -> Iterator[Target]:
    for item in items:
        if item.input is not None and item.field.type == "textarea" and not item.field.readonly:
            yield Target(item.input.name, f"{row}：{item.field.label}" if row else item.field.label)
        for inner in item.rows:
            yield from _targets(inner.items, inner.label)


def inserted(sent: MultiDict[str, str], bound: BoundPage) -> MultiDict[str, str]:
    """What was typed, with the chosen phrase at the end of the chosen text."""
    found = MultiDict(sent)
    chosen = next((one for one in cases.phrases(installation(), actor()) if one.id == sent.get(WHICH)), None)
    names = [target.name for target in targets(bound)]
    where = sent.get(WHERE, "")
    if chosen is not None and names:
        name = where if where in names else names[0]
        before = found.get(name, "").rstrip()
        found[name] = f"{before}\n{chosen.text}" if before else chosen.text
    return found


@pages.route("/phrases", methods=["GET", "POST"])
@signed_in
def phrases() -> Any:
    """My own, and those of my posts."""
    typed = {"text": request.form.get("text", ""), "post": request.form.get("post", "")}
    fault = ""
    if request.method == "POST":
        try:
            cases.keep_phrase(installation(), actor(), typed["text"], typed["post"])
            flash("已保存常用语", "done")
            return redirect(url_for(".phrases"))
        except HuishenError as error:
            fault = error.message
    listed = cases.phrases(installation(), actor())
    return render_template("desk/phrases.html", phrases=listed, typed=typed, fault=fault), 422 if fault else 200


@pages.post("/phrases/<phrase_id>/drop")
@signed_in
def drop_phrase(phrase_id: str) -> Any:
    """One that is not used any more."""
    cases.drop_phrase(installation(), actor(), phrase_id)
    flash("已删除常用语", "done")
    return redirect(url_for(".phrases"))
