"""条款台账: the rules with what rests on them, a table or a form behind a rule."""

from typing import Any

from flask import render_template, request

from engine import cases
from engine.cases.words import SEVERITIES
from webapp.current import actor, installation, known_actor
from webapp.desk.blueprint import pages
from webapp.session import signed_in

BINDINGS = ("本省确认", "参照")
CERTAINTIES = {"A": "读到原文", "B": "凭记忆", "C": "设计假设", "D": "不确定"}
KINDS = {
    "parameter": "参数",
    "promise": "承诺时限",
    "condition": "条件",
    "form": "表单",
    "document": "文书",
    "node": "环节",
}


@pages.app_context_processor
def reading() -> dict[str, Any]:
    """Whether the navigation offers the register of rules."""
    person = known_actor()
    return {"reads_clauses": person is not None and cases.reads_clauses(person)}


@pages.get("/clauses/")
@signed_in
def clauses() -> Any:
    """Every clause, with how sure it is and whether it binds."""
    words, binding = request.args.get("words", "")[:100], request.args.get("binding", "")
    binding = binding if binding in BINDINGS else ""
    found = cases.clause_list(installation(), actor(), words, binding)
    return render_template(
        "desk/clauses.html",
        found=found,
        words=words,
        binding=binding,
        bindings=BINDINGS,
        certainties=CERTAINTIES,
    )


@pages.get("/clauses/<identity>")
@signed_in
def clause(identity: str) -> Any:
    """What rests on a clause, since when it holds, what would change with it."""
    return render_template(
        "desk/clause.html",
        page=cases.clause_page(installation(), actor(), identity),
        certainties=CERTAINTIES,
        severities=SEVERITIES,
        kinds=KINDS,
    )


@pages.get("/clauses/parts/<package>/<kind>/<key>")
@signed_in
def clause_part(package: str, kind: str, key: str) -> Any:
    """The table or the form that a clause leads to."""
    return render_template("desk/clause_part.html", part=cases.clause_part(installation(), actor(), package, kind, key))
