"""Identity numbers of residents: GB 11643 with its ISO 7064 MOD 11-2 check character."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from engine.errors import Invalid

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_FIRST_YEAR = 1900
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split(  # noqa: SIM905
        " "
    )
)


@dataclass(frozen=True)
class IdentityNumber:
    """A checked number: 18 characters, the birth date and gender it states, and doubts that do not refuse it."""

    text: str
    birth: date
    gender: str
    warnings: tuple[str, ...] = ()


def identity_number(text: str, today: date | None = None) -> IdentityNumber:
    """Check an identity number and read birth date and gender from it.

    Full-width characters, spaces and a lower-case x are mended. The region only warns: codes of regions that were
    dissolved stay valid for life. `today` bounds the birth date; without it no upper bound is applied.
    Raises `Invalid` with a code that begins with `identity.`.
    """
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(number) != 18:
        raise Invalid(f"身份证号码须为 18 位，现在是 {len(number)} 位", code="identity.length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Invalid("身份证号码前 17 位须为数字，最后一位为数字或 X", code="identity.characters")
    birth = _birth(number, today)
    if check_character(number[:17]) != number[17]:
        raise Invalid("身份证号码有一位不对，请对照证件逐位核对", code="identity.check")
    warnings = () if number[:2] in _PROVINCES else ("身份证号码的地区代码不常见，请对照证件核对",)
    return IdentityNumber(number, birth, "男" if int(number[16]) % 2 else "女", warnings)


def check_character(digits: str) -> str:
    """The eighteenth character that belongs to seventeen digits (ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def _birth(number: str, today: date | None) -> date:
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Invalid("身份证号码第 7 至 14 位不是真实的日期，请对照证件核对", code="identity.date") from None
    if birth.year < _FIRST_YEAR:
        raise Invalid("身份证号码中的出生年份早于 1900 年，请对照证件核对", code="identity.year")
    if today is not None and birth > today:
        raise Invalid("身份证号码中的出生日期晚于今天，请对照证件核对", code="identity.future")
    return birth
