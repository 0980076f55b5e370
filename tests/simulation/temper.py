"""How people are: quick or late, sometimes ill, and who stands in meanwhile."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from engine import cases, store
from engine.calendar import local_date
from engine.errors import Conflict
from engine.identity import Actor
from engine.store import tables
from tests.cases.playing import Play

LATE, VERY_LATE = 0.14, 0.04  # of all tasks with a limit: some days after it, and some weeks
ILL_A_YEAR = 2.0  # times that somebody is ill
_DAY = timedelta(days=1)


@dataclass
class Staff:
    """Everybody with a post: whether they are well, and who acts for them."""

    play: Play
    dice: random.Random
    ill_until: dict[str, date] = field(default_factory=dict)  # by login
    standing_in: dict[str, str] = field(default_factory=dict)  # post -> login of the deputy
    owners: dict[str, str] = field(default_factory=dict)  # post -> login
    department: set[str] = field(default_factory=set)
    illnesses: int = 0
    alone: int = 0  # illnesses in which nobody could stand in

    def __post_init__(self) -> None:
        post, organisation, holder, person = tables.post, tables.organisation, tables.post_holder, tables.person
        query = (
            sa.select(post.c.id, person.c.login, organisation.c.kind)
            .join(holder, holder.c.post_id == post.c.id)
            .join(person, person.c.id == holder.c.person_id)
            .join(organisation, organisation.c.id == post.c.organisation_id)
            .order_by(person.c.login, post.c.id)
        )
        with self.play.reading() as transaction:
            for row in transaction.execute(query):
                self.owners.setdefault(row.id, row.login)
                if row.kind == "department":
                    self.department.add(row.login)

    def new_day(self, today: date) -> None:
        """Some fall ill; in the department somebody stands in where anybody may."""
        for login in sorted(set(self.owners.values())):
            if self.ill_until.get(login, today) > today or self.dice.random() > ILL_A_YEAR / 250:
                continue
            self.ill_until[login] = today + timedelta(days=self.dice.randint(3, 12))
            self.illnesses += 1
            if login in self.department:
                self._find_deputies(login, today)

    def _find_deputies(self, login: str, today: date) -> None:
        place, owner = self.play.installation, self.play.office.actor(login)
        colleagues = cases.colleagues(place, owner)
        for post in owner.own_posts:
            self.standing_in.pop(post.id, None)
            for colleague in self.dice.sample(colleagues, len(colleagues)):
                other = self._login(colleague.id)
                if self.ill_until.get(other, today) > today:
                    continue
                try:
                    until = self.ill_until[login] - _DAY
                    cases.appoint_deputy(place, owner, post.id, colleague.id, today, until, "病假", "", signs=True)
                except Conflict:
                    continue  # holds a post that excludes this one
                self.standing_in[post.id] = other
                break
            else:
                self.alone += 1

    def _login(self, person_id: str) -> str:
        with store.reading(self.play.installation.database) as transaction:
            query = sa.select(tables.person.c.login).where(tables.person.c.id == person_id)
            return str(transaction.execute(query).scalar_one())

    def who(self, post_id: str, today: date) -> Actor | None:
        """Who acts in a post today: the one who holds it, the deputy, or nobody."""
        login = self.owners[post_id]
        if self.ill_until.get(login, today) > today:
            deputy = self.standing_in.get(post_id)
            if deputy is None or self.ill_until.get(deputy, today) > today:
                return None
            login = deputy
        return self.play.office.actor(login)

    def when(self, now: datetime, due: datetime | None, turn: int) -> datetime:
        """When somebody comes to a new task: mostly in time. What comes again and again is done ever more seldom."""
        calendar, today = self.play.installation.calendar(), local_date(now)
        if due is None:
            return now + timedelta(days=self.dice.uniform(0, 4) * (1 + min(turn, 9)))
        chance, left = self.dice.random(), max(due - now, timedelta(hours=4))
        if chance < VERY_LATE:
            days = self.dice.randint(10, 45)
        elif chance < VERY_LATE + LATE:
            days = self.dice.randint(1, 8)
        else:
            return now + min(left, timedelta(days=20)) * self.dice.uniform(0.02, 0.85)
        return now + left + (calendar.add(today, days).date - today)
