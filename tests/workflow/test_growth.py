"""A case stays small however often it goes round: counted in bytes and tokens, not in time."""

import pytest

from .diagrams import loop, one_round
from .drawing import Draw, document
from .driver import Driver


@pytest.mark.parametrize("kind", ["tasks", "block", "each", "call"])
def test_two_hundred_rounds_take_no_more_room_than_one(kind):
    driver, sizes = Driver(loop(kind), {"units": ["a", "b", "c"]}, reread=False), []
    for number in range(200):
        one_round(driver, kind, number < 199, number, "xy" if number % 2 else "yx")
        sizes.append(driver.size)
    assert driver.run.finished
    assert max(sizes[:-1]) - min(sizes[:-1]) < 40
    assert max(sizes) < 700


def test_two_hundred_returns_take_no_more_room_than_one():
    driver, sizes = Driver(loop("block"), reread=False), []
    for number in range(200):
        driver.do("x", vx=number), driver.do("y", vy=number)
        driver.call("return_to", "x" if number % 2 else "split")
        if "y" not in driver.open():
            driver.call("return_to", "split")
        sizes.append(driver.size)
    assert max(sizes) - min(sizes) < 40


def test_twenty_blocks_in_a_row_stay_small():
    d, last = Draw(), "s"
    d.start()
    for number in range(20):
        d.block(d.task(f"x{number}"), d.task(f"y{number}"), before=f"split{number}", after=f"join{number}")
        d.flow(last, f"split{number}")
        last = f"join{number}"
    d.flow(last, d.end())
    driver, most = Driver(document(d)), 0
    while driver.open():
        most = max(most, driver.size)
        driver.do(driver.open()[0])
    assert driver.run.finished
    assert most < 400


def test_a_chain_of_automatic_steps_as_long_as_a_diagram_may_be_runs_through():
    d = Draw()
    names = [d.service(f"n{number}", "note") for number in range(297)]
    d.flow(d.start(), *names, d.end())
    seen = []
    driver = Driver(document(d), actions={"note": lambda step: seen.append(step.node_id) or {}})
    assert driver.run.finished
    assert seen == names
