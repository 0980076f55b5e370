"""Fill an empty installation for trying it out; a second run changes nothing that is there."""

from pathlib import Path

import sqlalchemy as sa

from engine import identity, packages, store
from engine.calendar import local_date
from engine.demonstration.accounts import FILE, new_password, read_accounts, write_accounts
from engine.demonstration.people import ORGANISATIONS, PEOPLE
from engine.installation import Installation
from engine.keys import ensure_keys
from engine.packages.register import deploy_clauses
from engine.store.tables import organisation, person, post


def prepare(installation: Installation, bpmn: Path) -> Path:
    """Organisations, posts, people, keys, the register of rules and the packages under `bpmn`.

    Gives the path of the accounts file. `PackageProblems` where a package does not hold.
    """
    passwords = read_accounts(installation.folder)
    passwords |= {one.login: new_password() for one in PEOPLE if one.login not in passwords}
    write_accounts(installation.folder, passwords)
    with store.writing(installation.database) as transaction:
        _people(installation, transaction, passwords)
    deploy_folder(installation, bpmn)
    ensure_keys(installation)
    return installation.folder / FILE


def deploy_folder(installation: Installation, bpmn: Path) -> list[str]:
    """Put the register and every package of a folder in force; the keys of the packages."""
    now = installation.clock.now()
    folders = sorted(path.parent for path in bpmn.glob("*/package.toml"))
    loaded = packages.callees_first([packages.load_folder(folder) for folder in folders])
    with store.writing(installation.database) as transaction:
        if (register := bpmn / "clauses.toml").exists():
            deploy_clauses(transaction, register.read_bytes(), at=now)
        for package in loaded:
            packages.deploy(transaction, package, by=None, at=now)
    return [folder.name for folder in folders]


def _people(installation: Installation, transaction: store.Transaction, passwords: dict[str, str]) -> None:
    organisations = {row.key: row.id for row in transaction.execute(sa.select(organisation.c.key, organisation.c.id))}
    known = {row.login: row.id for row in transaction.execute(sa.select(person.c.login, person.c.id))}
    today = local_date(installation.clock.now())
    for one in ORGANISATIONS:
        if one.key not in organisations:
            organisations[one.key] = identity.add_organisation(
                transaction, key=one.key, name=one.name, kind=one.kind, uscc=one.uscc
            )
    held = {
        (row.role, row.organisation_id) for row in transaction.execute(sa.select(post.c.role, post.c.organisation_id))
    }
    posts: dict[tuple[str, str], str] = {}
    for someone in PEOPLE:
        person_id = known.get(someone.login) or identity.add_person(
            transaction, login=someone.login, name=someone.name, password=passwords[someone.login]
        )
        for role, key, title in someone.posts:
            if (role, organisations[key]) in held:  # set up earlier, and perhaps given to others since
                continue
            if (role, key) not in posts:
                posts[role, key] = identity.add_post(
                    transaction, role=role, organisation_id=organisations[key], title=title
                )
            identity.assign(transaction, post_id=posts[role, key], person_id=person_id, since=today)
