"""The flows taken are told exactly, each time one is taken."""

from collections import Counter

from .diagrams import each, journey, loop, one_round, timed
from .drawing import Draw, document
from .driver import Driver


def test_a_choice_takes_one_flow_and_a_loop_takes_its_flows_each_round():
    driver = Driver(loop("tasks"))
    for number in range(3):
        one_round(driver, "tasks", number < 2, number)
    once = ["f_s_m", "f_g_e"]
    assert Counter(driver.taken) == Counter(once + ["f_m_a", "f_a_d", "f_d_g"] * 3 + ["f_g_m"] * 2)


def test_the_branches_of_a_block_are_told_when_their_tokens_move():
    driver = Driver(loop("block"))
    assert driver.taken == ["f_s_m", "f_m_split", "f_split_x", "f_split_y"]
    driver.do("y", vy=1)
    assert driver.taken[4:] == ["f_y_join"]
    driver.do("x", vx=1)
    assert driver.taken[5:] == ["f_x_join", "f_join_d"]


def test_a_multi_instance_leaves_once_however_many_its_items():
    for units in ([], ["a"], ["a", "b", "c"]):
        driver = Driver(each(), {"units": units})
        driver.finish()
        assert driver.taken == ["f_s_mi", "f_mi_after", "f_after_e"]


def test_an_interrupted_task_does_not_leave_by_its_own_flow():
    driver = Driver(timed())
    driver.wait(days=1)
    driver.do("r", k=1)
    assert driver.taken == ["f_s_a", "f_late_r", "f_r_e2"]


def test_a_timer_that_does_not_interrupt_adds_its_own_flows():
    driver = Driver(timed(interrupt=False))
    driver.wait(days=1)
    driver.do("a", k=1), driver.do("r", k=1), driver.do("b", k=1)
    assert Counter(driver.taken) == Counter(["f_s_a", "f_late_r", "f_a_b", "f_r_e2", "f_b_e"])


def test_a_called_process_tells_its_own_flows_between_those_round_it():
    driver = Driver(journey(), {"units": []})
    driver.finish()
    inside = ["f_sq_in1", "f_in1_in2", "f_in2_eq"]
    assert driver.taken[-6:] == ["f_mi_call", *inside, "f_call_last", "f_last_e"]


def test_a_return_takes_no_flow():
    driver = Driver(journey(), {"units": []})
    driver.do("first")
    before = list(driver.taken)
    driver.call("return_to", "first")
    assert driver.taken == before


def test_flows_of_one_restored_step_only_are_told_by_the_run():
    driver = Driver(loop("tasks"))
    assert driver.run.taken == []
    driver.run.complete(driver.task("a").id, {"k": 1})
    assert driver.run.taken == ["f_a_d"]


def test_a_terminate_end_takes_its_flow_and_stops_the_others():
    d = Draw()
    d.start(), d.both("split"), d.node("endEvent", "t", "<terminateEventDefinition/>"), d.end()
    d.flow("s", "split"), d.flow("split", d.task("x"), "t"), d.flow("split", d.task("y"), "e")
    driver = Driver(document(d))
    driver.do("x")
    assert driver.run.finished
    assert driver.run.end_node == "t"
    assert driver.taken == ["f_s_split", "f_split_x", "f_split_y", "f_x_t"]
