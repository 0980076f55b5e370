"""Scenario files into scenarios, with every fault named by file, line and key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from engine.scenarios.model import (
    Act,
    Begins,
    Complete,
    End,
    Expected,
    Object,
    Place,
    Receive,
    Return,
    Scenario,
    Step,
    Tell,
    Text,
    Told,
    Wait,
    Withdraw,
)
from engine.scenarios.problem import Problem, ScenarioProblems
from engine.scenarios.values import Shared, merged
from engine.scenarios.yaml_tree import Tree, parse

VALUES = "scenarios/values/"
FOLDER = "scenarios/"
ACTS = ("do", "review", "wait", "withdraw", "return", "object", "receive", "message")
CLOCKS: Mapping[str, type] = {
    "paused": list,
    "used": Decimal,
    "remaining": Decimal,
    "due": date,
    "estimated": bool,
    "light": str,
}
CLOCK_WORDS = {
    "paused": "要写成停表原因的列表，如 [verification]，没有停表写 []",
    "used": "要写成数字",
    "remaining": "要写成数字，逾期为负数",
    "due": "要写成日期，如 2027-01-11",
    "estimated": "要写 true 或 false",
    "light": "要写 green、yellow 或 red",
}
_WORKING_DAYS = re.compile(r"(\d{1,4}) working days?")
_SPAN = re.compile(r"P(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,5})M)?)?")


def read_all(files: Mapping[str, bytes]) -> list[Scenario]:
    """Every scenario of a package's files, by file name; raises `ScenarioProblems` with the faults of all files."""
    problems: list[Problem] = []
    shared = _shared(files, problems)
    found: list[Scenario] = []
    for name in sorted(files):
        path = PurePosixPath(name)
        if str(path.parent) == "scenarios" and path.suffix == ".yaml":
            try:
                found.append(_Reader(name, shared).scenario(parse(files[name], name)))
            except ScenarioProblems as error:
                problems += error.problems
    problems += _twice(found)
    whole = [] if problems else [_joined(one, found, problems) for one in found]
    if problems:
        raise ScenarioProblems(problems)
    return whole


def _joined(scenario: Scenario, all_of_them: list[Scenario], problems: list[Problem]) -> Scenario:
    """With the steps of the scenario as which it begins."""
    begins = scenario.begins
    if begins is None:
        return scenario
    other = next((one for one in all_of_them if one.id == begins.like), None)
    steps = [] if other is None else [replace(step, file=other.file) for step in other.steps]
    places = [place for place, step in enumerate(steps, 1) if _does(step, begins.until)]
    if other is None or other is scenario:
        message = f"没有编号为 {begins.like} 的另一个场景；请改正。"
    elif other.begins is not None:
        message = f"{begins.like} 自己也写了 begins；请直接写它所指的 {other.begins.like}。"
    elif not places:
        message = f"{begins.like} 没有办理 {begins.until} 的步骤；请改正。"
    else:
        return replace(scenario, steps=(*steps[: places[0]], *scenario.steps))
    problems.append(Problem(scenario.file, begins.line, "begins", "scenario.begins", message))
    return scenario


def _does(step: Step, node: str) -> bool:
    return isinstance(step.act, Complete) and step.act.node == node and not step.act.is_review and not step.case


def _shared(files: Mapping[str, bytes], problems: list[Problem]) -> Shared:
    shared: dict[str, tuple[str, Tree]] = {}
    for name, data in sorted(files.items()):
        if name.startswith(VALUES) and name.endswith(".yaml"):
            try:
                shared[PurePosixPath(name).stem] = (name, parse(data, name))
            except ScenarioProblems as error:
                problems += error.problems
    return shared


def _twice(scenarios: list[Scenario]) -> list[Problem]:
    seen: dict[str, str] = {}
    problems = []
    for scenario in scenarios:
        if scenario.id in seen:
            message = f"编号 {scenario.id} 已在 {seen[scenario.id]} 用过；请换一个。"
            problems.append(Problem(scenario.file, 1, "id", "scenario.id-twice", message))
        seen.setdefault(scenario.id, scenario.file)
    return problems


