"""Separation of duties: pairs that one person must not hold in one case."""

from collections.abc import Iterable, Mapping, Sequence


def separation(
    duties: Mapping[str, Sequence[str]], exclusive: Iterable[Sequence[str]], duty: str, person_id: str
) -> str | None:
    """The duty that the person already held in this case and that excludes `duty`; none where there is no clash."""
    for group in exclusive:
        if duty in group:
            for other in group:
                if other != duty and person_id in duties.get(other, ()):
                    return other
    return None
