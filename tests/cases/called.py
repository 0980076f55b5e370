"""Two small packages, of which the one calls the other, and what it takes to play both."""

from collections.abc import Mapping
from typing import Any

from engine import cases, packages
from engine.packages import Package, load_files
from engine.store import new_id, tables
from tests.cases.playing import Play
from tests.packages.small_package import HEAD, extensions, field, flow, form, mapping, person

MANIFEST = """
[package]
key = "{key}"
title = "{title}"
process = "{key}_process"
case_prefix = "{prefix}"
start = "applicant"
case_title = "=org_name + \\"{title}\\""
submit = "Task_fill"
{more}
[posts]
applicant = "organisation"
acceptor = "department"

[withdraw]
to = "Task_close"
reason = "termination"

[authority]
suspend = ["acceptor"]
terminate = ["acceptor"]
"""
CALL = '[call]\ninputs = ["org_name", "note", "attachments"]\noutputs = ["verdict"]\n'
MANY = (
    "<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics"
    ' inputCollection=\'=[{key: "a"}, {key: "b"}]\' inputElement="unit" outputCollection="answers"'
    ' outputElement="=answer" /></extensionElements></multiInstanceLoopCharacteristics>'
)
FILE = '{"type": "filepicker", "id": "f_proof", "key": "proof", "label": "证明"}'
CLOSING = (
    person("Task_close", "close", "acceptor", ("=termination", "termination"))
    + '<endEvent id="End_closed">'
    + extensions(outcome="=termination")
    + "</endEvent>\n"
    + flow("Task_close", "End_closed")
    + flow("Way", "Task_close", '=termination != null and termination = "never"')
)


def inputs(*pairs: tuple[str, str]) -> str:
    return "".join(f"<zeebe:input source='{source}' target='{target}' />" for source, target in pairs)


def call(
    identity: str,
    package: str,
    *,
    given: tuple[tuple[str, str], ...] = (("=org_name", "org_name"),),
    taken: tuple[tuple[str, str], ...] = (("=outcome", "answer"), ("=verdict", "verdict"), ("=number", "number")),
    loop: str = "",
    **properties: str,
) -> str:
    io = mapping(*taken).replace("<zeebe:ioMapping>", "<zeebe:ioMapping>" + inputs(*given))
    held = extensions(f'<zeebe:calledElement processId="{package}" />', io, **properties)
    return f'<callActivity id="{identity}" name="核验">{held}{loop}</callActivity>\n'


PAID, SEEN = (
    f'<message id="{identity}" name="{name}"><extensionElements><zeebe:subscription correlationKey="=note" />'
    "</extensionElements></message>\n"
    for identity, name in (("M", "缴费到账"), ("N", "已知悉"))
)


def made(key: str, title: str, prefix: str, body: str, more: str = "", *, before: str = "") -> Package:
    """A package of this diagram; `more` are tables of its manifest beside the usual ones, `before` stands before the
    process."""
    diagram = f'{HEAD}{before}<process id="{key}_process" isExecutable="true">\n<startEvent id="Start" />\n{body}'
    files = {
        "README.md": f"# {title}\n",
        "package.toml": MANIFEST.format(key=key, title=title, prefix=prefix, more="") + more,
        "process.bpmn": diagram + CLOSING + "</process>\n</definitions>\n",
        "forms/fill.form": form(
            "fill", field("org_name", more=', "validate": {"required": true}'), field("note"), FILE
        ),
        "forms/check.form": form("check", field("verdict")),
        "forms/close.form": form("close", field("remark")),
    }
    return load_files({name: text.encode() for name, text in files.items()})


def submit() -> str:
    taken = (("=org_name", "org_name"), ("=note", "note"), ("=attachments", "attachments"))
    return person("Task_fill", "fill", "applicant", *taken, act="submit")


def end(identity: str, outcome: str) -> str:
    return f'<endEvent id="{identity}">{extensions(outcome=outcome)}</endEvent>\n'


def inner(*, more: str = CALL, extra: str = "") -> Package:
    """The called package: the applicant fills in, the department gives a verdict, which is the outcome."""
    body = (
        submit()
        + person("Task_check", "check", "acceptor", ("=verdict", "verdict"), state="reviewing", withdrawable="true")
        + '<exclusiveGateway id="Way" default="Way-End" />\n'
        + end("End", "=verdict")
        + flow("Start", "Task_fill")
        + flow("Task_fill", "Task_check")
        + flow("Task_check", "Way")
        + flow("Way", "End")
        + extra
    )
    return made("inner", "核验事项", "NH", body, more)


