"""Between what is typed and what it means: text in, Decimal, date, str out, and back again."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import Invalid
from engine.forms.contacts import mail_address, mobile
from engine.forms.credit import credit_code
from engine.forms.dates import date_parts, read_date
from engine.forms.faults import Fault, unread_of
from engine.forms.model import Field
from engine.forms.names import clause_list, organisation_name, person_name

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,12})?")
_CHECKS: dict[str, Callable[[str], str]] = {
    "name": person_name,
    "mobile": mobile,
    "email": mail_address,
    "clause": clause_list,
    "org_name": organisation_name,
    "uscc": lambda text: credit_code(text).text,
    "uscc-association": lambda text: credit_code(text, association=True).text,
}
CHECKS = frozenset(_CHECKS)


def show_parts(entry: Field, value: Any) -> dict[str, str]:
    """The text of each input of a field that shows this value."""
    unread = unread_of(value)
    if unread is not None:
        return dict(unread.parts)
    if entry.type == "datetime":
        if isinstance(value, date):
            return date_parts(value)
        return {"year": "" if value is None else str(value), "month": "", "day": ""}
    return {"text": show_text(value)}


def show_text(value: Any) -> str:
    """A single value as the text of an input."""
    if value is None or isinstance(value, Mapping | list | tuple):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def read_parts(entry: Field, parts: Mapping[str, str]) -> Any:
    """The typed value; None where nothing was typed. Raises `Fault` where the text cannot be read as the type."""
    if entry.type == "datetime":
        return read_date(parts, entry.label)
    text = parts.get("text", "")
    if entry.type == "number":
        return _read_number(entry, text)
    return _read_text(entry, text)


def check_text(entry: Field, text: str) -> str:
    """Apply the field's `check` to a text. Raises `engine.errors.Invalid`."""
    check = _CHECKS.get(entry.limits.check)
    return check(text) if check is not None else text


def text_warnings(entry: Field, text: str) -> tuple[str, ...]:
    """Doubts about a text that passed its check."""
    return credit_code(text).warnings if entry.limits.check.startswith("uscc") else ()


def _read_number(entry: Field, text: str) -> Decimal | None:
    typed = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", text))
    if not typed:
        return None
    if not _NUMBER.fullmatch(typed):
        example = "12.5" if entry.limits.decimals else "12"
        raise Fault(f"{entry.label}须为数字，例如 {example}", code="number.form")
    return Decimal(typed)


def _read_text(entry: Field, text: str) -> str | None:
    typed = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not typed:
        return None
    try:
        return check_text(entry, typed)
    except Invalid:
        return typed
