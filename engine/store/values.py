"""Values as canonical JSON and back, exactly: sorted keys, and a tag where JSON has no type of its own."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from engine.feel import WIDE, MonthsDuration, format_wide, parse_temporal


def encode(value: Any) -> str:
    """Canonical text: the same value always gives the same text, and 1.0 another than 1. `TypeError` for what could not
    come back the same."""
    return orjson.dumps(_pack(value), option=orjson.OPT_SORT_KEYS).decode()


def decode(text: str | bytes) -> Any:
    """The value that `encode` was given; a number is always a Decimal."""
    return _unpack(orjson.loads(text))


def _pack(value: Any) -> Any:
    match value:
        case None | bool() | str():
            return value
        case int():
            return _number(Decimal(value))
        case Decimal():
            return _number(value)
        case list() | tuple():
            return [_pack(item) for item in value]
        case dict() if all(isinstance(key, str) for key in value):
            plain = {key: _pack(item) for key, item in value.items()}
            return {"$": "m", "v": sorted(plain.items())} if "$" in plain else plain
        case datetime() if value.tzinfo is not None:
            return {"$": "dt", "v": value.isoformat(), "z": _place(value), "f": value.fold}
        case datetime():
            return {"$": "ldt", "v": value.isoformat()}
        case date():
            return {"$": "d", "v": value.isoformat()}
        case time() if _place(value):
            return {"$": "zt", "v": [value.isoformat(), _place(value)]}
        case time():
            return {"$": "t", "v": value.isoformat()}
        case timedelta():
            return {"$": "p", "v": [value.days, value.seconds, value.microseconds]}
        case MonthsDuration():
            return {"$": "ym", "v": value.months}
    if isinstance(value, WIDE):
        return {"$": "w", "v": format_wide(value)}
    raise TypeError(f"{type(value).__name__} does not belong in variables")


def _place(value: datetime | time) -> str | None:
    """The name of a zone that is a place; its offset alone would forget summer time."""
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _number(value: Decimal) -> Any:
    whole = value == value.to_integral_value() if value.is_finite() else False
    exact = whole and value.as_tuple().exponent == 0 and abs(value) < 2**53
    return int(value) if exact else {"$": "n", "v": str(value)}


_READ: dict[str, Callable[[Any], Any]] = {
    "n": Decimal,
    "d": date.fromisoformat,
    "t": time.fromisoformat,
    "zt": lambda parts: time.fromisoformat(parts[0]).replace(tzinfo=ZoneInfo(parts[1])),
    "ldt": datetime.fromisoformat,
    "p": lambda parts: timedelta(*parts),
    "ym": MonthsDuration,
    "w": parse_temporal,
    "m": lambda pairs: {key: _unpack(item) for key, item in pairs},
}


def _unpack(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int():
            return Decimal(value)
        case list():
            return [_unpack(item) for item in value]
        case {"$": "dt", "v": text, "z": zone, "f": fold}:
            moment = datetime.fromisoformat(text).replace(fold=fold)
            return moment.replace(tzinfo=ZoneInfo(zone)) if zone else moment
        case {"$": kind, "v": inner}:
            return _READ[kind](inner)
        case dict():
            return {key: _unpack(item) for key, item in value.items()}
    return value
