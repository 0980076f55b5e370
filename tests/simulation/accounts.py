"""What must hold of a province after its year: nothing stuck, lost, doubled, without its number or unverifiable."""

from collections.abc import Iterator

import sqlalchemy as sa

from engine import cases
from engine.store import tables
from tests.faults.accounts import (
    SAID_BY,
    every_case_is_as_its_rows_say,
    every_number_is_accounted_for,
    nothing_is_lost_or_doubled,
)
from tests.simulation.year import Year

IN_EFFECT, ENDED = frozenset({"issued"}), frozenset({"voided", "revoked", "superseded"})
UNNUMBERED = frozenset({"slip", "sheet"})


def whole(year: Year) -> None:
    """Everything, after the last job."""
    play = year.play
    play.office.work_off()
    assert play.rows(tables.job, tables.job.c.error != "") == []
    assert year.unanswered == {}, list(year.unanswered.values())
    assert list(stuck(year)) == []
    assert play.faults() == []
    assert play.differences() == []
    nothing_is_lost_or_doubled(play, [one for one in year.acknowledged if one[0] in SAID_BY])
    every_number_is_accounted_for(play)
    every_case_is_as_its_rows_say(play)
    assert list(unverified(year)) == []


def stuck(year: Year) -> Iterator[str]:
    """Open cases in which nobody has anything to do and nothing is waited for."""
    waiting = {row["case_id"] for row in year.play.rows(tables.call, tables.call.c.state == "waiting")}
    for case_id, number, there in year.still_open():
        if not there and case_id not in waiting:
            yield number


def unverified(year: Year) -> Iterator[str]:
    """Documents that were finished and do not prove themselves, and such as were begun and never finished."""
    document, case = tables.document, tables.case
    query = sa.select(document, case.c.state.label("of")).join(case, case.c.id == document.c.case_id)
    with year.play.reading() as transaction:
        rows = [dict(row) for row in transaction.execute(query.order_by(document.c.id)).mappings()]
    for row in rows:
        if row["signature"] in UNNUMBERED or row["state"] in ENDED:
            continue
        if row["state"] not in IN_EFFECT:
            if row["of"] == "closed":
                yield f"{row['kind']} {row['number']}: {row['state']}"
            continue
        verdict = cases.verify_bytes(year.play.installation, year.play.installation.files.get(row["issued_sha256"]))
        if verdict.code != "ours.valid":
            yield f"{row['kind']} {row['number']}: {verdict.code}"
