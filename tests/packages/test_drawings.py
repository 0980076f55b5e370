"""The diagrams are meant to be read: the checks of a drawing find what cannot be, and nothing in the packages."""

import re

import pytest

from engine.packages.beginning import SKELETON
from tests.installations import BPMN
from tests.packages.drawn import Box, Drawn, Segment

DIAGRAMS = {path.parent.name: path for path in (*sorted(BPMN.glob("*/process.bpmn")), SKELETON / "process.bpmn")}
SOURCE = (BPMN / "leader_review" / "process.bpmn").read_text(encoding="utf-8")


def moved(key: str, bounds: str, inner: str = "") -> Drawn:
    """The leader review with one shape or one label somewhere else."""
    start = SOURCE.index(f'bpmnElement="{key}"')
    place = SOURCE.index("<dc:Bounds", SOURCE.index(inner, start))
    rest = re.sub(r"<dc:Bounds [^>]*/>", f"<dc:Bounds {bounds} />", SOURCE[place:], count=1)
    return Drawn.read((SOURCE[:place] + rest).encode())


@pytest.mark.parametrize("package", DIAGRAMS)
def test_every_diagram_can_be_read(package: str) -> None:
    drawn = Drawn.read(DIAGRAMS[package].read_bytes())
    assert drawn.labels and drawn.routes
    assert list(drawn.faults()) == []


def test_a_label_on_a_node_and_one_far_away_are_found() -> None:
    node = Drawn.read(SOURCE.encode()).boxes["Task_submit"]
    faults = set(moved("Gw_quorum", f'x="{node.left}" y="{node.top}" width="60" height="14"', "BPMNLabel").faults())
    assert {"label Gw_quorum is on node Task_submit", "label Gw_quorum is far from what it names"} <= faults


def test_words_on_words_and_under_a_line_are_found() -> None:
    drawn = Drawn.read(SOURCE.encode())
    other, way = drawn.labels["Flow_resolved"], drawn.routes["Flow_resolved"][0]
    on = moved("Gw_quorum", f'x="{other.left}" y="{other.top}" width="108" height="14"', "BPMNLabel")
    under = moved("Gw_quorum", f'x="{way.x1}" y="{way.y1 - 7}" width="84" height="14"', "BPMNLabel")
    assert "label Gw_quorum is on label Flow_resolved" in set(on.faults())
    assert "label Gw_quorum is under flow Flow_resolved" in set(under.faults())


def test_a_node_in_the_way_of_a_flow_is_found() -> None:
    drawn = Drawn.read(SOURCE.encode())
    way = drawn.routes["Flow_amend_lapsed"][0]
    faults = set(moved("End_closed", f'x="{way.x1 + 100}" y="{way.y1 - 18}" width="36" height="36"').faults())
    assert "flow Flow_amend_lapsed runs through node End_closed" in faults
    assert "flow Flow_closed ends off the border of its node" in faults


def test_flows_on_one_another_are_found_where_they_neither_part_nor_join() -> None:
    drawn = Drawn.read(SOURCE.encode())
    drawn.routes["Flow_voted"] = list(drawn.routes["Flow_minuted"])
    drawn.routes["Flow_begin_record"] = list(drawn.routes["Flow_to_record"])
    on = [fault for fault in drawn.faults() if " is on flow " in fault]
    assert on == ["flow Flow_voted is on flow Flow_minuted"]


def test_flows_that_cross_are_found() -> None:
    drawn = Drawn.read(SOURCE.encode())
    before = drawn.routes["Flow_voted"]
    (way,) = drawn.routes["Flow_minuted"]
    middle = (way.x1 + way.x2) / 2
    drawn.routes["Flow_voted"] = [*before, Segment(middle, way.y1 - 20, middle, way.y1 + 20)]
    assert "flow Flow_voted crosses flow Flow_minuted" in set(drawn.faults())
    drawn.routes["Flow_voted"] = [*before, Segment(middle, way.y1 - 20, middle, way.y1)]
    faults = set(drawn.faults())
    assert "flow Flow_voted crosses flow Flow_minuted" not in faults
    assert "flow Flow_voted is on flow Flow_minuted" in faults


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 5, 10, 5), (5, 0, 5, 10), True),
        ((5, 0, 5, 10), (0, 5, 10, 5), True),
        ((0, 5, 10, 5), (5, 5, 5, 10), False),  # ends on the other: there they join
        ((0, 5, 10, 5), (10, 0, 10, 10), False),
        ((0, 5, 10, 5), (2, 5, 8, 5), False),
        ((5, 0, 5, 10), (5, 2, 5, 8), False),
        ((0, 5, 10, 5), (20, 0, 20, 10), False),
    ],
)
def test_whether_segments_cross(one: tuple[float, ...], other: tuple[float, ...], expected: bool) -> None:
    assert Segment(*one).crosses(Segment(*other)) is expected
    assert Segment(*other).crosses(Segment(*one)) is expected


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ((0, 5, 20, 5), True),
        ((0, 0, 20, 0), False),  # along the border
        ((0, 0, 4, 20), False),
        ((0, 0, 20, 20), True),
        ((12, 5, 20, 5), False),
    ],
)
def test_whether_a_segment_runs_through_a_box(way: tuple[float, ...], expected: bool) -> None:
    assert Segment(*way).cuts(Box(4, 0, 12, 10)) is expected
