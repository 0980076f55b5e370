"""Values as canonical JSON and back, exactly: sorted keys, and a tag where JSON has no type of its own."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from engine.feel import WIDE, MonthsDuration, format_wide, parse_temporal

_AS_THEY_ARE = frozenset({str, bool, type(None)})  # asked by class, since most values are of these and there are many


def encode(value: Any) -> str:
    """Canonical text: the same value always gives the same text, and 1.0 another than 1. `TypeError` for what could not
    come back the same."""
    return orjson.dumps(_pack(value), option=orjson.OPT_SORT_KEYS).decode()


def decode(text: str | bytes) -> Any:
    """The value that `encode` was given; a number is always a Decimal."""
    return _unpack(orjson.loads(text))


def _pack(value: Any) -> Any:
    kind = value.__class__
    if kind in _AS_THEY_ARE:
        return value
    if kind is dict:
        if "$" in value:
            return _pack_map_with_tag(value)
        return {key: item if item.__class__ in _AS_THEY_ARE else _pack(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [item if item.__class__ in _AS_THEY_ARE else _pack(item) for item in value]
    return _number(value) if kind is Decimal else _pack_tagged(value)


def _pack_map_with_tag(value: dict[Any, Any]) -> Any:
    if not all(isinstance(key, str) for key in value):  # of other maps, the encoder itself says it
        raise TypeError("a map whose keys are not texts does not belong in variables")
    return {"$": "m", "v": sorted((key, _pack(item)) for key, item in value.items())}


def _pack_tagged(value: Any) -> Any:
    """What JSON has no type for, and subclasses of what it has."""
    match value:
        case bool() | str():
            return value
        case int():
            return _number(Decimal(value))
        case Decimal():
            return _number(Decimal(value))
        case list() | tuple():
            return _pack(list(value))
        case dict():
            return _pack(dict(value))
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
    exact = value.as_tuple().exponent == 0 and abs(value) < 2**53
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
    kind = value.__class__
    if kind is dict:
        if "$" in value:
            return _unpack_tagged(value)
        return {key: item if item.__class__ in _AS_THEY_ARE else _unpack(item) for key, item in value.items()}
    if kind is list:
        return [item if item.__class__ in _AS_THEY_ARE else _unpack(item) for item in value]
    return Decimal(value) if kind is int else value


def _unpack_tagged(value: dict[str, Any]) -> Any:
    match value:
        case {"$": "dt", "v": text, "z": zone, "f": fold}:
            moment = datetime.fromisoformat(text).replace(fold=fold)
            return moment.replace(tzinfo=ZoneInfo(zone)) if zone else moment
        case {"$": kind, "v": inner}:
            return _READ[kind](inner)
    return {key: _unpack(item) for key, item in value.items()}
