"""Why one typed value does not hold, and the text that could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MISSING = "missing"


class Fault(Exception):
    """A value that does not hold; `part` names the wrong part of a date, `code` is `missing` where nothing stands."""

    def __init__(self, message: str, code: str = "invalid", part: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.part = part


@dataclass(frozen=True)
class Unread:
    """Typed text that could not be read as its type; kept so that it can be shown again."""

    parts: Mapping[str, str]


def unread_of(value: Any) -> Unread | None:
    """The unread text in a value, whether held in memory or saved in a draft as `{"$typed": {...}}`."""
    if isinstance(value, Unread):
        return value
    if isinstance(value, Mapping) and isinstance(value.get("$typed"), Mapping):
        return Unread({str(part): str(text) for part, text in value["$typed"].items()})
    return None
