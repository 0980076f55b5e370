"""Names: of persons, rare characters included; of organisations; of clauses."""

import re
import unicodedata

from engine.errors import Invalid

_LIMIT = 50
_DOTS = str.maketrans(dict.fromkeys("•‧・∙⋅᛫", "·"))
_INSIDE = frozenset("·-'’. ")


def person_name(text: str) -> str:
    """Check the name of a person: letters of any script, `·` inside, up to 50 characters (code points).

    Look-alikes of the dot become `·` (U+00B7) and outer space is dropped; characters are otherwise kept as typed,
    since a rare one may have no composed form. Raises `Invalid` with a code that begins with `name.`.
    """
    name = re.sub(r"[ \u3000]+", " ", text.strip()).translate(_DOTS)
    if not name:
        raise Invalid("请填写姓名", code="name.empty")
    if len(name) > _LIMIT:
        raise Invalid(f"姓名不能超过 {_LIMIT} 个字，现在有 {len(name)} 个", code="name.length")
    if any(unicodedata.category(character) in ("Nd", "No") for character in name):
        raise Invalid("姓名中不能有数字，请照证件填写", code="name.digit")
    odd = next((character for character in name if not _may_stand(character)), None)
    if odd is not None:
        raise Invalid(f"姓名中不能有“{_shown(odd)}”，请照证件填写", code="name.character")
    if name[0] in _INSIDE or name[-1] in "·-":
        raise Invalid("姓名不能以符号开头或结尾，请照证件填写", code="name.edge")
    return name


def organisation_name(text: str) -> str:
    """Check the name of an organisation: half-width brackets become full-width ones, no control characters.

    Raises `Invalid` with a code that begins with `organisation.`.
    """
    name = re.sub(r"[ \u3000]+", " ", text.strip()).replace("(", "（").replace(")", "）")
    if not name:
        raise Invalid("请填写单位名称", code="organisation.empty")
    if len(name) > 100:
        raise Invalid(f"单位名称不能超过 100 个字，现在有 {len(name)} 个", code="organisation.length")
    if not name.isprintable():
        raise Invalid("单位名称中有看不见的字符，请重新输入", code="organisation.character")
    return name


def clause_list(text: str) -> str:
    """Check identifiers of clauses, separated by `/`: `MZ166-4/ZZ11-1`. Raises `Invalid` (`clause.form`)."""
    parts = [part for part in re.split(r"[/、,，;；\s]+", unicodedata.normalize("NFKC", text).strip()) if part]
    if not parts or not all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,30}", part) for part in parts):
        raise Invalid("依据条款须写条款编号，例如 MZ166-4，多个用 / 隔开", code="clause.form")
    return "/".join(part.upper() for part in parts)


def _may_stand(character: str) -> bool:
    """Private-use characters stand for rare ones in some input methods: refused, since no font of ours has them."""
    return unicodedata.category(character)[0] in "LM" or character in _INSIDE or character == "〇"


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"
