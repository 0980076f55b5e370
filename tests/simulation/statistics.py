"""What a province did in its year, as tables of plain text."""

from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

from engine import store
from engine.calendar import local_date
from engine.store import tables
from tests.simulation.year import Year

PROCESSES = ("leader_review", "party_dual_filing", "federation_formation", "joint_conference")
OUTCOMES = (
    "approved", "partially_approved", "rejected", "deferred", "not_accepted", "withdrawn", "lapsed", "terminated"
)  # fmt: skip


def report(year: Year) -> str:
    """Cases and their outcomes, the time they took, what went wrong on the way, documents, people."""
    return "\n".join([*_cases(year), "", *_times(year), "", *_documents(year), "", *_people(year)])


def _cases(year: Year) -> Iterator[str]:
    yield f"{'cases':22}{'all':>6}" + "".join(f"{name[:12]:>13}" for name in (*OUTCOMES, "open"))
    rows = year.play.rows(tables.case)
    for process in PROCESSES:
        mine = [row for row in rows if row["package_key"] == process]
        outcomes = Counter(row["outcome"] or "open" for row in mine)
        yield f"{process:22}{len(mine):6}" + "".join(f"{outcomes[name]:13}" for name in (*OUTCOMES, "open"))


def _times(year: Year) -> Iterator[str]:
    """The promised days count without what they stand still; where nothing is promised, from submission to the end."""
    head = ("promised", "used p50", "kept", "whole p50", "supplements", "tasks", "overdue", "escalations")
    yield f"{'working days':22}" + "".join(f"{name:>13}" for name in head)
    tasks, told = year.play.rows(tables.task), year.play.rows(tables.notification)
    for process in PROCESSES:
        ids = {row["id"]: row for row in year.play.rows(tables.case, tables.case.c.package_key == process)}
        of_process = [row for row in tasks if row["case_id"] in ids]
        ended = [row for row in of_process if row["state"] == "completed"]
        promised = _promised(year, process)
        used = [row["used_days"] for row in ids.values() if row["used_days"] is not None]
        kept = f"{sum(days <= promised for days in used)}/{len(used)}" if promised is not None and used else "-"
        figures: tuple[Any, ...] = (
            promised if promised is not None else "-",
            median(used) if used else "-",
            kept,
            _middle(_whole(year, ids)),
            sum(row["node_id"] in {"Task_supplement", "Task_amend"} for row in ended),
            len(ended),
            sum(row["due_at"] is not None and row["ended_at"] > row["due_at"] for row in ended),
            sum("逾期" in row["text"] and row["case_id"] in ids and row["kind"] == "told" for row in told),
        )
        yield f"{process:22}" + "".join(f"{figure:>13}" for figure in figures)


def _promised(year: Year, process: str) -> int | None:
    with store.reading(year.play.installation.database) as transaction:
        version = next(
            row["version_id"] for row in year.play.rows(tables.process_in_force) if row["package_key"] == process
        )
        promise = year.play.installation.package(transaction, version).manifest.promise
    return promise.working_days if promise else None


def _whole(year: Year, rows: dict[str, dict[str, Any]]) -> list[int]:
    calendar = year.play.installation.calendar()
    return [
        calendar.between(local_date(row["submitted_at"]), local_date(row["closed_at"]))
        for row in rows.values()
        if row["submitted_at"] and row["closed_at"]
    ]


def _middle(days: list[int]) -> float | str:
    return median(days) if days else "-"


def _documents(year: Year) -> Iterator[str]:
    rows = year.play.rows(tables.document)
    states = Counter(row["state"] for row in rows if row["number"])
    press = year.province.press
    yield "numbered documents     " + ", ".join(f"{name} {count}" for name, count in sorted(states.items()))
    yield f"unnumbered             {sum(not row['number'] for row in rows)} slips, sheets and drafts"
    yield f"rendered in full       {press.printed} of {sum(press.asked.values())}, the others with the pages of another; all signed"


def _people(year: Year) -> Iterator[str]:
    staff = year.staff
    yield f"illnesses              {staff.illnesses}, nobody could stand in {staff.alone} times"
    yield "acknowledged           " + ", ".join(f"{name} {count}" for name, count in year.steps.most_common())
    refusals = Counter[str]()
    for reason, count in year.refused.items():
        refusals[reason.rpartition(" ")[2]] += count
    yield "refused                " + ", ".join(f"{name} {count}" for name, count in refusals.most_common())
