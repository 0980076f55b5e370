"""Drives a case by the names of its nodes, and stores and restores it after each step."""

from datetime import UTC, datetime, timedelta

from engine import workflow
from engine.calendar import FixedClock

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def label(task):
    """Where a task is, without its random id: `task`, `mi#0`, `Call/task`, `Sub#1/task`."""
    if task.item is not None:
        return task.path
    return f"{task.path}/{task.node_id}" if task.path else task.node_id


class Driver:
    """By default the case is stored after each step and restored on a definition that was read afresh."""

    def __init__(self, xml, variables=None, *, store=True, reread=True, **given):
        self.xml, self.store, self.reread, self.clock = xml, store, reread, FixedClock(MONDAY)
        self.runtime = workflow.Runtime(self.clock, **given)
        self.definition, self.size, self.taken = workflow.read(xml, "p.bpmn"), 0, []
        self.run = workflow.start(self.definition, self.runtime, variables or {})
        self.keep()

    def keep(self):
        if not self.store:
            self.taken = self.run.taken
            return
        self.taken += self.run.taken
        state, scopes = self.run.state(), self.run.scopes()
        self.size = len(state)
        if self.reread:
            self.definition = workflow.read(self.xml, "p.bpmn")
        self.run = workflow.restore(self.definition, self.runtime, state, scopes)

    def open(self):
        return sorted(label(task) for task in self.run.open_tasks())

    def task(self, name):
        return next(task for task in self.run.open_tasks() if label(task) == name)

    def do(self, name, /, **values):
        self.run.complete(self.task(name).id, values)
        self.keep()

    def call(self, command, *args):
        result = getattr(self.run, command)(*args)
        self.keep()
        return result

    def wait(self, **delta):
        self.clock.advance(timedelta(**delta))
        return self.call("fire_due")

    def data(self, path=""):
        return self.run.scopes()[path]

    def due(self):
        return [(timer.node_id, timer.due) for timer in self.run.timers()]

    def finish(self, limit=60):
        """Completes whatever is open, the first by name first; whether the case ended with nothing left over."""
        while (names := self.open()) and (limit := limit - 1):
            self.do(names[0])
        return self.run.finished and not self.run.timers()
