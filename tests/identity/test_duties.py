import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.identity import separation

EXCLUSIVE = (("accept", "draft"), ("draft", "sign"), ("sign", "seal"), ("handle_a", "handle_b", "recheck"))


@pytest.mark.parametrize(
    ("held", "duty", "conflict"),
    [
        ({}, "sign", None),
        ({"draft": ["p1"]}, "sign", "draft"),
        ({"draft": ["p2"]}, "sign", None),
        ({"draft": ["p2", "p1"]}, "sign", "draft"),
        ({"sign": ["p1"]}, "sign", None),
        ({"sign": ["p1"]}, "draft", "sign"),
        ({"accept": ["p1"]}, "sign", None),
        ({"handle_a": ["p1"]}, "recheck", "handle_a"),
        ({"recheck": ["p1"]}, "handle_b", "recheck"),
        ({"draft": ["p1"]}, "unheard-of", None),
    ],
)
def test_who_did_one_thing_may_not_do_the_other(held: dict[str, list[str]], duty: str, conflict: str | None) -> None:
    assert separation(held, EXCLUSIVE, duty, "p1") == conflict


DUTIES = st.sampled_from(["accept", "draft", "sign", "seal", "handle_a", "handle_b", "recheck"])
PEOPLE = st.sampled_from(["p1", "p2"])


@given(steps=st.lists(st.tuples(DUTIES, PEOPLE), max_size=20))
def test_whatever_is_tried_nobody_ever_holds_two_exclusive_duties(steps: list[tuple[str, str]]) -> None:
    held: dict[str, list[str]] = {}
    for duty, person in steps:
        if separation(held, EXCLUSIVE, duty, person) is None:
            held.setdefault(duty, []).append(person)
    for group in EXCLUSIVE:
        for person in ("p1", "p2"):
            assert len({duty for duty in group if person in held.get(duty, [])}) <= 1
