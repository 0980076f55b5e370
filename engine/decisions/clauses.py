"""The register of rules: what decision tables quote, how sure its text is, and whether it binds here."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from engine.decisions.problems import DecisionProblems, Problem

CONFIRMED, REFERENCE = "本省确认", "参照"
CERTAINTIES = ("A", "B", "C", "D")
MOST_BYTES = 1024 * 1024
KNOWN = {"id", "text", "source", "effective_from", "effective_to", "certainty", "binding"}


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule. `certainty` says how well its text is known (A read, B remembered, C assumed, D unsure), `binding`
    whether it binds this matter in this province."""

    id: str
    text: str
    source: str
    certainty: str
    binding: str
    effective_from: date | None = None
    effective_to: date | None = None

    def holds_on(self, day: date) -> bool:
        after = self.effective_from is None or self.effective_from <= day
        return after and (self.effective_to is None or day <= self.effective_to)


class Clauses:
    """A version of the register, immutable. A clause may stand in it several times, each text for days of its own."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self._texts: dict[str, tuple[Clause, ...]] = {}
        for clause in clauses:
            self._texts[clause.id] = (*self._texts.get(clause.id, ()), clause)
        self._texts = {identity: tuple(sorted(texts, key=_begins)) for identity, texts in self._texts.items()}
        self._days: dict[date, Clauses] = {}

    @classmethod
    def read(cls, data: bytes, file: str) -> "Clauses":
        """From `clauses.toml`. Raises `DecisionProblems` with every fault."""
        problems: list[Problem] = []
        rows = _rows(data, file, problems)
        found = cls(clause for number, row in enumerate(rows, 1) if (clause := _clause(row, number, problems)))
        twice = sorted(identity for identity, texts in found._texts.items() if _overlap(texts))
        said = "这个编号有两段文字在同一天都有效；换版时给旧的写 effective_to，给新的写后一天的 effective_from。"
        problems += [Problem(one, "clauses.twice", said) for one in twice]
        if problems:
            raise DecisionProblems(file, problems)
        return found

    def on(self, day: date) -> "Clauses":
        """The register with one text a clause: the one that holds on the day, else the one that held last before it,
        else the first that is to come."""
        if all(len(texts) == 1 for texts in self._texts.values()):
            return self
        if day not in self._days:
            self._days[day] = Clauses(_standing(texts, day) for texts in self._texts.values())
        return self._days[day]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self._texts)

    def get(self, identity: str) -> Clause | None:
        """The clause; of several texts, where no day was asked for, the last."""
        texts = self._texts.get(identity)
        return texts[-1] if texts else None

    def texts(self, identity: str) -> tuple[Clause, ...]:
        """Every text of a clause, in the order of their days."""
        return self._texts.get(identity, ())

    def all(self) -> tuple[Clause, ...]:
        return tuple(texts[-1] for texts in self._texts.values())


def _begins(clause: Clause) -> date:
    return clause.effective_from or date.min


def _overlap(texts: tuple[Clause, ...]) -> bool:
    """Whether two texts, in the order of their days, hold on the same day."""
    pairs = pairwise(texts)
    return any(one.effective_to is None or one.effective_to >= _begins(other) for one, other in pairs)


def _standing(texts: tuple[Clause, ...], day: date) -> Clause:
    begun = [clause for clause in texts if _begins(clause) <= day]
    return begun[-1] if begun else texts[0]


def _rows(data: bytes, file: str, problems: list[Problem]) -> list[Any]:
    if len(data) > MOST_BYTES:
        problems.append(Problem(file, "clauses.size", f"文件超过 {MOST_BYTES // 1024} KiB，请删去不用的条款。"))
        return []
    try:
        content = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        problems.append(Problem(file, "clauses.toml", f"不是合法的 TOML：{error}。"))
        return []
    rows = content.pop("clause", [])
    for key in sorted(content):
        problems.append(Problem(file, "clauses.unknown", f"不认识的项“{key}”，条款写成 [[clause]]。"))
    if not isinstance(rows, list):
        problems.append(Problem(file, "clauses.row", "条款要写成 [[clause]]，一条一段。"))
        return []
    return rows


def _clause(row: Any, number: int, problems: list[Problem]) -> Clause | None:
    name = str(row.get("id") or f"第 {number} 条") if isinstance(row, dict) else f"第 {number} 条"
    before = len(problems)
    if not isinstance(row, dict):
        problems.append(Problem(name, "clauses.row", "写法不对，请写成 [[clause]] 的一条。"))
        return None
    for key in sorted(set(row) - KNOWN):
        problems.append(Problem(name, "clauses.unknown", f"不认识的项“{key}”，请删去或改正。"))
    for key in ("id", "text", "source"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            problems.append(Problem(name, "clauses.missing", f"缺少“{key}”，请补上。"))
    if row.get("certainty") not in CERTAINTIES:
        problems.append(Problem(name, "clauses.certainty", "certainty 须是 A、B、C、D 之一。"))
    if row.get("binding") not in (CONFIRMED, REFERENCE):
        problems.append(Problem(name, "clauses.binding", f"binding 须是“{CONFIRMED}”或“{REFERENCE}”。"))
    days = {key: row.get(key) for key in ("effective_from", "effective_to")}
    for key, day in days.items():
        if day is not None and type(day) is not date:
            problems.append(Problem(name, "clauses.date", f"{key} 须是日期，例如 2024-05-01。"))
    if len(problems) > before:
        return None
    if days["effective_from"] and days["effective_to"] and days["effective_from"] > days["effective_to"]:
        problems.append(Problem(name, "clauses.date", "effective_to 早于 effective_from，请改正。"))
    return Clause(row["id"], row["text"], row["source"], row["certainty"], row["binding"], **days)
