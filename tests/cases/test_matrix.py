"""Every verb x ballot x timer x nesting x form, by the commands of a case on both databases.

What fails in other systems is the combination. A sample in which every two values meet is played each time, every cell
with `--full`.
"""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from tests.cases.conftest import Prepared, postgres_copy, sqlite_copy
from tests.cases.matrix.cell import FORMS, VERBS, Cell, Desk
from tests.cases.matrix.package import KINDS, NESTINGS, TIMERS
from tests.pairwise import pairwise_cells

DATABASES = ("sqlite", "postgresql")
DIMENSIONS = (VERBS, KINDS, TIMERS, NESTINGS, FORMS, DATABASES)
SAMPLE = pairwise_cells(DIMENSIONS)


@pytest.fixture(scope="module")
def desks(
    prepared_sqlite: Prepared, prepared_postgres: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Desk]]:
    """An office on each database, for all cells; afterwards every chain of it is whole."""
    folder = tmp_path_factory.mktemp("matrix")
    with (
        sqlite_copy(prepared_sqlite, folder / "sqlite") as sqlite,
        postgres_copy(prepared_postgres, folder / "postgresql") as postgres,
    ):
        made = {"sqlite": Desk(sqlite), "postgresql": Desk(postgres)}
        yield made
        assert [desk.faults() for desk in made.values()] == [[], []]


def play(desks: dict[str, Desk], cells: list[tuple[str, ...]]) -> None:
    """Every cell, also after one that fails."""
    failed = []
    for verb, kind, timer, nesting, form, database in cells:
        played = Cell(desks[database], verb, kind, timer, nesting, form)
        try:
            played.run()
        except Exception as error:
            played.abandon()
            failed.append(f"{verb} x {kind} x {timer} x {nesting} x {form} x {database}: {error!r}")
    assert not failed, f"{len(failed)} of {len(cells)} cells\n" + "\n".join(failed)


@pytest.mark.parametrize("nesting", NESTINGS)
@pytest.mark.parametrize("database", DATABASES)
def test_cells_of_the_sample(desks: dict[str, Desk], database: str, nesting: str) -> None:
    play(desks, [cell for cell in SAMPLE if cell[3] == nesting and cell[5] == database])


@pytest.mark.full
@pytest.mark.parametrize("nesting", NESTINGS)
@pytest.mark.parametrize("timer", TIMERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("database", DATABASES)
def test_every_cell(
    desks: dict[str, Desk],
    database: str,
    kind: str,
    timer: str,
    nesting: str,
    record_property: Callable[[str, object], None],
) -> None:
    cells = list(product(VERBS, (kind,), (timer,), (nesting,), FORMS, (database,)))
    play(desks, cells)
    record_property("cells of cases", len(cells))


def test_the_matrix_has_every_cell() -> None:
    count = len(list(product(*DIMENSIONS)))
    assert count == 19 * 7 * 4 * 5 * 2 * 2
    assert len(SAMPLE) == len(set(SAMPLE)) < 200


def test_every_two_values_meet_in_the_sample() -> None:
    for one, other in ((a, b) for a in range(len(DIMENSIONS)) for b in range(a)):
        met = {(cell[one], cell[other]) for cell in SAMPLE}
        assert met == set(product(DIMENSIONS[one], DIMENSIONS[other]))
