"""String functions with patterns (XPath regular expressions)."""

from engine.feel import regex
from engine.feel.builtins.registry import builtin
from engine.feel.run import Run


@builtin("matches", "input: string", "pattern: string", "[flags: string?]")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    return regex.search(text, pattern, flags, run.spend)


@builtin("replace", "input: string", "pattern: string", "replacement: string", "[flags: string?]")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    result = regex.replace(text, pattern, replacement, flags, run.spend, run.grow)
    run.grow(len(result))
    return result


@builtin("split", "string: string", "delimiter: string")
def split(run: Run, text: str, delimiter: str) -> list[str]:
    return regex.split(text, delimiter, run.spend)
