"""What somebody looks for in a list: words, process, step, light, days. Read from an address, written into one."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine.cases.lights import LIGHTS
from engine.errors import Invalid
from engine.identity import Actor
from engine.store import Transaction, grams
from engine.store.tables import entry

LONGEST = 100
NAMES = ("words", "package", "node", "light", "since", "until", "unit", "state")


@dataclass(frozen=True)
class Criteria:
    """Empty fields ask nothing. Days are local and both included; `unit` is the id of an organisation."""

    words: str = ""
    package: str = ""
    node: str = ""
    light: str = ""
    since: date | None = None
    until: date | None = None
    unit: str = ""
    state: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Criteria":
        """Of an address or a form. `Invalid` with `list.day` or `list.light` for what no page of ours sends."""
        text = {name: str(given.get(name) or "").strip()[:LONGEST] for name in NAMES}
        light = text["light"]
        if light and light not in LIGHTS:
            raise Invalid("灯只能是红灯、黄灯、绿灯或不限时，请从列表中选择。", code="list.light")
        since, until = _day(text["since"]), _day(text["until"])
        if since and until and until < since:
            raise Invalid("结束日期早于开始日期，请改正后再筛选。", code="list.day")
        return cls(**{**text, "since": since, "until": until})  # type: ignore[arg-type]

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, field.name) for field in fields(self))

    def query(self) -> str:
        """As an address says it."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return urlencode({name: str(value) for name, value in given.items() if value})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("日期请写成 2026-11-23 的样子。", code="list.day") from None


def with_words(transaction: Transaction, actor: Actor, text: str, case_id: sa.Column[str]) -> sa.ColumnElement[bool]:
    """Cases in which the actor may read every word: in what names the case, or in a text.

    The department reads all public texts; others those of their own posts alone.
    """
    words = grams.words(text)
    if not words:
        return sa.false()
    return sa.and_(*(case_id.in_(_cases_with(transaction, actor, word)) for word in words))


def _cases_with(transaction: Transaction, actor: Actor, word: str) -> Any:
    found: list[sa.ColumnElement[bool]] = [entry.c.id.in_(_indexed(transaction, word))]
    if len(grams.needed(word)) > 1:  # the index knows that a text has these grams, not that they stand in this order
        found.append(entry.c.text.contains(word))
    if not actor.is_department:
        found.append(sa.or_(entry.c.naming, entry.c.post_id.in_(sorted(actor.post_ids))))
    return sa.select(entry.c.case_id).where(*found)


def _indexed(transaction: Transaction, word: str) -> Any:
    """The entries that have the grams of a word: what an index answers, before the text itself is looked at."""
    wanted = grams.needed(word)
    if transaction.dialect.name == "sqlite":
        match = " ".join(f'"{gram}"' for gram in wanted)
        index = sa.table("search_index", sa.column("entry_id", sa.String))
        return sa.select(index.c.entry_id).where(sa.literal_column("search_index").op("MATCH")(match))
    index = sa.table("search_index", sa.column("entry_id", sa.String), sa.column("grams", postgresql.ARRAY(sa.Text)))
    return sa.select(index.c.entry_id).where(index.c.grams.contains(wanted))
