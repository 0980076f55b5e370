"""The world in which scenarios run: an installation of its own, with whoever the package calls upon."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import sqlalchemy as sa
from lxml import etree

from engine import documents, identity, packages, store
from engine.calendar import FixedClock, local_date
from engine.demonstration import ORGANISATIONS
from engine.installation import Installation, Settings, open_installation
from engine.keys import ensure_keys
from engine.packages import CompiledPackage, Package
from engine.packages.register import deploy_clauses
from engine.scenarios.model import Scenario
from engine.store import tables

DEPARTMENT = "department"
LITERAL_POST = re.compile(r"[A-Za-z_]\w*@(\w+)")
CREDIT_CODE = "51990000MJ000000XN"  # of the invented region 99


class Unprinted:
    """Stands where the press stands when nothing is printed."""

    def check(self, content: documents.Content) -> None:
        """Every character will do."""


@dataclass(frozen=True)
class World:
    """An installation with the package in force, from which every scenario gets a copy of its own."""

    installation: Installation
    compiled: CompiledPackage
    version_id: str

    @contextmanager
    def copy(self, scenario: Scenario) -> Iterator[Installation]:
        """The installation for one scenario: the same keys and files, a database and a clock of its own."""
        source = self.installation.folder / "world.db"
        target = self.installation.folder / "scenario.db"
        shutil.copyfile(source, target)
        database = store.open_database(f"sqlite:///{target}")
        sa.event.listen(database, "connect", _without_waiting)
        try:
            made = replace(self.installation, database=database, clock=FixedClock(scenario.now))
            yield made.holding(self.version_id, self._with(scenario)) if scenario.parameters else made
        finally:
            database.dispose()
            for path in self.installation.folder.glob("scenario.db*"):
                path.unlink()

    def _with(self, scenario: Scenario) -> CompiledPackage:
        """The package with the values that the scenario gives to parameters."""
        manifest = self.compiled.manifest
        given = {name: replace(manifest.parameters[name], value=value) for name, value in scenario.parameters.items()}
        return replace(self.compiled, manifest=replace(manifest, parameters={**manifest.parameters, **given}))


def _without_waiting(connection: Any, _record: Any) -> None:
    """What is thrown away at the end need not survive a power cut."""
    connection.execute("PRAGMA synchronous=OFF")


@contextmanager
def world(
    package: Package,
    clauses: bytes | None,
    scenarios: list[Scenario],
    fonts: Path | None,
    others: Sequence[Package] = (),
) -> Iterator[World]:
    """A temporary installation with the calendar, the register of rules, the package, those that it calls, and people.

    With `fonts` it has keys and prints; without, documents stay text.
    """
    started = min((scenario.now for scenario in scenarios), default=datetime.fromisoformat("2026-01-05T01:00:00+00:00"))
    with TemporaryDirectory(prefix="huishen-scenarios-") as name:
        folder = Path(name)
        if fonts is not None:
            (folder / "fonts").symlink_to(fonts.resolve())
        settings = Settings(database_url=f"sqlite:///{folder / 'world.db'}", isolated_rendering=False)
        installation = open_installation(folder, clock=FixedClock(started), settings=settings)
        compiled = packages.compile(package)
        with store.writing(installation.database) as transaction:
            if clauses is not None:
                deploy_clauses(transaction, clauses, at=started)
            together = packages.callees_first([*others, package])
            versions = {one.hash: packages.deploy(transaction, one, by=None, at=started).version_id for one in together}
            _people(transaction, [package, *others], scenarios, local_date(started))
        if fonts is None:
            installation = replace(installation, press=cast(documents.Press, Unprinted()))
        else:
            ensure_keys(installation)
        installation.database.dispose()
        yield World(installation, compiled, versions[package.hash])


def _people(
    transaction: store.Transaction, involved: Sequence[Package], scenarios: list[Scenario], since: date
) -> None:
    """One person a post, in the department, the associations of the scenarios and the bodies that the packages name."""
    named = {key: name for package in involved for key, name in bodies(package).items()}
    associations = {scenario.organisation for scenario in scenarios}
    names = {organisation.key: organisation.name for organisation in ORGANISATIONS} | named
    kinds = dict.fromkeys(sorted(associations), "association") | {DEPARTMENT: "department"}
    kinds |= dict.fromkeys(sorted(set(named) - set(kinds)), "consulted")
    for key, kind in kinds.items():
        code = CREDIT_CODE if kind == "association" else None
        organisation_id = identity.add_organisation(
            transaction, key=key, name=names.get(key, key), kind=kind, uscc=code
        )
        found = [role for package in involved for role in _roles(packages.compile(package), kind)]
        for role in dict.fromkeys(found):
            post_id = identity.add_post(transaction, role=role, organisation_id=organisation_id, title=role)
            identity.assign(transaction, post_id=post_id, person_id=_person(transaction, f"{role}@{key}"), since=since)


def _roles(compiled: CompiledPackage, kind: str) -> list[str]:
    holder = "department" if kind == "department" else "organisation"
    roles = [role for role, held_by in compiled.manifest.posts.items() if held_by == holder]
    if kind == "department":
        return roles
    return [role for role in roles if (role == compiled.manifest.start) == (kind == "association")]


def _person(transaction: store.Transaction, login: str) -> str:
    """An account that nobody can sign in to."""
    person_id = store.new_id()
    row = {"id": person_id, "login": login, "name": login, "password_hash": "!", "active": True}
    transaction.execute(sa.insert(tables.person), row | {"failed_attempts": 0, "session_epoch": 0})
    return person_id


def bodies(package: Package) -> dict[str, str]:
    """Organisations by key that the diagram names, or that a table gives out in a column `org`; with their names."""
    found = {key: key for key in LITERAL_POST.findall(package.files["process.bpmn"].decode())}
    for data in package.within("decisions").values():
        for table in etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True)).iter(
            "{*}decisionTable"
        ):
            found |= _given_out(table)
    return found


def _given_out(table: etree._Element) -> dict[str, str]:
    columns = [output.get("name") for output in table.iterfind("{*}output")]
    if "org" not in columns:
        return {}
    rows = [[_literal(cell) for cell in rule.iterfind("{*}outputEntry")] for rule in table.iterfind("{*}rule")]
    named = columns.index("name") if "name" in columns else columns.index("org")
    return {row[columns.index("org")]: row[named] for row in rows if row[columns.index("org")]}


def _literal(cell: etree._Element) -> str:
    return (cell.findtext("{*}text") or "").strip().strip('"')