class _Reader:
    """One file; faults are gathered, and reading goes on with a default of the right type."""

    def __init__(self, file: str, shared: Shared) -> None:
        self.file, self.shared = file, shared
        self.problems: list[Problem] = []

    def scenario(self, tree: Tree) -> Scenario:
        keys = ("id", "title", "now", "organisation", "confirmed", "parameters", "begins", "steps", "end")
        entries = self._mapping(tree, keys)
        scenario = Scenario(
            file=self.file,
            id=self._text(entries, "id", tree),
            title=self._text(entries, "title", tree),
            now=self._now(entries, tree),
            organisation=self._text(entries, "organisation", tree),
            steps=self._steps(entries.get("steps"), tree),
            end=self._end(entries.get("end")),
            confirmed=self._texts(entries.get("confirmed")) or (),
            parameters=self._free(entries.get("parameters")) or {},
            begins=self._begins(entries.get("begins")),
        )
        if self.problems:
            raise ScenarioProblems(self.problems)
        return scenario

    def _begins(self, tree: Tree | None) -> Begins | None:
        if tree is None:
            return None
        parts = self._mapping(tree, ("as", "until"))
        return Begins(self._text(parts, "as", tree), self._text(parts, "until", tree), tree.line)

    # --- steps ---

    def _steps(self, tree: Tree | None, above: Tree) -> tuple[Step, ...]:
        if tree is None or not isinstance(tree.value, list) or not tree.value:
            self._fault(tree or above, "scenario.missing", "缺少 steps，或者不是列表；请至少写一步。", "steps")
            return ()
        steps = [self._step(entry) for entry in tree.value]
        return tuple(step for step in steps if step is not None)

    def _step(self, tree: Tree) -> Step | None:
        checks = (
            "open",
            "state",
            "documents",
            "outcome",
            "findings",
            "variables",
            "due",
            "notices",
            "clocks",
            "refused",
        )
        entries = self._mapping(tree, (*ACTS, "case", "values", "item", "by", "faults", *checks))
        acts = [name for name in ACTS if name in entries]
        if len(acts) != 1:
            self._fault(tree, "scenario.step", f"每一步要写且只写 {'、'.join(ACTS)} 中的一个；请改正。")
            return None
        if acts[0] not in ("do", "review"):
            for name in ("values", "item", "by", "faults"):
                if name in entries and (acts[0], name) != ("withdraw", "item"):
                    self._fault(entries[name], "scenario.unknown-key", f"“{name}”只用于 do 和 review；请删去。")
        readers: dict[str, Callable[[dict[str, Tree]], Act]] = {
            "do": self._complete,
            "review": self._complete,
            "wait": self._wait,
            "withdraw": self._withdraw,
            "return": self._return,
            "object": self._object,
            "receive": lambda found: Receive(self._string(found["receive"])),
            "message": self._tell,
        }
        return Step(tree.line, readers[acts[0]](entries), self._expected(entries), self._case(entries, acts[0]))

    def _case(self, entries: dict[str, Tree], act: str) -> tuple[Place, ...]:
        tree = entries.get("case")
        if tree is None:
            return ()
        if act == "wait":
            self._fault(tree, "scenario.unknown-key", "“case”不用于 wait，时间对所有案件一起走；请删去。")
        parts = [part.partition("#") for part in self._string(tree).split("/")]
        if any(not node or (mark and not item) for node, mark, item in parts):
            self._fault(
                tree, "scenario.value", "要写调用活动的标识，如 Call_check、Call_check#court、Call_a/Call_b；请改正。"
            )
        return tuple(Place(node, item or None) for node, _, item in parts)

    def _complete(self, entries: dict[str, Tree]) -> Complete:
        values: dict[str, Any] = {}
        if "values" in entries:
            try:
                values = merged(entries["values"], self.file, self.shared)
            except ScenarioProblems as error:
                self.problems += error.problems
        return Complete(
            self._string(entries["review" if "review" in entries else "do"]),
            MappingProxyType(values),
            self._optional(entries, "item"),
            self._optional(entries, "by"),
            "review" in entries,
            self._texts(entries.get("faults")) or (),
        )

    def _wait(self, entries: dict[str, Tree]) -> Wait:
        tree = entries["wait"]
        text = self._string(tree)
        if match := _WORKING_DAYS.fullmatch(text):
            return Wait(working_days=int(match[1]))
        match = _SPAN.fullmatch(text)
        if match is None or not any(match.groups()):
            self._fault(tree, "scenario.value", f"“{text}”不是等待的时长；请写 10 working days、P3D 或 PT2H。")
            return Wait(working_days=0)
        days, hours, minutes = (int(number or 0) for number in match.groups())
        return Wait(span=timedelta(days=days, hours=hours, minutes=minutes))

    def _withdraw(self, entries: dict[str, Tree]) -> Withdraw:
        return Withdraw(self._string(entries["withdraw"]), self._optional(entries, "item"))

    def _return(self, entries: dict[str, Tree]) -> Return:
        tree = entries["return"]
        parts = self._mapping(tree, ("from", "to", "reason"))
        return Return(self._text(parts, "from", tree), self._text(parts, "to", tree), self._text(parts, "reason", tree))

    def _object(self, entries: dict[str, Tree]) -> Object:
        tree = entries["object"]
        parts = self._mapping(tree, ("item", "text", "name", "contact"))
        name, contact = self._optional(parts, "name") or "", self._optional(parts, "contact") or ""
        return Object(self._text(parts, "item", tree), self._text(parts, "text", tree), name, contact)

    def _tell(self, entries: dict[str, Tree]) -> Tell:
        tree = entries["message"]
        parts = self._mapping(tree, ("name", "values", "key"))
        values = MappingProxyType(self._free(parts.get("values")) or {})
        return Tell(self._text(parts, "name", tree), values, self._optional(parts, "key"))

    # --- expectations ---

    def _expected(self, entries: dict[str, Tree]) -> Expected:
        return Expected(
            open=self._texts(entries.get("open")),
            state=self._optional(entries, "state"),
            documents=self._texts(entries.get("documents")),
            outcome=self._optional(entries, "outcome"),
            findings=self._findings(entries.get("findings")),
            variables=self._free(entries.get("variables")),
            due=self._due(entries.get("due")),
            notices=self._notices(entries.get("notices")),
            clocks=self._clocks(entries.get("clocks")),
            refused=self._optional(entries, "refused"),
        )

    def _findings(self, tree: Tree | None) -> tuple[str | Mapping[str, Any], ...] | None:
        if tree is None:
            return None
        if not isinstance(tree.value, list):
            self._fault(tree, "scenario.type", "要写成列表，如 [E01, {code: E05, severity: manual}]；请改正。")
            return None
        for entry in tree.value:
            if not isinstance(entry.value, str | dict):
                self._fault(entry, "scenario.type", "要写规则编号，或者写“键: 值”；请改正。")
        return tuple(tree.plain)

    def _due(self, tree: Tree | None) -> Mapping[str, date] | None:
        values = self._free(tree)
        if values is None or tree is None:
            return None
        for name, value in values.items():
            if not isinstance(value, date) or isinstance(value, datetime):
                self._fault(tree.value[name], "scenario.type", "要写成日期，如 2026-11-30；请改正。")
        return values

    def _notices(self, tree: Tree | None) -> tuple[Told, ...] | None:
        if tree is None:
            return None
        if not isinstance(tree.value, list):
            self._fault(tree, "scenario.type", "要写成列表，如 [acceptor, {to: applicant, contains: 补正}]；请改正。")
            return None
        return tuple(self._told(entry) for entry in tree.value)

    def _told(self, tree: Tree) -> Told:
        if isinstance(tree.value, str):
            return Told(self._string(tree))
        parts = self._mapping(tree, ("to", "contains"))
        return Told(self._text(parts, "to", tree), self._optional(parts, "contains") or "")

    def _clocks(self, tree: Tree | None) -> Mapping[str, Any] | None:
        if tree is None:
            return None
        values: dict[str, Any] = {}
        for name, entry in self._mapping(tree, tuple(CLOCKS)).items():
            values[name] = [each.plain for each in entry.value] if isinstance(entry.value, list) else entry.value
            if not isinstance(values[name], CLOCKS[name]) or isinstance(values[name], datetime):
                self._fault(entry, "scenario.type", f"“{name}”的写法不对；{CLOCK_WORDS[name]}。")
        return values

    def _end(self, tree: Tree | None) -> End:
        if tree is None:
            return End()
        entries = self._mapping(tree, ("path", "outcome", "state", "items", "documents"))
        items = self._free(entries.get("items"))
        return End(
            line=tree.line,
            path=self._texts(entries.get("path")),
            outcome=self._optional(entries, "outcome"),
            state=self._optional(entries, "state"),
            items=items,
            documents=self._documents(entries.get("documents")),
        )

    def _documents(self, tree: Tree | None) -> Mapping[str, Text] | None:
        if tree is None:
            return None
        if not isinstance(tree.value, dict):
            self._fault(tree, "scenario.type", "要写成“文书: {contains: [...], lacks: [...]}”；请改正。")
            return None
        found = {}
        for kind, entry in tree.value.items():
            parts = self._mapping(entry, ("contains", "lacks"))
            found[kind] = Text(self._texts(parts.get("contains")) or (), self._texts(parts.get("lacks")) or ())
        return MappingProxyType(found)

    # --- pieces ---

    def _mapping(self, tree: Tree, keys: tuple[str, ...]) -> dict[str, Tree]:
        if not isinstance(tree.value, dict):
            self._fault(tree, "scenario.type", "要写成“键: 值”；请改正。")
            return {}
        for name, entry in tree.value.items():
            if name not in keys:
                self._fault(entry, "scenario.unknown-key", f"没有“{name}”这个键；可以写：{'、'.join(keys)}。")
        return {name: entry for name, entry in tree.value.items() if name in keys}

    def _text(self, entries: Mapping[str, Tree], name: str, above: Tree) -> str:
        if name not in entries:
            self._fault(above, "scenario.missing", f"缺少 {name}；请补上。", name)
            return ""
        return self._string(entries[name])

    def _string(self, tree: Tree) -> str:
        if not isinstance(tree.value, str) or not tree.value.strip():
            self._fault(tree, "scenario.type", "要写成一段文字（数字请加引号）；请改正。")
            return ""
        return tree.value

    def _optional(self, entries: Mapping[str, Tree], name: str) -> str | None:
        return self._string(entries[name]) if name in entries else None

    def _texts(self, tree: Tree | None) -> tuple[str, ...] | None:
        if tree is None:
            return None
        if not isinstance(tree.value, list):
            self._fault(tree, "scenario.type", "要写成列表，如 [Task_accept]；请改正。")
            return None
        return tuple(self._string(entry) for entry in tree.value)

    def _free(self, tree: Tree | None) -> dict[str, Any] | None:
        if tree is None:
            return None
        if not isinstance(tree.value, dict):
            self._fault(tree, "scenario.type", "要写成“键: 值”；请改正。")
            return None
        return dict(tree.plain)

    def _now(self, entries: Mapping[str, Tree], above: Tree) -> datetime:
        tree = entries.get("now")
        if tree is not None and isinstance(tree.value, datetime):
            return tree.value
        message = "缺少 now，或者不是带时区的时刻；请写成 2026-11-23T09:00:00+08:00。"
        self._fault(tree or above, "scenario.missing", message, "now")
        return datetime(2026, 1, 1, tzinfo=UTC)

    def _fault(self, tree: Tree, code: str, message: str, key: str = "") -> None:
        place = tree.key if tree.key.endswith(key) else f"{tree.key}.{key}".strip(".")
        self.problems.append(Problem(self.file, tree.line, place, code, message))
