"""Groups of cases as tests start and see them."""

from datetime import date
from typing import Any

from engine import cases, identity
from engine.cases import Begun, GroupView, MemberLine, NewGroup
from engine.store import new_id, tables
from tests.cases.playing import PACKAGE, Play
from tests.installations import START

COLD, PACK = "南屿省冷链物流行业协会", "南屿省包装行业协会"
TODAY = START.date()
DUE = date(2026, 12, 11)


def ids(play: Play, *keys: str) -> tuple[str, ...]:
    rows = {row["key"]: row["id"] for row in play.rows(tables.organisation)}
    return tuple(rows[key] for key in keys)


def start(play: Play, *keys: str, login: str = "handler-a", key: str = "", due: date | None = DUE) -> Begun:
    wanted = NewGroup(key or new_id(), PACKAGE, "2026年度换届", due, ids(play, *keys))
    return cases.start_group(play.installation, play.office.actor(login), wanted)


def both(play: Play, **options: Any) -> Begun:
    return start(play, "assoc_coldchain", "assoc_packaging", **options)


def view(play: Play, group_id: str) -> GroupView:
    return cases.group(play.installation, play.office.actor("handler-a"), group_id)


def line(play: Play, group_id: str, name: str = COLD) -> MemberLine:
    (found,) = [one for one in view(play, group_id).members if one.name == name]
    return found


def add_association(play: Play, name: str) -> str:
    """One without an account."""
    with play.writing() as transaction:
        return identity.add_organisation(transaction, key="assoc_new", name=name, kind="association")
