"""package.toml as frozen values: what a package promises, demands and names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from engine.packages.manifest_table import Table, parse
from engine.packages.problem import Finding

DEPARTMENT, ORGANISATION = "department", "organisation"
HOLDERS = (DEPARTMENT, ORGANISATION)
SIGNATURES = ("two", "minutes", "notice", "slip", "sheet")
UNSIGNED = frozenset(("slip", "sheet"))  # they have no number, no signature and no seal
APPROVED = frozenset(("two", "minutes"))  # a person signs them at a signing task; only the former are sealed then
READERS = ("applicant", DEPARTMENT)
SEALS = ("authority", "acceptance")
CERTAINTIES = ("A", "B", "C", "D")
AUTHORITIES = (  # verbs beside the tasks: on a running case, and on what the register holds
    "remind",
    "suspend",
    "terminate",
    "extend",
    "reviewers",
    "register",
    "revoke",
    "correct",
    "ledger",
    "group",
)

RESULTS = ("outcome", "results", "number")  # what every called process gives back

_VARIABLE = r"[^\W\d]\w*"
_KIND = r"[A-Za-z][A-Za-z0-9_]*"
_KIND_SHAPE = "字母开头，只含字母、数字和下划线"
WORD = r"[a-z][a-z0-9_]*"
_ID = r"[A-Za-z_][A-Za-z0-9_.\-]*"
WORD_SHAPE = "小写字母开头，只含小写字母、数字和下划线"
PREFIX = r"[A-Z][A-Z0-9]{0,7}"
PREFIX_SHAPE = "至多八个大写字母或数字，字母开头"
_ID_SHAPE = "字母开头，只含字母、数字、下划线、点和连字符"


@dataclass(frozen=True, slots=True)
class Promise:
    """The promised working days, the clause they rest on and how certain that clause is (A to D)."""

    working_days: int
    clause: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold before one applies, as the guide says it; `clause` and `certainty` are empty where none is known."""

    text: str
    clause: str
    certainty: str


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """How documents of one kind come about; `signature` is one of SIGNATURES, `seal` one of SEALS.

    `authority` is 机关代字, empty for a slip, which has no number. `reader` is one of READERS: what is addressed to others
    than the applicant, the department alone reads.
    """

    kind: str
    title: str
    template: str
    authority: str
    signature: str
    seal: str
    reader: str


@dataclass(frozen=True, slots=True)
class Level:
    """A box of a printed form: the opinion that a user task left, in FEEL over what its form submitted."""

    node: str
    title: str
    opinion: str


@dataclass(frozen=True, slots=True)
class PrintRule:
    """A form that a person prints at any time from what the case holds (套打); nothing of it is kept.

    `reader` is one of READERS: the applicant prints its own as well as the department, the others the department alone.
    `each` is a list of the case, of which one member a sheet is read as `member`; both empty where there is one sheet.
    """

    kind: str
    title: str
    template: str
    reader: str
    each: str
    member: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Where the one remaining token goes, and the variable that is set to `withdrawn`."""

    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Publicity:
    """What the public may answer: the message that an objection sends to the case, and the posts that may read it.

    `days`: the parameter that says in how many working days an objection is looked into; empty where nothing is said.
    """

    message: str
    readers: tuple[str, ...]
    days: str


@dataclass(frozen=True, slots=True)
class CallRule:
    """What another process may hand in when it calls this one, and which variables it gets back beside RESULTS.

    `submits`: what is handed in is submitted at once where the form has no fault, instead of waiting for the applicant.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    submits: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or choice that the client confirms; FEEL reads it as `parameters.<name>`."""

    name: str
    value: Any
    title: str
    clause: str
    certainty: str
    binding: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole of package.toml; the texts that begin with `=` are FEEL."""

    key: str
    title: str
    note: str
    process: str
    case_prefix: str
    start: str
    case_title: str
    issuer: str  # 发文机关 of the documents whose templates name no other
    shared_files: str  # FEEL: the files that a consulted organisation, `reader`, may read; empty: none
    items: str
    item_label: str
    rules: tuple[str, ...]
    materials: tuple[str, ...]
    submit: str
    promise: Promise | None
    conditions: tuple[Condition, ...]
    posts: Mapping[str, str]
    exclusive: tuple[tuple[str, ...], ...]
    documents: Mapping[str, DocumentRule]
    prints: Mapping[str, PrintRule]
    withdraw: Withdrawal | None
    publicity: Publicity | None
    receipt: str  # the message by which a case hears that the letters of a part of it are received; empty: none
    call: CallRule | None  # None: no other process calls this one
    authority: Mapping[str, tuple[str, ...]]  # verb, one of AUTHORITIES -> roles of the department that may use it
    parameters: Mapping[str, Parameter]

    @property
    def parameter_values(self) -> dict[str, Any]:
        """What FEEL sees as `parameters`."""
        return {name: parameter.value for name, parameter in self.parameters.items()}

    @property
    def starts_inside(self) -> bool:
        """Whether the department itself begins the cases, instead of an organisation from outside."""
        return self.posts.get(self.start) == DEPARTMENT

    @property
    def own_messages(self) -> frozenset[str]:
        """What the system itself tells a case."""
        told = self.publicity.message if self.publicity else ""
        return frozenset({told, self.receipt} - {""})


