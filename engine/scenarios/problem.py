"""What is wrong with a scenario file: one problem a fault, and the error that carries all of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import Invalid


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault: the file, the line (1 is the first), the key path in it, and one Chinese sentence that says how to mend it."""

    file: str
    line: int
    key: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行 {self.key or '-'}：{self.message}"


class ScenarioProblems(Invalid):
    """A scenario cannot be read; `problems` has every reason at once."""

    code = "scenario.problems"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("场景文件有以下问题：\n" + "\n".join(map(str, self.problems)), problems=self.problems)
