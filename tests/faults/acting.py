"""What somebody may do next in an office, chosen at random: every command of a case, its jobs and its timers."""

import random
from collections.abc import Iterator
from typing import Any

from engine import cases, jobs
from engine.archive import HANDLERS
from engine.errors import Conflict, Invalid
from engine.store import new_id, tables
from tests.cases.playing import Open, Play

Said = tuple[str, str]  # what was done, and the id of the case or task it was done to

REMINDED, LATE = 15, 40  # days after which reminders are due, and supplements lapse
#: Answers at nodes that the usual way does not come to; no other is answered, so that a supplement lapses.
OFF_THE_WAY: dict[str, dict[str, Any]] = {
    "Task_close": {"confirmed": True},
    "Task_missing": {"decision": "wait", "reason_internal": "继续等待"},
    "Task_party_coordinate": {"decision": "wait", "note_internal": "对方答应三日内办结。"},
    "Task_phone": {"phone_result": "received", "phone_note": "秘书处确认已经收到。"},
}

DOING = "doing"  # said right before a command or a job


class Actor:
    """Does one thing after the other for ever; says what it is about to do, and each that a command acknowledged."""

    def __init__(self, play: Play, seed: int) -> None:
        self.play, self.dice = play, random.Random(seed)
        self.play.later(days=self.dice.choice((0, 0, REMINDED, LATE)))

    def acts(self) -> Iterator[Said]:
        while True:
            yield from self.act()

    def act(self) -> Iterator[Said]:
        chance = self.dice.random()
        if chance < 0.12:
            yield DOING, "jobs"
            jobs.run_due(self.play.installation, HANDLERS)
        elif chance < 0.17:
            yield DOING, "timers"
            cases.fire_timers(self.play.installation)
        elif chance < 0.22 or not (tasks := self._open()):
            yield DOING, "start"
            yield "started", self.play.begin(new_id())
        else:
            oldest_first = int(self.dice.random() ** 2 * len(tasks))  # so that some cases come to their end
            yield from self._go_on(tasks[oldest_first])

    def _open(self) -> list[tuple[str, Open]]:
        rows = self.play.rows(tables.task, tables.task.c.state == "open")
        return [(r["case_id"], Open(r["id"], r["node_id"], r["item_key"], r["post_id"], r["claimed_by"])) for r in rows]

    def _go_on(self, place: tuple[str, Open]) -> Iterator[Said]:
        case_id, task = place
        chance = self.dice.random()
        try:
            if chance < 0.08:
                yield from self._claim(task)
            elif chance < 0.30 and task.node == "Task_sign":
                yield from self._return(task)
            elif chance < 0.10 and task.node != "Task_submit":
                applicant = self.play.actor("applicant")
                yield DOING, case_id
                cases.withdraw(self.play.installation, applicant, case_id, "协会调整人选")
                yield "withdrawn", case_id
            else:
                yield from self._complete(case_id, task)
        except Conflict:
            return  # not withdrawable any more, or somebody else was first
        except Invalid as refused:
            if refused.code != "task.invalid" or task.node != "Task_submit":
                refused.add_note(f"{task.node}: {refused.details}")  # the child's traceback is all that is left of it
                raise
            return  # two people attached the same file twice

    def _claim(self, task: Open) -> Iterator[Said]:
        person = self.play.holder(task.post)
        yield DOING, task.id
        (cases.release if task.claimed_by else cases.claim)(self.play.installation, person, task.id)
        yield ("released" if task.claimed_by else "claimed"), task.id

    def _return(self, task: Open) -> Iterator[Said]:
        place, leader = self.play.installation, self.play.holder(task.post)
        yield DOING, task.id
        cases.prepare_documents(place, leader, task.id)
        cases.return_task(place, leader, task.id, "Task_meeting", "登记有误")
        yield "returned", task.id

    def _complete(self, case_id: str, task: Open) -> Iterator[Said]:
        values: dict[str, Any] | None = None
        if task.node == "Task_submit":
            self._files(task)
        elif task.node == "Task_accept" and self.dice.random() < 0.2:
            items = [{"material": "审计报告", "problem": "未附", "requirement": "提交", "basis": "第二十七条"}]
            values = {"decision": "supplement", "supplement_items": items}
        elif task.node not in self.play.answers:
            values = OFF_THE_WAY.get(task.node)
            if values is None:
                return
        yield DOING, task.id
        self.play.complete(task, values)
        yield "completed", task.id

    def _files(self, task: Open) -> None:
        """As `Play.files`, for a task that somebody else may have ended by now."""
        for field, names in self.play.answers[task.node].get("attachments", {}).items():
            for name in names if isinstance(names, list) else [names]:
                self.play.attach(self.play.holder(task.post), task, field, name)
