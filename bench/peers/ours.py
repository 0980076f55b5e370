"""Ours: `cases.complete` as a page calls it, with the session before it. usage: ours.py FOLDER DATABASE_URL"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.peers.worker import FIELDS, PAIRS, answers, serve
from engine import cases, identity, packages, store
from engine.calendar import local_date
from engine.installation import Settings
from engine.store import new_id
from tests.cases.called import end, made, submit
from tests.cases.playing import Play
from tests.installations import make_office
from tests.packages.small_package import field, flow, form, person

KEY = "bench_loop"


def package() -> packages.Package:
    """Two tasks in a loop, each with a form of fifteen fields, of which a gateway reads one."""
    body = submit()
    body += person("Task_a", "check", "acceptor") + person("Task_b", "check", "acceptor", ("=again", "again"))
    body += '<exclusiveGateway id="Way" default="Way-End" />\n' + end("End", "approved")
    body += flow("Start", "Task_fill") + flow("Task_fill", "Task_a") + flow("Task_a", "Task_b") + flow("Task_b", "Way")
    body += flow("Way", "Task_a", '=again = "yes"') + flow("Way", "End")
    built = made(KEY, "往返", "WF", body)
    asked = form("check", *(field(name) for name in (*FIELDS, "again")))
    return packages.Package({**built.files, "forms/check.form": asked.encode()})


def main(folder: str, url: str) -> None:
    office = make_office(Path(folder), Settings(database_url=url) if url else Settings())
    play, place = Play(office), office.installation
    with play.writing() as transaction:
        packages.deploy(transaction, package(), by=None, at=play.clock.now())
    person_id, today = play.actor("acceptor").person_id, local_date(play.clock.now())

    def step(task_id: str, values: dict[str, Any]) -> Callable[[], object]:
        def complete() -> object:
            with store.reading(place.database) as transaction:
                actor = identity.load_actor(transaction, person_id, today)
            assert actor is not None
            return cases.complete(place, actor, task_id, values, 0)

        return complete

    def steps() -> Iterator[Callable[[], object]]:
        case_id = cases.start(place, play.actor("applicant"), KEY, new_id()).case_id
        play.complete(play.task(case_id, "Task_fill"), {"org_name": "冷链协会", "note": ""})
        for pair in range(PAIRS):
            for node in ("Task_a", "Task_b"):
                yield step(play.task(case_id, node).id, answers(pair))
        assert play.row(case_id)["state"] == "closed"

    serve(steps)


if __name__ == "__main__":
    main(*sys.argv[1:])
