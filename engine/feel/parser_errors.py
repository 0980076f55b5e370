"""The sentences of syntax errors: where, what stands there, what could stand there, and what it most likely meant."""

from collections.abc import Sequence

from engine.feel import lexer
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import Token

_FULL_WIDTH = dict(zip("（）［］【】，：；＞＜＝＋－＊／．？“”‘’＂", '()[][],:;><=+-*/.?""\'\'"', strict=True))
_FULL_WIDTH.update({"、": ",", "≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/"})
_FOREIGN = {"&": "and", "|": "or", "!": "not(…)", "%": "modulo(…)", "^": "**", ";": ",", "~": "not(…)"}


def unexpected(text: str, tokens: Sequence[Token], index: int, expected: tuple[str, ...]) -> FeelSyntaxError:
    """The token at `index` cannot stand there."""
    token = tokens[index]
    shown = "、".join(f"“{item}”" if item.isascii() else item for item in expected)
    where = f"第 {token.start + 1} 个字符处"
    hint = _hint(token, tokens[index - 1] if index else None)
    sentence = f"{where}：不应当出现“{token.text[:40]}”，应当是{shown}"
    if token.kind == lexer.END:
        sentence = f"{where}：表达式没有写完，还应当有{shown}"
    return FeelSyntaxError("feel.syntax", f"{sentence}。{hint}" if hint else sentence, token.start, expected)


def _hint(token: Token, previous: Token | None) -> str:
    if token.kind in (lexer.STRING, lexer.AT):
        return "文本没有结束的引号" if not lexer.is_closed(token) else ""
    if token.text == "/*":
        return "注释没有结束的“*/”"
    if token.text in _FULL_WIDTH:
        return f"这是全角符号，请改用半角的“{_FULL_WIDTH[token.text]}”"
    if token.text == "=" and previous is not None and previous.text == "=":
        return "“等于”只写一个“=”"
    if token.text in _FOREIGN:
        return f"FEEL 里写作“{_FOREIGN[token.text]}”"
    if token.kind == lexer.WORD and previous is not None and previous.kind == lexer.WORD:
        return f"如果“{previous.text} {token.text}”是一个名称，它不在已知的名称里"
    return ""


def bad_literal(position: int, sentence: str) -> FeelSyntaxError:
    """A literal is written well but stands for nothing."""
    return FeelSyntaxError("feel.literal", f"第 {position + 1} 个字符处：{sentence}", position)


def too_deep(position: int) -> FeelSyntaxError:
    """The nesting would not fit the interpreter's stack."""
    sentence = f"第 {position + 1} 个字符处：嵌套太深，请拆成几个表达式"
    return FeelSyntaxError("feel.too-deep", sentence, position)


def too_long(length: int, limit: int) -> FeelSyntaxError:
    """The text is longer than any expression a person writes."""
    return FeelSyntaxError("feel.too-long", f"表达式有 {length} 个字符，超过了 {limit} 个的上限", limit)
