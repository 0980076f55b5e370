"""The packages of the matrix: a preparation, a ballot and a summary, each with its timer, somewhere in a process."""

import json

from engine.packages import Package, load_files
from tests.workflow.ballots import CONDITIONS
from tests.workflow.drawing import Draw, document, event, many, properties, zeebe

NESTINGS = ("none", "parallel block", "sub-process", "called process", "loop")
TIMERS = ("none", "interrupting", "non-interrupting", "cycle")
KINDS = tuple(CONDITIONS)
PREFIX = {"sub-process": "sub/", "called process": "call/"}
SEATS = (
    {"key": "a", "name": "甲", "post": "acceptor", "weight": 1},
    {"key": "b", "name": "乙", "post": "handler_b", "weight": 2},
    {"key": "c", "name": "丙", "post": "meeting_secretary", "weight": 4},
)
EXTRA = {"key": "d", "name": "丁", "post": "document_clerk", "weight": 3}
#: Whom a task is for, and the answers that its form asks.
WORK = {
    "first": "applicant",
    "prep": "handler_a",
    "mi": "=seat.post",
    "sum": "handler_a",
    "r": "acceptor",
    "q": "acceptor",
    "side": "document_clerk",
    "d": "division_head",
    "after": "bureau_leader",
    "close": "acceptor",
}
FIELDS = {
    "first": ("k", "kind"),
    "prep": ("p",),
    "mi": ("vote",),
    "sum": ("s",),
    "r": ("rv",),
    "q": ("qv",),
    "side": ("w",),
    "d": ("more",),
    "after": ("good",),
    "close": ("c",),
}
TYPES = {"vote": "textfield", "kind": "textfield", "more": "checkbox", "good": "checkbox"}
#: The completion condition of every kind of ballot in one.
CONDITION = "=" + "".join(f'if kind = "{kind}" then ({text[1:]}) else ' for kind, text in CONDITIONS.items()) + "false"
MORE = {
    "first": {"act": "submit"},
    "mi": {"transferTo": "seal_keeper", "returnTo": "first, prep"},
    "sum": {"ask": "handler_b, meeting_secretary", "transferTo": "handler_b", "returnTo": "first, mi"},
}
DAYS = {"mi": 5, "sum": 5}  # working days in which it is due

MANIFEST = """\
[package]
key = "{key}"
title = "会签"
process = "p"
case_prefix = "{prefix}"
start = "applicant"
case_title = "会签"
submit = "first"

[posts]
applicant = "organisation"
acceptor = "department"
handler_a = "department"
handler_b = "department"
division_head = "department"
meeting_secretary = "department"
bureau_leader = "department"
seal_keeper = "department"
document_clerk = "department"

[withdraw]
to = "close"
reason = "termination"

[authority]
suspend = ["division_head"]
terminate = ["bureau_leader"]
extend = ["division_head"]
reviewers = ["division_head"]
"""


def key_of(sequential: bool, timer: str, nesting: str) -> str:
    """The key of a package; the kind of the ballot is said by the application, but for whether it goes in turn."""
    parts = ("in turn" if sequential else "together", timer, nesting)
    return "m_" + "_".join(part.replace(" ", "_").replace("-", "_") for part in parts)


def package_of(sequential: bool, timer: str, nesting: str) -> Package:
    """One package of the matrix, as its files."""
    prefix = "M" + "ST"[sequential] + "ABCD"[TIMERS.index(timer)] + "ABCDE"[NESTINGS.index(nesting)]
    files = {
        "package.toml": MANIFEST.format(key=key_of(sequential, timer, nesting), prefix=prefix).encode(),
        "process.bpmn": _process(sequential, timer, nesting),
    }
    return load_files(files | {f"forms/{name}.form": _form(name, *FIELDS[name]) for name in WORK})


def _form(name: str, *fields: str) -> bytes:
    rows = [{"type": TYPES.get(field, "number"), "key": field, "label": field} for field in fields]
    group = {"type": "group", "id": "g", "label": "填写", "components": rows}
    return json.dumps({"id": name, "type": "default", "schemaVersion": 18, "components": [group]}).encode()


def _task(d: Draw, name: str, loop: str = "") -> str:
    seats = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in EXTRA.items())
    more = {"state": "submitted" if name != "first" else "", "withdrawable": "true" if name != "first" else ""}
    more |= MORE.get(name, {}) | ({"addable": f"=[{{{seats}}}]"} if name == "mi" else {})
    extra = zeebe("formDefinition", formId=name) + zeebe("assignmentDefinition", candidateGroups=WORK[name])
    if name in DAYS:
        extra += zeebe("taskSchedule", dueDate=f"=工作日后({DAYS[name]})")
    extra += properties(**{key: value for key, value in more.items() if value})
    return d.task(name, FIELDS[name], extra=extra, loop=loop)


def _timer(d: Draw, timer: str, host: str, late: str, meets: str) -> None:
    """A boundary timer and what comes of it; where it interrupts, that leads back to the way."""
    if timer == "none":
        return
    task = _task(d, late)
    text = event("timer", "R2/P1D", "timeCycle") if timer == "cycle" else event("timer", "P1D")
    d.boundary(f"late_{host}", host, text, interrupt=timer == "interrupting")
    d.flow(f"late_{host}", task, meets if timer == "interrupting" else d.end(f"e_{late}"))


def _work(d: Draw, sequential: bool, timer: str, before: str, after: str) -> None:
    """The preparation, the ballot and the summary between two nodes."""
    loop = many("=seats", "seat", "votes", "=vote", condition=CONDITION, sequential=sequential)
    d.xor("mm", "ms")
    d.flow(before, _task(d, "prep"), _task(d, "mi", loop), "mm", _task(d, "sum"), "ms", after)
    _timer(d, timer, "mi", "r", "mm")
    _timer(d, timer, "sum", "q", "ms")


def _process(sequential: bool, timer: str, nesting: str) -> bytes:
    d, others, inner = Draw(), [], Draw("in")
    seats = json.dumps(SEATS, ensure_ascii=False)
    d.task("seat", extra=zeebe("script", expression=f"={seats}", resultVariable="seats"), tag="scriptTask")
    d.start(), d.xor("z"), d.end("e", outcome="approved"), d.end("c", outcome="=termination")
    d.flow("s", _task(d, "first"), "seat"), d.flow(_task(d, "after"), "z", "e")
    d.flow("z", _task(d, "close"), when="=good = false"), d.flow("close", "c")
    d.default["z"] = "f_z_e"
    if nesting == "none":
        _work(d, sequential, timer, "seat", "after")
    elif nesting == "parallel block":
        d.both("split", "join"), d.flow("seat", "split", _task(d, "side"), "join", "after")
        _work(d, sequential, timer, "split", "join")
    elif nesting == "loop":
        d.xor("m", "g"), d.flow("seat", "m"), d.flow(_task(d, "d"), "g")
        d.flow("g", "m", when="=more"), d.flow("g", "after", default=True)
        _work(d, sequential, timer, "m", "d")
    else:
        inner.start("is"), inner.end("ie")
        _work(inner, sequential, timer, "is", "ie")
        if nesting == "sub-process":
            d.sub("sub", inner)
        else:
            d.call("call", "in", inputs=["seats", "kind"], outputs=["votes", "s"])
            others = [inner]
        d.flow("seat", PREFIX[nesting].strip("/"), "after")
    return document(d, *others)
