"""A sample of a matrix in which every two values of different dimensions meet in some cell; always the same sample."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

Pair = tuple[int, object, int, object]


def pairwise_cells(dimensions: Sequence[Sequence[object]]) -> list[tuple[object, ...]]:
    """Far fewer cells than the whole matrix; each is begun with the first pair that has not met yet."""
    left: dict[Pair, None] = dict.fromkeys(_pairs(dimensions))
    used: Counter[tuple[int, object]] = Counter()
    cells = []
    while left:
        cell = _cell(dimensions, next(iter(left)), left, used)
        used.update(cell.items())
        for pair in _met(cell):
            left.pop(pair, None)
        cells.append(tuple(cell[place] for place in range(len(dimensions))))
    return cells


def _pairs(dimensions: Sequence[Sequence[object]]) -> Iterator[Pair]:
    for one, other in combinations(range(len(dimensions)), 2):
        for value in dimensions[one]:
            for met in dimensions[other]:
                yield one, value, other, met


def _cell(
    dimensions: Sequence[Sequence[object]], first: Pair, left: dict[Pair, None], used: Counter[tuple[int, object]]
) -> dict[int, object]:
    """The pair, and in each other dimension the value that meets most of what has not met; of several the rarest."""
    cell = {first[0]: first[1], first[2]: first[3]}
    for place in range(len(dimensions)):
        if place not in cell:
            values = dimensions[place]
            gains = {value: (_gain(cell, place, value, left), -used[place, value]) for value in values}
            cell[place] = max(values, key=gains.__getitem__)
    return cell


def _gain(cell: dict[int, object], place: int, value: object, left: dict[Pair, None]) -> int:
    return sum(_ordered(place, value, other, met) in left for other, met in cell.items())


def _met(cell: dict[int, object]) -> Iterator[Pair]:
    for one, other in combinations(sorted(cell), 2):
        yield one, cell[one], other, cell[other]


def _ordered(place: int, value: object, other: int, met: object) -> Pair:
    return (place, value, other, met) if place < other else (other, met, place, value)
