"""One instance an item: results by index, early ends, late and dropped items, nothing personal in the state."""

from itertools import permutations

import pytest
from zstandard import ZstdDecompressor

from engine import workflow
from engine.errors import Conflict

from .diagrams import each
from .drawing import Draw, document, line, many
from .driver import Driver


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_results_come_in_the_order_of_the_input(order):
    driver = Driver(each(), {"units": ["a", "b", "c"]})
    for index in order:
        driver.do(f"mi#{index}", opinion=index)
    assert driver.data()["opinions"] == [{"unit": unit, "opinion": index} for index, unit in enumerate("abc")]
    assert driver.open() == ["after"]
    assert set(driver.data()) == {"units", "opinions"}


def test_one_after_another_in_the_order_of_the_input():
    driver = Driver(each(sequential=True), {"units": ["a", "b"]})
    for index in range(2):
        assert driver.open() == [f"mi#{index}"]
        driver.do(f"mi#{index}", opinion=index)
    assert driver.open() == ["after"]


@pytest.mark.parametrize("sequential", [False, True])
def test_an_empty_list_is_over_at_once(sequential):
    driver = Driver(each(sequential=sequential), {"units": []})
    assert driver.open() == ["after"]
    assert driver.data()["opinions"] == []


def test_the_collection_is_an_expression():
    driver = Driver(each(collection="=concatenate(case.units, [lead])"), {"case": {"units": [1]}, "lead": 2})
    assert [task.element for task in driver.run.open_tasks()] == [1, 2]


@pytest.mark.parametrize("name", ["numberOf", "nrOf"])
def test_the_completion_condition_reads_counts_results_and_any_variable(name):
    condition = f"={name}CompletedInstances >= quorum and count(opinions) > 1 and {name}Instances = 4 and {name}ActiveInstances = 2"
    driver = Driver(each(condition), {"units": [1, 2, 3, 4], "quorum": 2})
    driver.do("mi#3", opinion="x")
    assert len(driver.open()) == 3
    driver.do("mi#0", opinion="y")
    assert driver.open() == ["after"]
    assert [opinion["unit"] for opinion in driver.data()["opinions"]] == [1, 4]
    assert list(driver.run.scopes()) == [""]


@pytest.mark.parametrize("sequential", [False, True])
def test_a_reviewer_comes_late_and_another_is_dropped(sequential):
    driver = Driver(each(sequential=sequential), {"units": ["a", "b"]})
    assert driver.call("add_item", "mi", "c") == "mi#2"
    driver.do("mi#0", opinion=0)
    driver.call("drop_item", "mi#1")
    for ended in ("mi#0", "mi#1", "mi#9"):
        with pytest.raises(Conflict) as refused:
            driver.run.drop_item(ended)
        assert refused.value.code == "workflow.item-ended"
    assert driver.open() == ["mi#2"]
    driver.do("mi#2", opinion=2)
    assert [opinion["unit"] for opinion in driver.data()["opinions"]] == ["a", "c"]
    assert driver.data()["units"] == ["a", "c"]
    assert driver.open() == ["after"]


def test_dropping_the_last_item_ends_the_multi_instance():
    driver = Driver(each(), {"units": ["a"]})
    driver.call("drop_item", "mi#0")
    assert driver.open() == ["after"]
    assert driver.data()["opinions"] == []
    with pytest.raises(Conflict) as refused:
        driver.run.add_item("mi", "b")
    assert refused.value.code == "workflow.no-items"


def test_a_dropped_item_no_longer_counts_for_the_completion():
    driver = Driver(each("=numberOfCompletedInstances * 2 > numberOfInstances"), {"units": [1, 2, 3, 4, 5]})
    driver.do("mi#0", opinion=1), driver.do("mi#1", opinion=1)
    assert len(driver.open()) == 3
    driver.call("drop_item", "mi#4"), driver.call("drop_item", "mi#3")
    assert driver.open() == ["after"]


def test_an_open_task_of_an_item_says_which_item():
    driver = Driver(each(), {"units": [{"key": "court", "name": "法院"}, {"key": "police", "name": "公安"}]})
    task = driver.task("mi#1")
    assert (task.node_id, task.path, task.item, task.element) == ("mi", "mi#1", 1, {"key": "police", "name": "公安"})


@pytest.mark.parametrize(
    ("value", "code"),
    [("abc", "workflow.no-list"), (None, "workflow.no-list"), (list(range(501)), "workflow.too-many-items")],
)
def test_a_collection_that_cannot_be_gone_through_is_a_fault_at_its_element(value, code):
    with pytest.raises(workflow.WorkflowFault) as fault:
        Driver(each(), {"units": value})
    assert (fault.value.code, fault.value.element) == (code, "mi")


