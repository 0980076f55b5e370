"""String functions without patterns. Positions count characters (code points) from 1, or from -1 at the end."""

from decimal import Decimal

from engine.feel.builtins.conversion import position
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.run import Run
from engine.feel.values import Value


@builtin("substring", "string: string", "start position: number", "[length: number?]")
def substring(run: Run, string: str, start: Decimal, length: Decimal | None = None) -> str:
    first = position(start)
    if not 1 <= abs(first) <= len(string):
        raise Fault(f"文本有 {len(string)} 个字符，没有第 {first} 个")
    begin = first - 1 if first > 0 else len(string) + first
    if length is None:
        return string[begin:]
    count = position(length)
    if not 1 <= count <= len(string) - begin:
        raise Fault(f"从第 {first} 个字符起有 {len(string) - begin} 个字符，长度应当在 1 到这个数之间，这里是 {length}")
    return string[begin : begin + count]


@builtin("string length", "string: string")
def string_length(run: Run, string: str) -> Decimal:
    return Decimal(len(string))


@builtin("upper case", "string: string")
def upper_case(run: Run, string: str) -> str:
    return string.upper()


@builtin("lower case", "string: string")
def lower_case(run: Run, string: str) -> str:
    return string.lower()


@builtin("substring before", "string: string", "match: string")
def substring_before(run: Run, string: str, match: str) -> str:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(run: Run, string: str, match: str) -> str:
    return string.partition(match)[2] if match else string


@builtin("contains", "string: string", "match: string")
def contains(run: Run, string: str, match: str) -> bool:
    return match in string


@builtin("starts with", "string: string", "match: string")
def starts_with(run: Run, string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(run: Run, string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("trim", "string: string")
def trim(run: Run, string: str) -> str:
    """Without the white space at both ends; an extension that other engines have too."""
    return string.strip()


@builtin("string join", "list: list", "[delimiter: string?]")
def string_join(run: Run, values: list[Value], delimiter: str | None = None) -> str:
    texts = [value for value in values if value is not None]
    if any(text.__class__ is not str for text in texts):
        raise Fault("列表里有不是文本的项")
    run.grow(sum(map(len, texts)) + len(delimiter or "") * len(texts))
    return (delimiter or "").join(texts)
