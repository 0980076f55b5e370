"""What people answer: the scenarios of the packages, each a story that a case may follow, told of other people and days."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from engine import packages
from engine.calendar import local_date
from engine.forms.identity import check_character
from engine.forms.resolve import GivenRow
from engine.scenarios import Complete, Scenario, read_all
from engine.scenarios.model import EVERY_ITEM, Wait
from tests.installations import BPMN

Place = tuple[str, ...]  # the calls that lead to a case, from the one that began
_NUMBER = re.compile(r"(990000)(\d{8})(\d{3})[\dX]")
SINCE = date(2026, 1, 1)  # days from here on belong to what is being done, and move along with it
MOST_TRIES = 12  # answers that somebody tries on one page before they give up for the day
EXAMPLE_NAME, EXAMPLE_CODES = "南屿省冷链物流行业协会", ("51990000MJ000000XN", "5199000050000004X0")
EXAMPLE_FEDERATION = "南屿省现代物流产业联合会"


@dataclass(frozen=True)
class Answer:
    """What the scenario gives at a node, and the day it has then."""

    item: str | None
    values: Mapping[str, Any]
    day: date


Answers = Mapping[tuple[Place, str], tuple[Answer, ...]]


@cache
def stories(package: str) -> tuple[Scenario, ...]:
    """Every scenario of a package."""
    return tuple(read_all(packages.load_folder(BPMN / package).files))


@cache
def _answers(package: str, story: str) -> Answers:
    """By the place of the case and the node, in the order of the scenario."""
    scenario = next(one for one in stories(package) if one.id == story)
    found: dict[tuple[Place, str], list[Answer]] = {}
    day = local_date(scenario.now)
    for step in scenario.steps:
        if isinstance(step.act, Wait):
            day = _after(day, step.act)
        elif isinstance(step.act, Complete) and not step.act.is_review:
            place = tuple(one.node for one in step.case)
            item = None if step.act.item == EVERY_ITEM else step.act.item
            found.setdefault((place, step.act.node), []).append(Answer(item, step.act.values, day))
    return {key: tuple(answers) for key, answers in found.items()}


def _after(day: date, wait: Wait) -> date:
    """Near enough: five working days a week."""
    return day + (wait.span or timedelta(days=(wait.working_days or 0) * 7 / 5))


@cache
def _pool(package: str, node: str) -> tuple[Answer, ...]:
    """Everything that any scenario of the package gives at a node, each answer once."""
    found: list[Answer] = []
    for scenario in stories(package):
        for (place, at), answers in _answers(package, scenario.id).items():
            if place == () and at == node:
                found += [one for one in answers if all(one.values != other.values for other in found)]
    return tuple(found)


@cache
def _rows(package: str, name: str) -> list[Mapping[str, Any]]:
    """What any scenario of the package says in rows of that name, at whatever node."""
    answers = (one for story in stories(package) for told in _answers(package, story.id).values() for one in told)
    return [row for one in answers for row in one.values.get(name) or () if isinstance(row, dict)]


def _turn(node: str, item: str | None) -> tuple[str, str | None]:
    """What turns are counted by: a part that was put off comes again under a longer name (1, 1-暂缓, 1-暂缓2)."""
    return node, item and item.partition("-")[0]


@dataclass
class Part:
    """What one case makes of a story: whose it is, where in the story it stands, how often each task came."""

    package: str
    story_of: str  # the package whose scenario it is: that of the calling case where the story tells of the called one
    story: str
    place: Place
    names: Mapping[str, str]  # what is said in the story, and here instead
    turns: dict[tuple[str, str | None], int] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def tries(self, node: str, item: str | None, dice: random.Random) -> Iterator[Answer]:
        """First what the story says at this turn, then what was ever said at this node; a story that has been told, as
        of those who put a matter off, is not told for ever."""
        told = _answers(self.story_of, self.story).get((self.place, node), ())
        own, turn = [one for one in told if one.item in {None, item}], self.turn(node, item)
        others = list(_pool(self.package, node))
        dice.shuffle(others)
        yield from own[turn : turn + 1]
        yield from others[:MOST_TRIES]
        yield from own[-1:]

    def turn(self, node: str, item: str | None) -> int:
        """How often the task was answered before."""
        return self.turns.get(_turn(node, item), 0)

    def answered(self, node: str, item: str | None) -> None:
        self.turns[_turn(node, item)] = self.turn(node, item) + 1

    def tells_of(self, call: str) -> bool:
        """Whether the story goes on inside a called case."""
        return any(place[: len(self.place) + 1] == (*self.place, call) for place, _ in self._all())

    def _all(self) -> Answers:
        return _answers(self.story_of, self.story)

    def here(
        self, answer: Answer, node: str, today: date, given: Mapping[str, Sequence[GivenRow]], dice: random.Random
    ) -> dict[str, Any]:
        """The answer for this case: other people, other days, and of lists the rows that the case gives."""
        values = dict(answer.values)
        for name, rows in given.items():
            values[name] = [row for one in rows if (row := self._row(one, node, name, values.get(name)))]
        return dict(self._told(values, today - answer.day, dice))

    def _row(self, given: GivenRow, node: str, name: str, told: Any) -> dict[str, Any] | None:
        """What the answer says of this row; else what was ever said of it; else what is said of another, here or
        wherever the package has such a list."""
        mine = [row for row in told or () if isinstance(row, dict)]
        ever = [row for one in _pool(self.package, node) for row in one.values.get(name) or ()]
        same = [row for row in (*mine, *ever) if row.get("key") == given.key]
        found = same or mine or ever or _rows(self.package, name)
        return {**found[0], "key": given.key, "label": given.label} if found else None

    def _told(self, value: Any, later: timedelta, dice: random.Random) -> Any:
        if isinstance(value, dict):
            return {name: self._told(one, later, dice) for name, one in value.items()}
        if isinstance(value, list):
            return [self._told(one, later, dice) for one in value]
        if isinstance(value, datetime):
            return value + later
        if isinstance(value, date):
            return value + later if value >= SINCE else value
        return self._text(value, dice) if isinstance(value, str) else value

    def _text(self, text: str, dice: random.Random) -> str:
        for said, here in self.names.items():
            text = text.replace(said, here)
        return _NUMBER.sub(lambda found: self._number(found, dice), text)

    def _number(self, found: re.Match[str], dice: random.Random) -> str:
        """Somebody else who was born on the same day, of the same sex."""
        if found[0] not in self.numbers:
            body = f"{found[1]}{found[2]}{dice.randrange(500) * 2 + int(found[3]) % 2:03}"
            self.numbers[found[0]] = body + check_character(body)
        return self.numbers[found[0]]