@pytest.mark.parametrize("sequential", [False, True])
def test_each_item_may_call_a_process_behind_its_wall(sequential):
    d = Draw()
    loop = many(value="={u: u, answer: answer}", sequential=sequential)
    d.flow(d.start(), d.call("call", "q", inputs=[("=u", "given")], outputs=[("=k", "answer")], loop=loop), d.end())
    driver = Driver(document(d, line("in1", "in2", process="q")), {"units": ["a", "b"], "secret": 1})
    assert driver.data("call#0/call") == {"given": "a"}
    assert driver.run.scope("call#0/call") == {"given": "a"}
    for index, _ in enumerate("ab"):
        for name in ("in1", "in2"):
            driver.do(f"call#{index}/call/{name}", k=f"{name} {index}")
    assert driver.run.finished
    assert driver.data() == {
        "units": ["a", "b"],
        "secret": 1,
        "opinions": [{"u": "a", "answer": "in2 0"}, {"u": "b", "answer": "in2 1"}],
    }


def test_each_item_may_be_a_sub_process_with_loops_of_its_own():
    d, inner = Draw(), Draw()
    inner.task("t", ["v"]), inner.task("again", ["more"]), inner.xor("m", "g")
    inner.flow(inner.start("is"), "m", "t", "again", "g"), inner.flow("g", inner.end("ie"), default=True)
    inner.flow("g", "m", when="=more")
    d.flow(d.start(), d.sub("sub", inner, loop=many(value="=v")), d.end())
    driver = Driver(document(d), {"units": [1, 2], "v": "outside"})
    for round_ in range(3):
        driver.do("sub#1/t", v=round_), driver.do("sub#1/again", more=round_ < 2)
    driver.do("sub#0/t", v="once"), driver.do("sub#0/again", more=False)
    assert driver.data() == {"units": [1, 2], "v": "outside", "opinions": ["once", 2]}


def test_an_item_that_is_a_sub_process_comes_late_and_is_dropped_with_all_that_runs_in_it():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.call("call", "q"), inner.end("ie"))
    d.flow(d.start(), d.sub("outer", inner, loop=many(value="=u")), d.task("after"), d.end())
    q = Draw("q")
    q.flow(q.start("qs"), q.task("mi", ["v"], loop=many("=[1, 2]", output="")), q.end("qe"))
    q.flow(q.timer("late", "mi"), q.end("qe2"))
    driver = Driver(document(d, q), {"units": ["a"]})
    assert driver.call("add_item", "outer", "b") == "outer#1"
    assert driver.call("add_item", "outer#1/call/mi", 3) == "outer#1/call/mi#2"
    assert driver.open() == [f"outer#0/call/mi#{n}" for n in (0, 1)] + [f"outer#1/call/mi#{n}" for n in (0, 1, 2)]
    assert driver.run.scope("outer#1/call/mi#2") == {"u": 3, "loopCounter": 3}
    driver.call("drop_item", "outer#1/call/mi#0")
    driver.call("drop_item", "outer#0")
    assert driver.open() == [f"outer#1/call/mi#{n}" for n in (1, 2)]
    assert [timer.path for timer in driver.run.timers()] == ["outer#1/call"]
    assert not [path for path in driver.run.scopes() if path.startswith("outer#0")]
    driver.wait(hours=1)
    assert driver.open() == ["after"]
    assert driver.data()["opinions"] == ["b"]


def test_no_value_of_a_person_is_ever_in_the_state():
    driver = Driver(each(inputs=[("=u.name", "name")]), {"units": [{"name": "陈海澜", "id": "990101197001010011"}] * 3})
    text = ZstdDecompressor().decompress(driver.run.state()[1:]).decode()
    assert "mi" in text
    assert "陈海澜" not in text
    assert "990101197001010011" not in text


def test_the_state_of_nine_reviewers_with_a_timer_is_far_under_a_kilobyte():
    d = Draw()
    d.flow(d.start(), d.task("mi", ["opinion"], loop=many()), d.end())
    d.flow(d.timer("t", "mi", "P10D"), d.task("r", ["k"]), d.end("e2"))
    assert Driver(document(d), {"units": list(range(9))}).size < 700


def test_a_collection_that_is_a_variable_follows_its_members_and_one_that_is_computed_stays():
    driver = Driver(each(), {"units": ["a", "b"]})
    driver.call("add_item", "mi", "c")
    assert driver.data()["units"] == ["a", "b", "c"]
    driver.call("drop_item", "mi#1")
    assert driver.data()["units"] == ["a", "c"]
    computed = Driver(each(collection="=concatenate(units, [lead])"), {"units": ["a"], "lead": "b"})
    computed.call("add_item", "mi", "c")
    assert computed.data()["units"] == ["a"]


def test_what_runs_inside_adds_items_that_go_their_own_way():
    inner, d = Draw("lot"), Draw()
    inner.flow(inner.start("ls"), inner.task("vote", ["again"]), inner.service("more", "more"), inner.end("le"))
    d.sub("mi", inner, loop=many("=lots"))
    d.flow(d.start(), "mi", d.task("after", ["z"]), d.end())

    def more(step):
        if step.scope.get("again"):
            assert step.add_item("mi", "b")
        assert not step.add_item("elsewhere", "c")
        return {}

    driver = Driver(document(d), {"lots": ["a"]}, actions={"more": more})
    driver.do("mi#0/vote", again=True)
    assert driver.open() == ["mi#1/vote"]
    assert [task.element for task in driver.run.open_tasks()] == ["b"]
    driver.do("mi#1/vote", again=False)
    assert driver.open() == ["after"]
