"""What can be wrong with a template or with the words of a document; every message is for the person who can mend it."""

from dataclasses import dataclass

from engine.errors import HuishenError, Invalid


@dataclass(frozen=True)
class TemplateProblem:
    """One fault of a template: the line of the file (1 is the first), a code and a Chinese sentence."""

    line: int
    code: str
    message: str


class TemplateProblems(Invalid):
    """A template that may not be used; `problems` holds every fault found, in the order of lines."""

    code = "document.template"

    def __init__(self, file: str, problems: list[TemplateProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.code)))
        told = "；".join(f"第 {p.line} 行：{p.message}" for p in self.problems[:5])
        more = f"；另有 {len(self.problems) - 5} 处" if len(self.problems) > 5 else ""
        super().__init__(f"文书模板 {file} 有 {len(self.problems)} 处问题：{told}{more}。", file=file)


class ComposeError(Invalid):
    """A template that is right as such, but not with these values: something is missing, empty, of the wrong kind or too long."""

    code = "document.values"


class MissingGlyph(Invalid):
    """No installed font draws this character, so the document must not be issued.

    `details` holds `character`, `code_point` (`U+4DAE`) and `where`.
    """

    code = "document.glyph"

    def __init__(self, character: str, where: str) -> None:
        point = f"U+{ord(character):04X}"
        shown = character if character.isprintable() else "不可见字符"
        super().__init__(
            f"{where}中的“{shown}”（{point}）在公文字体中没有字形，文书不能印制；请核对原文，改用规范汉字或安装含该字的字体。",
            character=character,
            code_point=point,
            where=where,
        )


class RenderFailed(HuishenError):
    """The page renderer ended, ran out of its limits, or could not be understood; nothing was issued."""

    code = "document.render"
