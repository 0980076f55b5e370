"""Variables belong to scopes; a step writes what its node declares, and nothing else crosses a border."""

from datetime import date, datetime
from decimal import Decimal
from itertools import permutations, product

import pytest

from engine import workflow
from engine.errors import Invalid

from .diagrams import each, loop, one_round
from .drawing import Draw, document, line, properties
from .driver import Driver


@pytest.mark.parametrize("orders", list(product(permutations("xy"), repeat=3)))
def test_edits_of_parallel_branches_stand_after_the_join_in_every_round(orders):
    driver = Driver(loop("block"), {"vx": "old", "vy": "old"})
    for number, order in enumerate(orders):
        for branch in order:
            assert driver.open() == sorted(set(order) - set(order[: order.index(branch)]))
            driver.do(branch, **{f"v{branch}": number})
        assert (driver.data()["vx"], driver.data()["vy"]) == (number, number)
        driver.do("d", again=number < 2)
    assert driver.run.finished


def test_a_value_that_no_output_reads_is_refused_and_changes_nothing():
    driver = Driver(loop("tasks"))
    with pytest.raises(Invalid) as refused:
        driver.do("a", k=1, other=2)
    assert refused.value.code == "workflow.undeclared"
    assert "other" in refused.value.message
    assert (driver.open(), driver.data()) == (["a"], {})
    driver.do("a", k=1)
    assert driver.open() == ["d"]


def test_outputs_compute_over_what_was_submitted_on_top_of_the_scope():
    d = Draw()
    outputs = [("=price * count + fee", "total"), ("=upper case(name)", "title"), ("fixed", "kind")]
    d.flow(d.start(), d.task("a", outputs), d.task("b"), d.end())
    driver = Driver(document(d), {"fee": Decimal("0.50"), "count": 1})
    assert driver.definition.nodes["a"].submits == {"price", "count", "fee", "name"}
    driver.do("a", price=Decimal("2.25"), count=2, name="abc")
    assert driver.data() == {
        "fee": Decimal("0.50"),
        "count": 1,
        "total": Decimal("5.00"),
        "title": "ABC",
        "kind": "fixed",
    }


def test_inputs_are_seen_at_the_task_in_order_and_are_never_stored():
    d = Draw()
    d.flow(d.start(), d.task("a", [("=twice", "kept")], inputs=[("=n * 2", "twice"), ("=twice + 1", "more")]), d.end())
    driver = Driver(document(d), {"n": 4})
    assert driver.run.scope(driver.task("a").id) == {"n": 4, "twice": 8, "more": 9}
    assert driver.data() == {"n": 4}
    driver.do("a")
    assert driver.data() == {"n": 4, "kept": 8}


def test_a_called_process_sees_only_its_inputs_and_gives_only_its_outputs():
    driver = Driver(loop("call"), {"k": 7, "secret": 1})
    assert driver.data("call") == {"given": 7}
    assert driver.run.scope(driver.task("call/in1").id) == {"given": 7}
    one_round(driver, "call", again=False, number=5)
    assert driver.run.scopes() == {"": {"k": 5, "secret": 1, "again": False}}


def test_a_sub_process_reads_and_writes_through_and_keeps_its_inputs_to_itself():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("t", ["shared", "fresh", "own"]), inner.end("ie"))
    d.flow(d.start(), d.sub("sub", inner, inputs=[("=shared + 1", "own")], outputs=[("=own * 10", "result")]), d.end())
    driver = Driver(document(d), {"shared": 1})
    assert driver.run.scopes() == {"": {"shared": 1}, "sub": {"own": 2}}
    assert driver.run.scope("sub") == {"shared": 1, "own": 2}
    driver.do("sub/t", shared=5, fresh=6, own=7)
    assert driver.run.scopes() == {"": {"shared": 5, "fresh": 6, "result": 70}}


