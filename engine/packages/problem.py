"""What is wrong with a package: one finding a fault, and the error that carries all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from engine.errors import Invalid

Severity = Literal["error", "warning"]
SHOWN = 200  # a hostile package must not turn into megabytes of text


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault: the file, the element in it (an id, a key path, a cell; empty for the whole file) and how to mend it.

    `message` is one Chinese sentence that ends with what to do. An error keeps a package from being used, a warning
    does not.
    """

    file: str
    element: str
    code: str
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.file}: {self.element or '-'}: {self.code}: {self.message}"


class PackageProblems(Invalid):
    """The package cannot be read or used; `findings` has every reason at once."""

    code = "package.problems"

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        lines = [str(finding) for finding in self.findings[:SHOWN]]
        super().__init__("流程包有以下问题：\n" + "\n".join(lines), findings=self.findings)


def shown(text: object, limit: int = 80) -> str:
    """A piece of a package as a message may quote it: one line, printable, short."""
    plain = "".join(character if character.isprintable() else "�" for character in str(text)[: limit + 1])
    return plain if len(plain) <= limit else plain[:limit] + "…"
