"""Timers and terms by the clock that is given, never by the wall."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engine import workflow
from engine.errors import NotFound
from engine.feel import Function, MonthsDuration

from .diagrams import timed
from .drawing import Draw, document, ext, many, mapping, zeebe
from .driver import MONDAY, Driver


@pytest.mark.parametrize("interrupt", [True, False])
def test_boundary_timers_fire_by_the_clock(interrupt):
    driver = Driver(timed(interrupt=interrupt))
    assert driver.due() == [("late", MONDAY + timedelta(days=1))]
    assert driver.wait(hours=23) == []
    assert driver.open() == ["a"]
    assert driver.wait(hours=1) == ["late"]
    assert driver.open() == (["r"] if interrupt else ["a", "r"])
    assert driver.due() == []
    driver.do("r", k=1)
    if not interrupt:
        driver.do("a", k=2), driver.do("b", k=3)
    assert driver.run.finished


def test_a_completed_task_takes_its_timer_along():
    driver = Driver(timed())
    driver.do("a", k=1)
    assert driver.due() == []
    assert driver.wait(days=3) == []
    assert driver.open() == ["b"]


MOMENTS = [
    ("PT90M", datetime(2026, 11, 23, 1, 30, tzinfo=UTC)),
    ("P2W", datetime(2026, 12, 7, tzinfo=UTC)),
    ("P1DT12H", datetime(2026, 11, 24, 12, tzinfo=UTC)),
    ("P3M", datetime(2027, 2, 23, tzinfo=UTC)),
    ("2026-12-01", datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC)),
    ("2026-12-01T17:00:00+08:00", datetime(2026, 12, 1, 9, tzinfo=UTC)),
    ('=duration("P2D")', datetime(2026, 11, 25, tzinfo=UTC)),
    ("=limit", datetime(2026, 11, 26, tzinfo=UTC)),
    ('=date("2026-12-01")', datetime(2026, 12, 1, 15, 59, 59, tzinfo=UTC)),
    ("=months", datetime(2027, 2, 28, tzinfo=UTC).replace(day=23)),
    ("=工作日后(5)", datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)),
]


def working_days_later(days):
    return datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC) + timedelta(days=int(days) + 2 * (int(days) // 5))


@pytest.mark.parametrize(("text", "due"), MOMENTS)
def test_a_timer_takes_durations_dates_moments_and_functions_of_the_installation(text, due):
    functions = {"工作日后": Function(("n",), working_days_later)}
    variables = {"limit": timedelta(days=3), "months": MonthsDuration(3)}
    assert Driver(timed(text), variables, functions=functions).due() == [("late", due)]
    assert Driver(timed(text, tag="timeDate"), variables, functions=functions).due() == [("late", due)]


def test_a_month_ends_on_the_last_day_where_the_day_does_not_exist():
    driver = Driver(timed(), store=False)
    driver.clock.set(datetime(2026, 12, 31, 1, tzinfo=UTC))
    run = workflow.start(workflow.read(timed("P2M"), "p.bpmn"), driver.runtime, {})
    assert run.timers()[0].due == datetime(2027, 2, 28, 1, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "tomorrow", 3, MonthsDuration(12 * 9000), timedelta.max])
def test_what_says_no_moment_is_a_fault_at_its_element(value):
    with pytest.raises(workflow.WorkflowFault) as fault:
        Driver(timed("=limit"), {"limit": value})
    assert (fault.value.code, fault.value.element) == ("workflow.no-moment", "late")


@pytest.mark.parametrize("interrupt", [True, False])
def test_a_timer_that_is_due_when_the_token_arrives_fires_at_once(interrupt):
    driver = Driver(timed("=limit", interrupt=interrupt), {"limit": date(2026, 11, 20)})
    assert driver.open() == (["r"] if interrupt else ["a", "r"])
    assert driver.due() == []


def test_completing_one_task_never_fires_the_overdue_timer_of_another():
    d = Draw()
    d.start(), d.both("split", "join"), d.end(), d.end("e2")
    d.flow("s", "split"), d.flow("split", d.task("a", ["k"]), "join"), d.flow("split", d.task("b", ["k"]), "join", "e")
    d.flow(d.timer("late", "b"), d.task("r", ["k"]), "e2")
    driver = Driver(document(d))
    driver.clock.advance(timedelta(hours=5))
    driver.do("a", k=1)
    assert driver.open() == ["b"]
    assert driver.call("fire_due") == ["late"]
    assert driver.open() == ["r"]


def test_timers_fire_in_the_order_of_their_terms_and_an_interrupted_one_not_at_all():
    d = Draw()
    d.flow(d.start(), d.task("a", ["k"]), d.end())
    for name, text, interrupt in (("third", "PT3H", False), ("first", "PT1H", False), ("second", "PT2H", True)):
        d.flow(d.timer(name, "a", text, interrupt=interrupt), d.task("r" + name, ["k"]), d.end("e" + name))
    driver = Driver(document(d))
    assert driver.wait(hours=9) == ["first", "second"]
    assert driver.open() == ["rfirst", "rsecond"]


def test_a_timer_between_two_nodes_lets_the_token_through():
    d = Draw()
    d.flow(d.start(), d.task("a", ["k"]), catch(d, "wait", "=pause"), d.task("b", ["k"]), d.end())
    driver = Driver(document(d), {"pause": timedelta(days=5)})
    driver.do("a", k=1)
    assert driver.open() == []
    assert not driver.run.finished
    assert driver.wait(days=5) == ["wait"]
    assert driver.open() == ["b"]
    assert driver.taken == ["f_s_a", "f_a_wait", "f_wait_b"]


def catch(d, name, text):
    return d.node(
        "intermediateCatchEvent",
        name,
        f"<timerEventDefinition><timeDuration>{text}</timeDuration></timerEventDefinition>",
    )


def test_a_loop_through_a_timer_arms_it_afresh_each_round():
    d = Draw()
    d.start(), d.xor("m", "g"), d.end(), d.task("a", ["again"]), catch(d, "wait", "P1D")
    d.flow("s", "m", "wait", "a", "g"), d.flow("g", "m", when="=again"), d.flow("g", "e", default=True)
    driver = Driver(document(d))
    for number in range(1, 4):
        assert driver.due() == [("wait", MONDAY + timedelta(days=number))]
        driver.wait(days=1)
        driver.do("a", again=number < 3)
    assert driver.run.finished


# --- The terms of tasks -----------------------------------------------------------------------------------------------


def with_term(text, assignment="reviewer"):
    d = Draw()
    extra = zeebe("taskSchedule", dueDate=text) + zeebe("assignmentDefinition", candidateGroups=assignment)
    d.flow(d.start(), d.task("first", ["limit", "role"]), d.task("a", ["k"], extra=extra), d.end())
    return document(d)


def test_the_term_of_a_task_is_computed_when_the_token_arrives_and_stays():
    driver = Driver(with_term("=limit"))
    driver.clock.advance(timedelta(days=1))
    driver.do("first", limit=timedelta(days=2), role="x")
    due = MONDAY + timedelta(days=3)
    assert driver.task("a").due == due
    driver.clock.advance(timedelta(days=30))
    driver.call("settle")
    assert driver.task("a").due == due
    driver.call("return_to", "a")
    assert driver.task("a").due == due + timedelta(days=30)


def test_a_task_may_have_no_term_but_a_broken_term_is_a_fault():
    driver = Driver(with_term("=if limit then 工作日后(5) else null"))
    driver.do("first", limit=False, role="x")
    assert driver.task("a").due is None
    driver = Driver(with_term("=工作日後(5)"))
    with pytest.raises(workflow.WorkflowFault) as fault:
        driver.do("first", limit=1, role="x")
    assert (fault.value.code, fault.value.element) == ("workflow.no-moment", "a")
    assert "工作日後" in fault.value.message


def test_the_post_of_a_task_is_computed_when_the_token_arrives_and_stays():
    driver = Driver(with_term("P5D", '=role + "@" + org'), {"org": "assoc_coldchain"})
    driver.do("first", limit=1, role="applicant")
    assert driver.task("a").assignment == "applicant@assoc_coldchain"
    driver = Driver(with_term("P5D", "acceptor"))
    driver.do("first", limit=1, role="x")
    assert driver.task("a").assignment == "acceptor"


@pytest.mark.parametrize("role", [None, "", 5, [], ["a", "b"]])
def test_a_task_without_a_post_is_a_fault(role):
    driver = Driver(with_term("P5D", "=role"))
    with pytest.raises(workflow.WorkflowFault) as fault:
        driver.do("first", limit=1, role=role)
    assert (fault.value.code, fault.value.element) == ("workflow.no-assignment", "a")


def test_each_item_has_a_post_and_a_term_of_its_own():
    d = Draw()
    extra = ext(
        zeebe("assignmentDefinition", candidateGroups="=u.role"),
        zeebe("taskSchedule", dueDate="=u.limit"),
        mapping((), ["opinion"]),
    )
    d.flow(d.start(), d.node("userTask", "mi", extra + many()), d.end())
    units = [{"role": f"unit_{n}", "limit": timedelta(days=n)} for n in range(1, 4)]
    tasks = Driver(document(d), {"units": units}).run.open_tasks()
    assert [(task.assignment, task.due) for task in tasks] == [
        (f"unit_{n}", MONDAY + timedelta(days=n)) for n in range(1, 4)
    ]


def test_a_term_can_be_computed_as_of_another_day_and_moved_there():
    """By the functions of that day: what an import of working days needs for terms that are running."""
    functions = {"工作日后": Function(("n",), working_days_later)}
    driver = Driver(timed(text="=工作日后(5)"), functions=functions)
    (timer,) = driver.run.timers()
    later = {"工作日后": Function(("n",), lambda days: working_days_later(days) + timedelta(days=1))}
    due = driver.run.due_as_of(timer.id, MONDAY, later)
    assert due == timer.due + timedelta(days=1)
    assert driver.run.due_as_of(driver.task("a").id, MONDAY, later) is None
    with pytest.raises(NotFound):
        driver.run.due_as_of("0" * 32, MONDAY, later)
    driver.call("reschedule", {timer.id: due})
    assert driver.due() == [("late", due)]
