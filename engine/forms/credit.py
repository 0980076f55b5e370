"""Unified social credit codes (GB 32100-2015) and the organisation code inside them (GB 11714)."""

import re
import unicodedata
from dataclasses import dataclass

from engine.errors import Invalid

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Registering authority -> kinds of body it registers (GB 32100-2015, table 1, with its amendment).
_CLASSES = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "129",
    "7": "129",
    "8": "19",
    "9": "123",
    "A": "19",
    "N": "1239",
    "Y": "1",
}


@dataclass(frozen=True)
class CreditCode:
    """A checked code of 18 characters, with doubts that do not refuse it."""

    text: str
    warnings: tuple[str, ...] = ()


def credit_code(text: str, association: bool = False) -> CreditCode:
    """Check a unified social credit code; `association` asks for a code of a social organisation (51).

    The organisation code inside only warns: old bodies were given new codes whose inner check does not hold.
    Raises `Invalid` with a code that begins with `credit.`.
    """
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(code) != 18:
        raise Invalid(f"统一社会信用代码须为 18 位，现在是 {len(code)} 位", code="credit.length")
    if any(character not in _ALPHABET for character in code):
        raise Invalid("统一社会信用代码只含数字和大写字母，没有 I、O、S、V、Z", code="credit.characters")
    if code[1] not in _CLASSES.get(code[0], ""):
        raise Invalid("统一社会信用代码的前两位不对，请对照登记证书核对", code="credit.class")
    if check_character(code[:17]) != code[17]:
        raise Invalid("统一社会信用代码有一位不对，请对照登记证书逐位核对", code="credit.check")
    if association and not code.startswith("51"):
        raise Invalid("社会团体的统一社会信用代码以 51 开头，请对照登记证书核对", code="credit.association")
    inner_holds = inner_check_character(code[8:16]) == code[16]
    return CreditCode(code, () if inner_holds else ("代码第 9 至 17 位的组织机构代码校验不符，请对照登记证书核对",))


def check_character(body: str) -> str:
    """The eighteenth character that belongs to the first seventeen (GB 32100)."""
    total = sum(_ALPHABET.index(character) * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def inner_check_character(body: str) -> str:
    """The ninth character that belongs to the eight of an organisation code (GB 11714)."""
    pairs = zip(body, _INNER_WEIGHTS, strict=True)
    rest = 11 - sum(_INNER_ALPHABET.index(character) * weight for character, weight in pairs) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))
