"""Personal numbers: typed once, then sealed; only a mask comes back to a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.forms.contacts import mobile, other_document
from engine.forms.identity import identity_number

KINDS = ("id_no", "mobile")
OTHER_ID = "other_id"


@dataclass(frozen=True)
class Personal:
    """A number typed just now: its kind (`id_no`, `mobile`, `other_id`), the plain text, what it tells besides.

    The text stays out of `repr`, so that no log shows it.
    """

    kind: str
    text: str = field(repr=False)
    derived: Mapping[str, Any] = field(default_factory=dict, hash=False)
    warnings: tuple[str, ...] = ()

    @property
    def mask(self) -> str:
        """The number with its middle starred."""
        return mask(self.kind, self.text)


def mask(kind: str, text: str) -> str:
    """`990***********0015`, `138****0026`; of other documents the first and the last two characters stay."""
    head, tail = {"id_no": (3, 4), "mobile": (3, 4)}.get(kind, (1, 2))
    return text[:head] + "*" * max(len(text) - head - tail, 3) + text[-tail:]


def read_personal(kind: str, text: str, derive: tuple[str, ...], today: date) -> Personal:
    """Check a typed number. Raises `engine.errors.Invalid`."""
    if kind == "mobile":
        return Personal(kind, mobile(text))
    if kind == OTHER_ID:
        return Personal(kind, other_document(text))
    number = identity_number(text, today)
    told = {"birth": number.birth, "gender": number.gender}
    return Personal(kind, number.text, {key: told[key] for key in derive}, number.warnings)


def is_sealed(value: Any) -> bool:
    """Whether this is a number sealed before: an object with `$personal`."""
    return isinstance(value, Mapping) and "$personal" in value


def seal_personal(
    values: Mapping[str, Any], schema: Any, seal: Callable[[Personal], Mapping[str, Any]]
) -> dict[str, Any]:
    """Replace every `Personal` in nested values by the caller's object, with what it tells beside it.

    Give the object a `kind` equal to the number's, so that a number of another kind is asked for again. Numbers in
    values that the schema does not call personal are sealed too: nothing typed as personal leaves in the clear.
    """
    sealed = {key: _sealed(value, schema, seal) for key, value in values.items()}
    for value in values.values():
        if isinstance(value, Personal):
            sealed.update(value.derived)
    return sealed


def _sealed(value: Any, schema: Any, seal: Callable[[Personal], Mapping[str, Any]]) -> Any:
    if isinstance(value, Personal):
        return dict(seal(value))
    if isinstance(value, Mapping):
        return seal_personal(value, schema, seal)
    if isinstance(value, list | tuple):
        return [_sealed(entry, schema, seal) for entry in value]
    return value
