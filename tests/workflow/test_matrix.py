"""Return, withdrawal, completing, adding and dropping x ballots x timers x nesting, stored and read afresh in between.

What fails in other systems is the combination; so every combination is a test, against a model that knows no tokens.
"""

import pytest

from .matrix import CELLS, Cell

NAMES = [" x ".join(cell) for cell in CELLS]


@pytest.mark.parametrize(("command", "kind", "timer", "nesting"), CELLS, ids=NAMES)
def test_cell(command, kind, timer, nesting, record_property):
    Cell(command, kind, timer, nesting, reread=False).run()
    record_property("cells of the engine", 1)


@pytest.mark.full
@pytest.mark.parametrize("form", [{"store": False}, {}], ids=["in memory", "read afresh after each step"])
@pytest.mark.parametrize(("command", "kind", "timer", "nesting"), CELLS, ids=NAMES)
def test_cell_in_other_forms(command, kind, timer, nesting, form, record_property):
    Cell(command, kind, timer, nesting, **form).run()
    record_property("cells of the engine", 1)


def test_the_matrix_has_every_cell():
    assert len(CELLS) == len(set(CELLS)) == 5 * 7 * 3 * 5
