"""What can be begun: the processes in force, as the guide page describes them from their packages."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine import store
from engine.cases.starting import starting_post
from engine.identity import Actor
from engine.installation import Installation
from engine.packages import UNSIGNED, CompiledPackage
from engine.store.tables import process_in_force


@dataclass(frozen=True)
class OfferStep:
    """One user task on the way, with who does it."""

    name: str
    lane: str
    documentation: str


@dataclass(frozen=True)
class Offer:
    """A process in force: steps and promised days, all read from the package."""

    key: str
    title: str
    note: str
    version: str
    since: datetime
    start_role: str
    inside: bool  # begun by the department itself; not in the guide
    working_days: int | None
    promise_certainty: str
    steps: tuple[OfferStep, ...]
    documents: tuple[str, ...]
    package: CompiledPackage


def offers(installation: Installation) -> tuple[Offer, ...]:
    """Every process in force, by title."""
    with store.reading(installation.database) as transaction:
        rows = (
            transaction.execute(sa.select(process_in_force).order_by(process_in_force.c.package_key)).mappings().all()
        )
        return tuple(_offer(installation.package(transaction, row["version_id"]), row["since"]) for row in rows)


def own_offers(installation: Installation, actor: Actor) -> tuple[Offer, ...]:
    """Those that the actor may begin by a post of theirs."""
    return tuple(
        offer for offer in offers(installation) if starting_post(actor, offer.start_role, offer.inside) is not None
    )


def _offer(package: CompiledPackage, since: datetime) -> Offer:
    manifest, nodes = package.manifest, package.definition.nodes
    steps = tuple(
        OfferStep(node.name, node.lane or "", node.documentation or "")
        for node in nodes.values()
        if node.kind == "userTask"
    )
    return Offer(
        key=manifest.key,
        title=manifest.title,
        note=manifest.note,
        version=package.hash[:8],
        since=since,
        start_role=manifest.start,
        inside=manifest.starts_inside,
        working_days=manifest.promise.working_days if manifest.promise else None,
        promise_certainty=manifest.promise.certainty if manifest.promise else "",
        steps=steps,
        documents=tuple(
            rule.title
            for rule in manifest.documents.values()
            if rule.signature not in UNSIGNED and rule.reader == "applicant"
        ),
        package=package,
    )
