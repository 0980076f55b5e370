"""The text as tokens, in linear time. What is no token at all becomes a BAD one; the parser says so in its place."""

import re
from typing import NamedTuple

NUMBER, STRING, AT, WORD, QUOTED, SYMBOL, BAD, END = "number", "string", "at", "word", "quoted", "symbol", "bad", "end"

# Letters of every script and the plane beyond (rare Chinese characters, emoji) start a name; full-width punctuation and
# digits are no part of one, so that a stray “，” is reported instead of becoming a name.
_START = r"(?:[^\W\d]|[\u2070-\u218f\U00010000-\U000effff])"
_PART = r"(?:\w|[\u00b7\u0300-\u036f\u203f-\u2040\u2070-\u218f\U00010000-\U000effff])"
_TOKEN = re.compile(
    r"(?P<space>(?:\s|[\u200b\ufeff\u180e])++|//[^\n\r]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?)"
    r'|(?P<at>@"(?:[^"\\]++|\\.)*+"?)'
    r'|(?P<string>"(?:[^"\\]++|\\.)*+"?)'
    r"|(?P<number>[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
    rf"|(?P<word>{_START}{_PART}*+)"
    r"|(?P<quoted>`[^`\n]++`)"
    r"|(?P<symbol>\.\.|\*\*|<=|>=|!=|->|[-+*/=<>()\[\]{},:.?'])"
    r"|(?P<bad>.)",
    re.DOTALL,
)
_FRACTION = re.compile(r"\.[0-9]++(?:[eE][+-]?[0-9]++)?")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """All tokens with an END token last. Spaces and comments are left out."""
    tokens: list[Token] = []
    position, length = 0, len(text)
    while position < length:
        match = _TOKEN.match(text, position)
        if match is None:  # pragma: no cover - the last alternative takes any character
            break
        kind = str(match.lastgroup)
        if kind == "symbol" and match.group() == "." and not _ends_operand(tokens, position):
            match = _FRACTION.match(text, position) or match
            kind = NUMBER if match.end() > position + 1 else kind
        if kind == "space":
            if match.group().startswith("/*") and not match.group().endswith("*/"):
                tokens.append(Token(BAD, "/*", position, match.end()))
        else:
            tokens.append(Token(kind, match.group(), position, match.end()))
        position = match.end()
    tokens.append(Token(END, "", length, length))
    return tokens


def _ends_operand(tokens: list[Token], position: int) -> bool:
    """Whether a dot here continues a path: it touches a name, a number or a closing bracket."""
    if not tokens or tokens[-1].end != position:
        return False
    last = tokens[-1]
    return last.kind in (WORD, QUOTED, NUMBER, STRING, AT) or last.text in (")", "]", "}")


def is_closed(token: Token) -> bool:
    """Whether a string or at-literal has its closing quote."""
    body = token.text.removeprefix("@")
    if len(body) < 2 or not body.endswith('"'):
        return False
    backslashes = len(body) - 1 - len(body[:-1].rstrip("\\"))
    return backslashes % 2 == 0


def string_value(token: Token) -> str:
    """The text a string literal or the string of an at-literal stands for."""
    body = token.text.removeprefix("@")[1:-1]
    if "\\" not in body:
        return body
    text = _ESCAPE.sub(_unescape, body)
    text = _SURROGATES.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _LONE.sub("\ufffd", text)


def _unescape(match: re.Match[str]) -> str:
    body = match.group(1)
    if len(body) > 1:
        code = int(body[1:], 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    # an unknown escape stays as written: "\d" is what people type in a pattern
    return _SIMPLE.get(body, "\\" + body)
