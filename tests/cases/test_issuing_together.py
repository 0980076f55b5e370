"""Many documents at the same moment: the register counts on without a hole, and each document is there once."""

from engine.errors import HuishenError
from engine.store import tables
from engine.store.values import decode
from tests.cases.playing import Open, Play
from tests.cases.together import together
from tests.thoroughness import examples

NOTICE = "D01"


def accepted(play: Play, task: Open, login: str) -> bool:
    """Whether this person was the one who accepted; another was first otherwise, and what was begun is undone."""
    try:
        play.complete(task, actor=play.office.actor(login))
    except HuishenError as refused:
        assert refused.code == "task.done"
        return False
    return True


def test_numbers_issued_at_the_same_moment_run_on_without_a_hole(play: Play) -> None:
    """Two people accept each case at once: one of them takes a number, the other leaves none behind."""
    count = examples(3, 32).max_examples
    play.also("clerk", "acceptor")
    tasks = [play.task(submitted(play), "Task_accept") for _ in range(count)]
    logins = ("acceptor", "clerk")
    won = together(*[lambda one=one, login=login: accepted(play, one, login) for one in tasks for login in logins])
    assert [won[2 * n] + won[2 * n + 1] for n in range(count)] == [1] * count
    together(*[play.office.work_off] * 4)  # as many workers render, seal and store them

    notices = play.rows(tables.document, tables.document.c.kind == NOTICE)
    assert len({row["case_id"] for row in notices}) == len(notices) == count
    assert sorted(row["number"] for row in notices) == sorted(f"屿社工函〔2026〕{n}号" for n in range(1, count + 1))
    assert {row["state"] for row in notices} == {"issued"}
    assert len({row["code"] for row in notices}) == len({row["issued_sha256"] for row in notices}) == count
    told = [
        decode(row["body"])["document"] for row in play.rows(tables.event, tables.event.c.kind == "document.issued")
    ]
    assert sorted(told) == sorted(row["id"] for row in notices)


def submitted(play: Play) -> str:
    case_id = play.begin()
    play.do(case_id, "Task_submit")
    return case_id
