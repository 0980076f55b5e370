"""Separation of duties: whoever did one thing in a case may not do another."""

from collections.abc import Collection, Iterable, Mapping


def separation(
    duties: Mapping[str, Collection[str]], exclusive: Iterable[Collection[str]], duty: str, person: str
) -> str | None:
    """The duty that a person held in a case and that excludes `duty`; None where nothing stands in the way.

    `duties` maps a duty to the people who held it; of each group in `exclusive` a person may hold one duty only. To
    hold the same duty again is no conflict.
    """
    for group in exclusive:
        if duty not in group:
            continue
        for other in group:
            if other != duty and person in duties.get(other, ()):
                return other
    return None
