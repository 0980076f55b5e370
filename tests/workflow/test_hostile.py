"""Diagrams that mean harm, or went wrong: refused when read or stopped within a budget, in Chinese, by the element."""

import re

import pytest

from engine import workflow
from engine.packages import check_diagram

from .drawing import Draw, define, document, event, line, many, zeebe
from .driver import Driver


def script(d, name, expression, variable="x"):
    return d.task(name, extra=zeebe("script", expression=expression, resultVariable=variable), tag="scriptTask")


def refused(xml):
    findings = check_diagram(xml, "d.bpmn")
    assert findings
    assert all(re.search("[一-鿿]", finding.message) for finding in findings)
    return {finding.code for finding in findings}


def stopped(xml, variables=None, **given):
    with pytest.raises(workflow.WorkflowFault) as fault:
        Driver(xml, variables, **given)
    assert re.search("[一-鿿]", fault.value.message)
    return fault.value.code, fault.value.element


def test_a_thousand_nodes_in_a_chain():
    assert refused(document(line(*(f"t{number}" for number in range(1000))))) == {"workflow.too-many-nodes"}


def test_a_thousand_event_sub_processes():
    d = line("a")
    for number in range(1000):
        d.event_sub(f"h{number}", event("timer", "P1D"), f"t{number}")
    assert refused(document(d)) == {"workflow.too-many-nodes"}


def test_an_automatic_loop_without_end():
    d = Draw()
    d.start(), d.xor("m", "g"), d.end()
    d.flow("s", "m", script(d, "work", "=1"), "g"), d.flow("g", "m", when="=true"), d.flow("g", "e", default=True)
    code, element = stopped(document(d))
    assert code == "workflow.endless"
    assert element in ("m", "work", "g")


def test_tokens_that_double_in_each_round():
    d = Draw()
    (
        d.start(),
        d.xor("m"),
        d.both("g"),
        d.end(),
        d.flow("s", "m", "g"),
        d.flow("g", "m"),
        d.flow("g", script(d, "w", "=1"), "m"),
    )
    d.flow("g", "e")
    assert stopped(document(d))[0] == "workflow.endless"
    assert refused(document(d)) == {"workflow.tokens-pile-up"}


def test_a_signal_that_starts_what_throws_it():
    d, inner = line("a"), Draw()
    inner.node("startEvent", "hs", event("signal", "S"), isInterrupting="false")
    inner.flow("hs", inner.throw("shout", event("signal", "S")), inner.end("he"))
    d.node("subProcess", "h", inner.body(), triggeredByEvent="true")
    driver = Driver(document(d, before=define("signal", "S", "x")))
    with pytest.raises(workflow.WorkflowFault) as fault:
        driver.run.broadcast("x", {})
    assert fault.value.code == "workflow.endless"


def test_two_thousand_reviewers():
    d = Draw()
    d.flow(d.start(), d.task("mi", ["opinion"], loop=many()), d.end())
    assert stopped(document(d), {"units": list(range(2000))}) == ("workflow.too-many-items", "mi")
    assert len(Driver(document(d), {"units": list(range(500))}, reread=False).open()) == 500


def test_items_within_items_multiply_only_so_far():
    d, inner = Draw(), Draw()
    inner.flow(inner.start("is"), inner.task("mi", ["opinion"], loop=many(output="")), inner.end("ie"))
    d.flow(d.start(), d.sub("sub", inner, loop=many(element="v", output="")), d.end())
    assert stopped(document(d), {"units": list(range(400))}) == ("workflow.too-many-items", "mi")


def test_a_huge_number_of_instances():
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>=10 ** 30</loopCardinality></multiInstanceLoopCharacteristics>"
    d = Draw()
    d.flow(d.start(), d.task("mi", loop=loop), d.end())
    assert stopped(document(d)) == ("workflow.too-many-items", "mi")


def test_processes_that_call_each_other_in_a_circle():
    draws = []
    for process, target in (("p", "q"), ("q", "r"), ("r", "q")):
        d = Draw(process)
        d.flow(d.start("s" + process), d.call("c" + process, target), d.end("e" + process))
        draws.append(d)
    assert "workflow.call-cycle" in refused(document(*draws))


def test_scopes_too_deep_in_each_other():
    d = line("deep")
    for level in range(40):
        outer = Draw()
        outer.flow(outer.start(f"s{level}"), outer.sub(f"sub{level}", d), outer.end(f"e{level}"))
        d = outer
    assert refused(document(d)) & {"workflow.too-deep", "workflow.too-large"}


def test_ten_parallel_sections_in_a_row_stay_small_and_are_explored():
    d, last = Draw(), "s"
    d.start()
    for number in range(10):
        d.block(*(d.task(f"{letter}{number}") for letter in "abc"), before=f"g{number}", after=f"j{number}")
        d.flow(last, f"g{number}")
        last = f"j{number}"
    d.flow(last, d.end())
    assert check_diagram(document(d), "d.bpmn") == []
    driver = Driver(document(d), reread=False)
    most = 0
    while driver.open():
        most = max(most, driver.size)
        driver.do(driver.open()[0])
    assert driver.run.finished
    assert most < 500


SWELLING = [
    "=for a in 1..1000, b in 1..1000 return a * b",
    "=for a in 1..1000000 return a",
    '=count(for a in 1..100000000 return "x")',
    "=sum(for a in 1..1000, b in 1..1000, c in 1..1000 return 1)",
]


@pytest.mark.parametrize("expression", SWELLING)
def test_an_expression_that_swells(expression):
    d = Draw()
    d.flow(d.start(), script(d, "work", expression), d.end())
    assert stopped(document(d)) == ("workflow.expression-limit", "work")


@pytest.mark.parametrize("expression", ["=x + x", "=concatenate(x, x)", "=[x, x]", "=[x]"])
def test_a_variable_that_doubles_in_each_round(expression):
    d = Draw()
    d.start(), d.xor("m", "g"), d.end()
    d.flow("s", "m", script(d, "work", expression), "g"), d.flow("g", "m", when="=true"), d.flow("g", "e", default=True)
    start = ["abc"] if "concatenate" in expression else "abc"
    code, element = stopped(document(d), {"x": start})
    assert code in ("workflow.expression-limit", "workflow.endless", "workflow.bad-value")
    assert element in ("m", "work", "g")


def test_a_text_as_long_as_a_book():
    d = Draw()
    d.flow(d.start(), script(d, "work", "=" + "1 + " * 3000 + "1"), d.end())
    assert refused(document(d)) == {"workflow.expression"}
    d = Draw()
    d.flow(d.start(), script(d, "work", "=" + "(" * 1500 + "1" + ")" * 1500), d.end())
    assert refused(document(d)) == {"workflow.expression"}


def test_inclusive_gateways_with_many_branches_and_tokens_are_explored_within_the_bound():
    d = Draw()
    d.start(), d.end(), d.flow("s", d.either("g0"))
    for number in range(6):
        d.either(f"j{number}", f"g{number + 1}"), d.flow(f"j{number}", f"g{number + 1}")
        for branch in range(10):
            name = d.task(f"t{number}_{branch}", ["k"])
            d.flow(f"g{number}", name, when=f"=k > {branch}" if branch else None, default=not branch)
            d.flow(name, f"j{number}")
    d.flow("g6", "e")
    assert check_diagram(document(d), "d.bpmn") == []
