"""Versions of a process in the database: immutable, found by hash; one of each key is in force for new cases."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from engine.errors import NotFound
from engine.packages.archive import load_zip, to_zip
from engine.packages.checking import check
from engine.packages.compiled import CompiledPackage, compile_package, compiled_before
from engine.packages.interface import Interface
from engine.packages.neighbours import interface_of
from engine.packages.problem import PackageProblems
from engine.packages.source import Package
from engine.packages.vocabulary import Vocabulary, default_vocabulary
from engine.store import Transaction, insert_into, new_id, upsert
from engine.store.tables import process_in_force, process_version

SHORTEST = 8  # digits of a hash that name a version


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stored version; `new` says whether it was stored now or had been there before."""

    version_id: str
    hash: str
    new: bool


def deploy(
    transaction: Transaction, package: Package, *, by: str | None, at: datetime, vocabulary: Vocabulary | None = None
) -> Deployed:
    """Store the package, unless it is stored already, and put it in force.

    Raises `PackageProblems` with the errors that `check` finds; without a vocabulary posts, organisations and clauses
    are not compared with the installation; what it calls must be in force. Only here: what is stored keeps running when the installation changes.
    """
    known = replace(vocabulary or default_vocabulary(), packages=_offered(transaction, package))
    errors = [one for one in check(package, known) if one.severity == "error"]
    if errors:
        raise PackageProblems(errors)
    compiled = compile_package(package)
    deployed = _store(transaction, package, compiled, by, at)
    if in_force(transaction, compiled.key) != deployed.version_id:
        row = {"package_key": compiled.key, "version_id": deployed.version_id, "since": at, "by": by}
        upsert(transaction, process_in_force, [row], ("version_id", "since", "by"))
    return deployed


def in_force(transaction: Transaction, key: str) -> str | None:
    """The version that new cases of this process run on; None where the process was never deployed."""
    query = sa.select(process_in_force.c.version_id).where(process_in_force.c.package_key == key)
    found = transaction.execute(query).scalar_one_or_none()
    return None if found is None else str(found)


def version_named(transaction: Transaction, key: str, beginning: str) -> str:
    """The version of a process whose hash begins so; `NotFound` where that is none or several."""
    named = (
        process_version.c.package_key == key,
        process_version.c.hash.startswith(beginning.lower(), autoescape=True),
    )
    found = transaction.execute(sa.select(process_version.c.id).where(*named)).scalars().all()
    if len(found) != 1 or len(beginning) < SHORTEST:
        raise NotFound(
            f"没有流程 {key} 的版本 {beginning}，或者写得太短（至少 {SHORTEST} 位）；请核对启用时显示的版本号。",
            code="package.unknown-version",
            version=beginning,
        )
    return str(found[0])


def _offered(transaction: Transaction, package: Package) -> dict[str, Interface]:
    """What the packages in force are to others. Only a package that calls others costs looking at them."""
    own = interface_of(package)
    if own is None or not own.calls:
        return {}
    versions = transaction.execute(sa.select(process_in_force.c.version_id)).scalars().all()
    compiled = [load_version(transaction, version_id) for version_id in versions]
    return {one.key: Interface.of(one.manifest, one.definition.nodes) for one in compiled}


def load_version(transaction: Transaction, version_id: str) -> CompiledPackage:
    """The compiled package of a version; `NotFound` where there is none."""
    query = sa.select(process_version.c.hash).where(process_version.c.id == version_id)
    digest = transaction.execute(query).scalar_one_or_none()
    if digest is None:
        raise NotFound("没有这个流程版本；请从版本列表中选择。", code="package.unknown-version", version=version_id)
    return compiled_before(digest) or compile_package(load_package(transaction, version_id))


def load_package(transaction: Transaction, version_id: str) -> Package:
    """The files of a version, as they were deployed; `NotFound` where there is none."""
    query = sa.select(process_version.c.archive).where(process_version.c.id == version_id)
    archive = transaction.execute(query).scalar_one_or_none()
    if archive is None:
        raise NotFound("没有这个流程版本；请从版本列表中选择。", code="package.unknown-version", version=version_id)
    return load_zip(bytes(archive))


def _store(
    transaction: Transaction, package: Package, compiled: CompiledPackage, by: str | None, at: datetime
) -> Deployed:
    row = {
        "id": new_id(),
        "package_key": compiled.key,
        "hash": package.hash,
        "title": compiled.title,
        "note": compiled.manifest.note,
        "archive": to_zip(package),
        "created_at": at,
        "created_by": by,
    }
    same = ["package_key", "hash"]
    transaction.execute(
        insert_into(transaction, process_version).values(row).on_conflict_do_nothing(index_elements=same)
    )
    query = sa.select(process_version.c.id).where(
        process_version.c.package_key == compiled.key, process_version.c.hash == package.hash
    )
    stored = str(transaction.execute(query).scalar_one())
    return Deployed(stored, package.hash, stored == row["id"])