def read_manifest(data: bytes) -> tuple[Manifest | None, list[Finding]]:
    """The manifest with all its findings; none where it is not TOML or has no [package]."""
    document, findings = parse(data)
    if findings:
        return None, findings
    root = Table(document, "", findings)
    package = root.table("package", required=True)
    manifest = None if package is None else _manifest(root, package)
    root.close()
    return manifest, findings


def _manifest(root: Table, package: Table) -> Manifest:
    posts, parameters = _posts(root), _parameters(root)
    manifest = Manifest(
        key=package.text("key", pattern=WORD, shape=WORD_SHAPE),
        title=package.text("title"),
        note=package.text("note", default=""),
        process=package.text("process", pattern=_ID, shape=_ID_SHAPE),
        case_prefix=package.text("case_prefix", pattern=PREFIX, shape=PREFIX_SHAPE),
        start=package.text("start"),
        case_title=package.text("case_title"),
        issuer=package.text("issuer", default=""),
        shared_files=package.text("shared_files", default="", pattern=r"|=[\s\S]+", shape="以 = 开头的 FEEL"),
        items=package.text("items", default="", pattern=r"|[^\W\d]\w*", shape="变量名"),
        item_label=package.text("item_label", default="", pattern=r"|[^\W\d]\w*", shape="变量名"),
        rules=package.texts("rules"),
        materials=package.texts("materials"),
        submit=package.text("submit", pattern=_ID, shape=_ID_SHAPE),
        promise=_promise(root),
        conditions=tuple(_condition(row) for row in root.rows("conditions")),
        posts=MappingProxyType(posts),
        exclusive=_exclusive(root),
        documents=MappingProxyType(_documents(root)),
        prints=MappingProxyType(_prints(root)),
        withdraw=_withdrawal(root),
        publicity=_publicity(root, posts, parameters),
        receipt=_receipt(root),
        call=_call(root),
        authority=MappingProxyType(_authority(root, posts)),
        parameters=MappingProxyType(parameters),
    )
    package.close()
    _agree(manifest, package)
    return manifest


def _agree(manifest: Manifest, package: Table) -> None:
    if manifest.start and manifest.start not in manifest.posts:
        package.fault("start", "start", f"岗位“{manifest.start}”不在 [posts] 中；请在 [posts] 里加上它。")
    if manifest.starts_inside and manifest.authority.get("group"):
        message = "[authority] 的 group 是替协会批量发起，而这个流程由本部门自己发起；请删去 group，或改 start。"
        package.fault("start", "authority", message)
    if manifest.items and not manifest.item_label:
        package.fault("item_label", "missing", "有 items 时要说明用哪个字段称呼每一项；请补上 item_label。")


def _posts(root: Table) -> dict[str, str]:
    table = root.table("posts", required=True)
    if table is None:
        return {}
    names = table.names()
    posts = {name: table.choice(name, HOLDERS) for name in names}
    for name in names:
        if not name.isidentifier():
            table.fault(name, "value", f"岗位名写法不对；请写成{WORD_SHAPE}。")
    return posts


def _promise(root: Table) -> Promise | None:
    table = root.table("promise")
    if table is None:
        return None
    promise = Promise(
        table.whole("working_days", 1, 1000), table.text("clause"), table.choice("certainty", CERTAINTIES)
    )
    table.close()
    return promise


def _condition(table: Table) -> Condition:
    condition = Condition(
        table.text("text"),
        table.text("clause", default=""),
        table.text("certainty", default="", pattern=r"|[ABCD]", shape="A、B、C 或 D"),
    )
    table.close()
    return condition


def _exclusive(root: Table) -> tuple[tuple[str, ...], ...]:
    table = root.table("separation")
    if table is None:
        return ()
    groups = table.groups("exclusive")
    table.close()
    return groups


