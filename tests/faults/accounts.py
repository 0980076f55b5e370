"""What must hold of an installation whose processes were killed: nothing acknowledged is lost or doubled."""

from collections import Counter
from collections.abc import Iterable

from engine import workflow
from engine.cases.loading import load_case, scopes_of
from engine.store import tables
from engine.store.values import decode
from tests.cases.playing import Play
from tests.faults.acting import Said

SAID_BY = {  # what is acknowledged, and the events that say so
    "started": ("case.started",),
    "completed": ("task.submitted", "task.completed"),
    "returned": ("task.returned",),
    "withdrawn": ("case.withdrawn",),
    "claimed": ("task.claimed",),
    "released": ("task.released",),
}
ONCE = ("started", "completed", "returned", "withdrawn")


def whole(play: Play, acknowledged: Iterable[Said], *, alone: bool = True) -> None:
    """Everything, after the leases of the dead have ended and their jobs were run by somebody else.

    Where several people worked at once, two may have said of one task that it is claimed.
    """
    play.later(days=90)
    play.office.work_off()
    assert play.faults() == []
    assert play.differences() == []
    nothing_is_lost_or_doubled(play, acknowledged, alone=alone)
    every_number_is_accounted_for(play)
    every_case_is_as_its_rows_say(play)
    every_notice_is_issued(play)


def nothing_is_lost_or_doubled(play: Play, acknowledged: Iterable[Said], *, alone: bool = True) -> None:
    events = play.rows(tables.event)
    said: Counter[Said] = Counter()
    for what, kinds in SAID_BY.items():
        for row in events:
            if row["kind"] in kinds:
                said[what, decode(row["body"]).get("task", row["chain"])] += 1
    for act, times in Counter(acknowledged).items():
        assert said[act] >= (times if alone or act[0] in ONCE else 1), act
    assert [act for act, times in said.items() if act[0] in ONCE and times > 1] == []
    cases = {row["id"] for row in play.rows(tables.case)}
    assert {identity for what, identity in said if what == "started"} == cases
    reviews = {row["id"] for row in play.rows(tables.task, tables.task.c.kind == "review")}
    entries = Counter(row["task_id"] for row in play.rows(tables.entry) if row["task_id"] not in reviews)
    assert entries == Counter(identity for what, identity in said if what == "completed")
    ended = {row["id"] for row in play.rows(tables.task, tables.task.c.state == "completed")} - reviews
    assert ended == {identity for what, identity in said if what in {"completed", "returned"}}


def every_number_is_accounted_for(play: Play) -> None:
    taken: dict[tuple[str, int], list[int]] = {}
    for row in play.rows(tables.case):
        if row["number"]:
            prefix, year, serial = row["number"].split("-")
            taken.setdefault((prefix, int(year)), []).append(int(serial))
    for row in play.rows(tables.document):
        if row["serial"]:
            taken.setdefault((row["authority"], row["year"]), []).append(row["serial"])
    sequences = {(row["authority"], row["year"]): row["last"] for row in play.rows(tables.number_sequence)}
    assert {key: sorted(serials) for key, serials in taken.items()} == {
        key: list(range(1, last + 1)) for key, last in sequences.items()
    }


def every_case_is_as_its_rows_say(play: Play) -> None:
    """The engine's state, the open tasks and the armed timers were written together."""
    runtime = workflow.Runtime(play.clock, {})
    for case in play.rows(tables.case):
        with play.reading() as transaction:
            loaded = load_case(transaction, case["id"], lock=False)
            definition = play.installation.package(transaction, case["version_id"]).definition
            run = workflow.restore(definition, runtime, case["engine_state"], scopes_of(loaded))
        armed = play.rows(tables.timer, tables.timer.c.case_id == case["id"], tables.timer.c.state == "armed")
        assert {task.id for task in run.open_tasks()} == {task.id for task in play.open(case["id"])}
        assert {timer.id for timer in run.timers()} == {row["id"] for row in armed}
        assert (case["state"] == "closed") == run.finished


def every_notice_is_issued(play: Play) -> None:
    assert play.rows(tables.job) == []
    documents = play.rows(tables.document)
    assert {row["state"] for row in documents if row["signature"] == "notice"} <= {"issued"}
    for row in documents:
        digest = row["issued_sha256"] or row["signed_sha256"] or row["rendered_sha256"]
        if digest is not None and row["signature"] != "slip":
            assert play.installation.files.get(digest).startswith(b"%PDF")
    once = Counter((row["case_id"], row["kind"]) for row in documents if row["kind"] in {"D01", "D02", "D13"})
    assert not [key for key, times in once.items() if times > 1]
    letters = [row for row in documents if row["signature"] == "two" and row["state"] != "voided"]
    assert max(Counter((row["case_id"], row["kind"]) for row in letters).values(), default=1) == 1