def outer(
    calling: str | None = None, *, more: str = "", extra: str = "", key: str = "outer", prefix: str = "WH"
) -> Package:
    """The calling package: the applicant fills in, the other process runs, the department ends."""
    body = (
        submit()
        + (call("Call", "inner", withdrawable="true", state="reviewing") if calling is None else calling)
        + person("Task_after", "check", "acceptor", ("=verdict", "verdict"), state="deciding", returnTo="Task_fill")
        + '<exclusiveGateway id="Way" default="Way-End" />\n'
        + end("End", "approved")
        + flow("Start", "Task_fill")
        + flow("Task_fill", "Call")
        + flow("Call", "Task_after")
        + flow("Task_after", "Way")
        + flow("Way", "End")
        + extra
    )
    return made(key, "上级事项", prefix, body, more)


class Two:
    """A calling case and those that it calls."""

    def __init__(self, play: Play, *made: Package) -> None:
        self.play, self.place = play, play.installation
        for package in made:
            self.deploy(package)

    def deploy(self, package: Package) -> str:
        with self.play.writing() as transaction:
            return packages.deploy(transaction, package, by=None, at=self.play.clock.now()).version_id

    def begin(self, key: str = "outer", **values: Any) -> str:
        """A case of the package, submitted by the association."""
        case_id = cases.start(self.place, self.play.actor("applicant"), key, new_id()).case_id
        self.do(case_id, "Task_fill", {"org_name": "冷链协会", "note": "", **values})
        return case_id

    def do(self, case_id: str, node: str, values: Mapping[str, Any]) -> None:
        self.play.complete(self.play.task(case_id, node), values)

    def work(self) -> int:
        """What follows, until nothing is left to do."""
        total = 0
        while count := self.play.office.work_off():
            total += count
        return total

    def calls(self, case_id: str) -> list[dict[str, Any]]:
        rows = self.play.rows(tables.call, tables.call.c.case_id == case_id)
        return sorted(rows, key=lambda row: (row["opened_at"], row["item_key"] or "", row["child_id"]))

    def child(self, case_id: str, place: int = -1) -> str:
        return str(self.calls(case_id)[place]["child_id"])

    def open(self, case_id: str) -> list[str]:
        return sorted(one.node for one in self.play.open(case_id))

    def kinds(self, case_id: str) -> list[str]:
        return [kind for kind, _ in self.play.events(case_id)]

    def finish_child(self, child: str, verdict: str = "approved") -> None:
        """The association submits what it finds filled in, the department decides, and the result goes up."""
        self.do(child, "Task_fill", {"org_name": "冷链协会", "note": ""})
        self.do(child, "Task_check", {"verdict": verdict})
        self.work()


def teller(*, key: str = "teller", says: str = "M", hears: str = "", keep: str = "") -> Package:
    """Tells that the payment of the number in `note` has come; with `hears` again whenever it hears that message."""
    held = extensions(
        mapping().replace("<zeebe:ioMapping>", "<zeebe:ioMapping>" + inputs(("=org_name", "payer"))),
        **({"keep": keep} if keep else {}),
    )
    body = submit() + f'<sendTask id="Tell" name="告知到账" messageRef="{says}">{held}</sendTask>\n'
    body += (
        person("Task_after", "check", "acceptor", state="reviewing")
        + '<exclusiveGateway id="Way" default="Way-End" />\n'
    )
    body += end("End", "approved") + flow("Start", "Task_fill") + flow("Task_fill", "Tell")
    body += flow("Task_after", "Way") + flow("Way", "End")
    if hears:
        body += waiting(hears) + flow("Tell", "Paid") + flow("Paid", "Or") + flow("Or", "Tell")
        body += '<exclusiveGateway id="Or" default="Or-Tell" />\n' + flow("Or", "Task_after", '=org_name = "没有"')
    else:
        body += flow("Tell", "Task_after")
    return made(key, "缴费", key[:2].upper(), body, before=PAID + SEEN)


def waiting(message: str = "M") -> str:
    """Waits for the payment; the payer is taken over."""
    event = f'<messageEventDefinition messageRef="{message}" />'
    held = extensions(mapping(("=payer", "payer")))
    return f'<intermediateCatchEvent id="Paid" name="等缴费">{held}{event}</intermediateCatchEvent>\n'


def waiter(*, key: str = "waiter") -> Package:
    body = submit() + waiting() + person("Task_after", "check", "acceptor", state="reviewing")
    body += '<exclusiveGateway id="Way" default="Way-End" />\n' + end("End", "approved")
    body += flow("Start", "Task_fill") + flow("Task_fill", "Paid") + flow("Paid", "Task_after")
    body += flow("Task_after", "Way") + flow("Way", "End")
    return made(key, "登记", "DJ", body, before=PAID)