def _documents(root: Table) -> dict[str, DocumentRule]:
    rules = {}
    for kind, table in root.tables("documents", _KIND, _KIND_SHAPE).items():
        signature = table.choice("signature", SIGNATURES)
        numbered = signature not in UNSIGNED
        rules[kind] = DocumentRule(
            kind=kind,
            title=table.text("title"),
            template=_template(table, kind),
            authority=table.text("authority") if numbered else table.text("authority", default=""),
            signature=signature,
            seal=table.choice("seal", SEALS, default="authority"),
            reader=table.choice("reader", READERS, default="applicant"),
        )
        table.close()
    return rules


def _template(table: Table, kind: str) -> str:
    return table.text(
        "template", default=f"documents/{kind}.html", pattern=r"documents/[^/]+\.html", shape="documents/….html"
    )


def _prints(root: Table) -> dict[str, PrintRule]:
    rules = {}
    for kind, table in root.tables("prints", _KIND, _KIND_SHAPE).items():
        rules[kind] = PrintRule(
            kind=kind,
            title=table.text("title"),
            template=_template(table, kind),
            reader=table.choice("reader", READERS, default="applicant"),
            each=table.text("each", default="", pattern=rf"|{_VARIABLE}", shape="变量名"),
            member=table.text("as", default="", pattern=rf"|{_VARIABLE}", shape="变量名"),
            levels=tuple(_level(row) for row in table.rows("levels")),
        )
        table.close()
        if bool(rules[kind].each) != bool(rules[kind].member):
            table.fault("each", "missing", "each 和 as 同用：每项一张，模板按 as 的名字读；请补上另一个。")
    return rules


def _level(table: Table) -> Level:
    level = Level(table.text("node", pattern=_ID, shape=_ID_SHAPE), table.text("title"), table.text("opinion"))
    table.close()
    return level


def _withdrawal(root: Table) -> Withdrawal | None:
    table = root.table("withdraw")
    if table is None:
        return None
    reason = table.text("reason", pattern=r"[^\W\d]\w*", shape="变量名")
    withdrawal = Withdrawal(table.text("to", pattern=_ID, shape=_ID_SHAPE), reason)
    table.close()
    return withdrawal


def _publicity(root: Table, posts: Mapping[str, str], parameters: Mapping[str, Parameter]) -> Publicity | None:
    table = root.table("publicity")
    if table is None:
        return None
    publicity = Publicity(table.text("message"), table.texts("readers"), table.text("days", default=""))
    table.close()
    for role in publicity.readers:
        if posts.get(role) != DEPARTMENT:
            table.fault("readers", "authority", f"“{role}”不是本部门的岗位；请写 [posts] 里由 department 持有的岗位。")
    if publicity.days and not _counts_days(parameters.get(publicity.days)):
        message = f"“{publicity.days}”不是 [parameters] 里值为正整数的参数；请写异议核实期限所用的那个参数。"
        table.fault("days", "value", message)
    return publicity


def _counts_days(parameter: Parameter | None) -> bool:
    value = parameter.value if parameter is not None else None
    return isinstance(value, Decimal) and value > 0 and value == value.to_integral_value()


def _receipt(root: Table) -> str:
    table = root.table("receipt")
    if table is None:
        return ""
    message = table.text("message")
    table.close()
    return message


def _call(root: Table) -> CallRule | None:
    table = root.table("call")
    if table is None:
        return None
    rule = CallRule(table.texts("inputs"), table.texts("outputs"), table.flag("submits"))
    table.close()
    for key, names in (("inputs", rule.inputs), ("outputs", rule.outputs)):
        for name in names:
            if not re.fullmatch(_VARIABLE, name):
                table.fault(key, "value", f"“{name}”不是变量名；请用文字、数字和下划线，不以数字开头。")
    for name in sorted(set(rule.outputs) & set(RESULTS)):
        table.fault("outputs", "value", f"“{name}”总会交回，不用再写；请删去，或者把变量改名。")
    return rule


def _authority(root: Table, posts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    table = root.table("authority")
    if table is None:
        return {}
    found = {verb: table.texts(verb) for verb in AUTHORITIES}
    table.close()
    for verb, roles in found.items():
        for role in roles:
            if posts.get(role) != DEPARTMENT:
                table.fault(verb, "authority", f"“{role}”不是本部门的岗位；请写 [posts] 里由 department 持有的岗位。")
    return found


def _parameters(root: Table) -> dict[str, Parameter]:
    parameters = {}
    for name, table in root.tables("parameters", r"[^\W\d]\w*", "变量名").items():
        parameters[name] = Parameter(
            name=name,
            value=table.value("value"),
            title=table.text("title"),
            clause=table.text("clause"),
            certainty=table.choice("certainty", CERTAINTIES),
            binding=table.text("binding", default=""),
        )
        table.close()
    return parameters
