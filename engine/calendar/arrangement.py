"""The arrangement of a year's days off and make-up days, read from the file in which somebody typed the published notice.

TOML: `year`, `source` (number of the notice), `[[off]]` and `[[work]]` with `name`, `from` and perhaps `to`. CSV: a line
a day under the heading 日期,类别,名称,文号, where 类别 is 休 or 班.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from engine.errors import HuishenError

LOCAL_PREFIX = "地方"  # a local holiday adds a day, but does not publish its year
HEADING = ("日期", "类别", "名称", "文号")
KINDS = {"休": False, "班": True}
LONGEST = 31  # days of one entry
MOST_BYTES = 1024 * 1024
_SATURDAY = 5


@dataclass(frozen=True)
class Day:
    """A day on which the weekday alone misleads."""

    working: bool
    note: str


@dataclass(frozen=True)
class Arrangement:
    """What a notice says of a year; days of the December before may belong to it."""

    year: int
    source: str
    days: Mapping[date, Day]

    @property
    def is_local(self) -> bool:
        return self.source.startswith(LOCAL_PREFIX)


@dataclass(frozen=True)
class Finding:
    """One fault of the file: where it stands (a line, or an entry), and what to do."""

    file: str
    place: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.code}: {self.message}"


class ArrangementProblems(HuishenError):
    """A file that cannot be taken over as it is; all its faults at once."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("工作日安排有误，一天也没有导入，请改正后重试。", code="calendar.invalid")
        self.findings = findings


def read_arrangement(data: bytes, file: str) -> Arrangement:
    """The arrangement in a file; `ArrangementProblems` with every fault of it."""
    reader = _Reader(file)
    try:
        text = data[:MOST_BYTES].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise reader.refused("-", "calendar.encoding", "不是 UTF-8 文本，请另存为 UTF-8。") from None
    if len(data) > MOST_BYTES or "\0" in text:
        raise reader.refused("-", "calendar.file", "文件超过 1 MB，或者不是文本；请核对选的是不是工作日安排。")
    return reader.toml(text) if file.lower().endswith(".toml") else reader.csv(text)


@dataclass
class _Reader:
    """Gathers the faults of one file."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    days: dict[date, Day] = field(default_factory=dict)

    def refused(self, place: str, code: str, message: str) -> ArrangementProblems:
        self.fault(place, code, message)
        return ArrangementProblems(self.findings)

    def fault(self, place: str, code: str, message: str) -> None:
        self.findings.append(Finding(self.file, place, code, message))

    # --- TOML ---

    def toml(self, text: str) -> Arrangement:
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise self.refused("-", "calendar.syntax", f"不是合法的 TOML（{error}）；请改正。") from error
        for name in sorted(document.keys() - {"year", "source", "off", "work"}):
            self.fault(name, "calendar.unknown", f"不认识“{name}”；可以写 year、source、[[off]]、[[work]]。")
        year = document.get("year")
        if not isinstance(year, int) or isinstance(year, bool):
            self.fault("year", "calendar.year", "请写明年份，如 year = 2027。")
            year = None
        for kind, working in (("off", False), ("work", True)):
            self._entries(kind, document.get(kind, []), working)
        return self._finished(year, document.get("source"), "source")

    def _entries(self, kind: str, entries: Any, working: bool) -> None:
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.fault(kind, "calendar.entry", f"请写成 [[{kind}]]，下面各占一行写 name、from、to。")
            return
        for number, entry in enumerate(entries, 1):
            place = f"第 {number} 个 [[{kind}]]"
            for name in sorted(entry.keys() - {"name", "from", "to"}):
                self.fault(place, "calendar.unknown", f"不认识“{name}”；可以写 name、from、to。")
            for day in self._span(place, entry.get("from"), entry.get("to", entry.get("from"))):
                self.add(place, day, working, str(entry.get("name", "")))

    def _span(self, place: str, first: Any, last: Any) -> Iterator[date]:
        if not _is_date(first) or not _is_date(last):
            self.fault(place, "calendar.date", "from 和 to 要写成日期，不加引号，如 from = 2027-01-01。")
        elif not timedelta() <= last - first < timedelta(days=LONGEST):
            self.fault(
                place, "calendar.span", f"从 {first} 到 {last} 不对：to 不能早于 from，也不能超过 {LONGEST} 天。"
            )
        else:
            yield from (first + timedelta(days=number) for number in range((last - first).days + 1))

    # --- CSV ---

    def csv(self, text: str) -> Arrangement:
        rows = list(csv.reader(text.splitlines()))
        if not rows or tuple(cell.strip() for cell in rows[0]) != HEADING:
            raise self.refused("第 1 行", "calendar.heading", f"第一行要写成 {','.join(HEADING)}。")
        sources: dict[str, str] = {}
        for number, row in enumerate(rows[1:], 2):
            place, cells = f"第 {number} 行", [cell.strip() for cell in row]
            if any(cells):
                self._line(place, cells, sources)
        if len(sources) > 1:
            place, other = list(sources.values())[1], "、".join(sources)
            self.fault(place, "calendar.source", f"一个文件只能有一个文号，这里有 {other}；请分成几个文件。")
        year = max(self.days, default=date.min).year if self.days else None
        if not self.findings and year is None:
            self.fault("-", "calendar.empty", "一天也没有；请每天写一行。")
        return self._finished(year, next(iter(sources), None), "文号")

    def _line(self, place: str, cells: list[str], sources: dict[str, str]) -> None:
        if len(cells) != len(HEADING):
            self.fault(
                place, "calendar.cells", f"应有 {len(HEADING)} 列，这里是 {len(cells)} 列；名称里的逗号请加引号。"
            )
            return
        text, kind, note, source = cells
        sources.setdefault(source, place)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.fault(place, "calendar.date", f"“{text[:20]}”不是日期；请写成 2027-01-01。")
            return
        if kind not in KINDS:
            self.fault(place, "calendar.kind", f"类别“{kind[:20]}”不对；放假写“休”，调休上班写“班”。")
            return
        self.add(place, day, KINDS[kind], note)

    # --- both ---

    def add(self, place: str, day: date, working: bool, note: str) -> None:
        if day in self.days:
            self.fault(place, "calendar.twice", f"{day} 写了两次；请只留一次。")
        elif working and day.weekday() < _SATURDAY:
            self.fault(place, "calendar.weekday", f"{day} 本来就是工作日，不用写成调休上班；请核对日期。")
        elif not note.strip() or len(note) > 100:
            self.fault(place, "calendar.name", f"请写明 {day} 的名称（如“元旦”），不超过 100 字。")
        else:
            self.days[day] = Day(working, note.strip())

    def _finished(self, year: int | None, source: Any, place: str) -> Arrangement:
        if not isinstance(source, str) or not source.strip() or len(source) > 180:
            self.fault(place, "calendar.source", "请写明依据的文号，如“国办发明电〔2026〕7号”，不超过 180 字。")
        if year is not None:
            before = (day for day in sorted(self.days) if day.year != year)
            for day in (day for day in before if (day.year, day.month) != (year - 1, 12)):
                self.fault(str(day), "calendar.year", f"{day} 不在 {year} 年，也不在上一年 12 月；请分年导入。")
        if not self.findings and all(day.working for day in self.days.values()):
            self.fault("-", "calendar.empty", "没有一天放假，不像是一年的安排；请核对文件。")
        if self.findings or year is None:
            raise ArrangementProblems(self.findings)
        return Arrangement(year, source.strip(), self.days)


def _is_date(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
