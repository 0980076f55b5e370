"""A province: the demonstration's department and bodies, and as many associations and preparatory groups as wanted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import cast

import sqlalchemy as sa
from argon2 import PasswordHasher

from engine import identity, store
from engine.calendar import local_date
from engine.documents import Press
from engine.forms.credit import check_character, inner_check_character
from engine.store import tables
from tests.installations import Office
from tests.simulation.sparing_press import SparingPress

PLACES = ("南屿", "海州", "临江", "云浦", "白沙", "青湾", "长汀", "平川")
TRADES = ("茶叶", "家具", "渔业", "建材", "旅行社", "软件", "食品", "印刷", "园林", "船舶", "教育装备", "汽车维修", "珠宝",
          "家政服务", "种业", "水产", "环保设备", "纺织", "医药流通", "展览", "灯具", "饲料", "花卉", "装饰", "典当", "拍卖")  # fmt: skip
SPARE = 3  # people of the department who stand in for others
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # nobody signs in here


@dataclass(frozen=True)
class Association:
    """An organisation that applies, and the login of who does it."""

    key: str
    name: str
    uscc: str
    login: str


@dataclass(frozen=True)
class Province:
    """Who is there, in an office whose press prints in full only now and then."""

    office: Office
    press: SparingPress
    associations: tuple[Association, ...]
    groups: tuple[Association, ...]  # preparatory groups of federations: the code is what registration will give them


def settle(office: Office, associations: int, groups: int, print_every: int) -> Province:
    """Add the organisations, their people, and some of the department who stand in."""
    press = SparingPress(office.installation.press, print_every)
    office.installation = replace(office.installation, press=cast(Press, press))
    since = local_date(office.clock.now())
    codes = _codes()
    made = [Association(f"sim{n:03}", name, next(codes), f"sim-{n:03}") for n, name in _names(associations)]
    groups_made = [
        Association(f"group{n}", f"南屿省{TRADES[n]}产业联合会筹备组", next(codes), f"group-{n}") for n in range(groups)
    ]
    with store.writing(office.installation.database) as transaction:
        for one in (*made, *groups_made):
            uscc = one.uscc if one in made else None
            place = identity.add_organisation(transaction, key=one.key, name=one.name, kind="association", uscc=uscc)
            post = identity.add_post(transaction, role="applicant", organisation_id=place, title="经办人")
            _assign(transaction, post, one.login, f"{one.name}经办人", since)
        department = transaction.execute(
            sa.select(tables.organisation.c.id).where(tables.organisation.c.kind == "department")
        ).scalar_one()
        officer = identity.add_post(transaction, role="officer", organisation_id=department, title="工作人员")
        for n in range(SPARE):
            _assign(transaction, officer, f"spare-{n}", f"工作人员{n + 1}", since)
    return Province(office, press, tuple(made), tuple(groups_made))


def _assign(transaction: store.Transaction, post: str, login: str, name: str, since: date) -> None:
    person = identity.add_person(transaction, login=login, name=name, password="long-enough-for-tests", hasher=QUICK)
    identity.assign(transaction, post_id=post, person_id=person, since=since)


def _names(wanted: int) -> Iterator[tuple[int, str]]:
    found = (f"南屿省{'' if place == '南屿' else place}{trade}行业协会" for place, trade in product(PLACES, TRADES))
    yield from zip(range(wanted), found, strict=False)


def _codes() -> Iterator[str]:
    """Credit codes of the invented region 99."""
    for n in range(10_000):
        body = f"5{n:07}"
        body = f"51990000{body}{inner_check_character(body)}"
        yield body + check_character(body)