def test_an_item_keeps_what_is_written_in_it():
    driver = Driver(each(), {"units": ["a", "b"], "opinion": "of the case"})
    driver.do("mi#0", opinion="of a")
    assert driver.data("mi#0") == {
        "loopCounter": 1,
        "u": "a",
        "opinion": "of a",
        "=result": {"unit": "a", "opinion": "of a"},
    }
    assert driver.run.scope("mi#0") == {"units": ["a", "b"], "opinion": "of a", "u": "a", "loopCounter": 1}
    assert driver.run.scope("mi#1")["opinion"] == "of the case"
    driver.do("mi#1", opinion="of b")
    assert driver.data()["opinion"] == "of the case"
    assert "u" not in driver.data()


def test_whole_numbers_become_decimals_before_anything_reads_them():
    driver = Driver(document(line("a")), {"n": [1, {"m": 2}], "yes": True})
    assert driver.data() == {"n": [Decimal(1), {"m": Decimal(2)}], "yes": True}
    assert type(driver.data()["n"][1]["m"]) is Decimal
    assert driver.data()["yes"] is True


@pytest.mark.parametrize("value", [1.5, {1, 2}, b"x", object(), {1: 2}, datetime(2026, 1, 1), [date(2026, 1, 1), 0.1]])
def test_what_would_not_come_back_from_the_store_is_refused(value):
    driver = Driver(document(line("a")))
    with pytest.raises(Invalid) as refused:
        driver.do("a", k=value)
    assert refused.value.code == "workflow.bad-value"
    assert driver.open() == ["a"]
    with pytest.raises(Invalid):
        workflow.start(driver.definition, driver.runtime, {"k": value})


def test_a_function_is_no_value_of_a_variable():
    d = Draw()
    d.flow(d.start(), d.task("a", [("=function(x) x + k", "f")]), d.end())
    driver = Driver(document(d))
    with pytest.raises(Invalid) as refused:
        driver.do("a", k=1)
    assert refused.value.code == "workflow.bad-value"


def test_what_the_caller_changes_in_its_own_lists_later_does_not_reach_the_case():
    given = {"k": [1]}
    driver = Driver(document(line("a")), store=False)
    driver.do("a", **given)
    given["k"].append(2)
    assert driver.data() == {"k": [1]}


def test_two_tokens_at_one_sub_process_have_scopes_of_their_own():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("t", ["own"]), inner.end("ie"))
    d.start(), d.both("split"), d.xor("merge"), d.end()
    d.sub("sub", inner, inputs=[("=null", "own")])
    d.flow("s", "split"), d.flow("split", d.task("x", ["k"]), "merge"), d.flow("split", d.task("y", ["k"]), "merge")
    d.flow("merge", "sub", "e")
    driver = Driver(document(d))
    driver.do("x", k=1), driver.do("y", k=2)
    assert driver.open() == ["sub/t", "sub~2/t"]
    driver.do("sub~2/t", own="second")
    assert driver.run.scopes() == {"": {"k": 2}, "sub": {"own": None}}
    driver.call("return_to", "sub/t")
    driver.do("sub/t", own="first")
    assert driver.run.finished


def test_a_task_writes_what_another_writes_and_its_own_over_it():
    d = Draw()
    d.task("a", [("=amount * 2", "double"), ("=note", "note")])
    d.task("b", [('="again"', "note"), ("=more", "more")], extra=properties(outputsOf="a"))
    d.flow(d.start(), "a", "b", d.end())
    driver = Driver(document(d))
    assert driver.definition.nodes["b"].submits == {"amount", "more"}
    driver.do("a", amount=Decimal(1), note="first")
    driver.do("b", amount=Decimal(5), more=True)
    assert driver.data() == {"double": Decimal(10), "note": "again", "more": True}


def test_outputs_of_a_node_of_another_kind_are_not_taken_over():
    d = Draw()
    d.task("a", ["k"], extra=properties(outputsOf="s"))
    d.flow(d.start(), "a", d.end())
    assert dict(Driver(document(d)).definition.nodes["a"].outputs) == {"k": "=k"}
