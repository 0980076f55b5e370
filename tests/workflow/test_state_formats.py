"""States that earlier versions of the program wrote are read, and go on as if nothing had happened."""

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine import workflow
from engine.calendar import FixedClock
from engine.store.values import decode
from engine.workflow.formats import FORMAT, MIGRATIONS

STATES = Path(__file__).parent / "states"
STORED = [
    (number, state)
    for number in range(1, FORMAT + 1)
    for state in json.loads((STATES / f"format{number}.json").read_text())
]


def restored(state):
    runtime = workflow.Runtime(FixedClock(datetime.fromisoformat(state["at"])))
    scopes = {path: decode(text) for path, text in state["scopes"].items()}
    definition = workflow.read(state["xml"].encode(), "p.bpmn")
    return definition, runtime, workflow.restore(definition, runtime, base64.b64decode(state["state"]), scopes)


def test_there_are_states_of_every_format_and_a_migration_from_each_earlier_one():
    assert {number for number, _ in STORED} == set(range(1, FORMAT + 1))
    assert set(MIGRATIONS) == set(range(1, FORMAT))
    assert all(base64.b64decode(state["state"])[0] == number for number, state in STORED)


@pytest.mark.parametrize(("number", "state"), STORED, ids=[f"{number}: {state['name']}" for number, state in STORED])
def test_a_stored_state_has_its_tasks_and_timers_and_runs_to_its_end(number, state):
    definition, runtime, run = restored(state)
    assert [[task.id, task.node_id, task.path] for task in run.open_tasks()] == state["tasks"]
    assert [[timer.id, timer.node_id, timer.due.isoformat()] for timer in run.timers()] == state["timers"]
    assert {path: dict(values) for path, values in run.scopes().items()} == {
        path: decode(text) for path, text in state["scopes"].items()
    }
    again = workflow.restore(definition, runtime, run.state(), run.scopes())
    assert (again.state(), again.open_tasks(), again.timers()) == (run.state(), run.open_tasks(), run.timers())
    for _ in range(60):
        if run.finished:
            break
        for task in run.open_tasks()[:1]:
            read = definition.nodes[task.node_id].submits & {"k", "again", "more"}
            run.complete(task.id, dict.fromkeys(read, False))
        if not run.open_tasks():
            runtime.clock.advance(timedelta(days=1))
            run.fire_due()
    assert run.finished
