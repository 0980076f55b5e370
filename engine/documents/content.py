"""What a document says, as plain data: the composed result of a template, before any layout.

`Content` is what is stored, compared, searched by scenarios and later set in type. It holds no markup and no position.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Face = Literal["fang", "hei", "kai"]
Form = Literal["letter", "document", "minutes", "notice", "slip", "sheet"]
FORMS: tuple[Form, ...] = ("letter", "document", "minutes", "notice", "slip", "sheet")
UNNUMBERED: frozenset[Form] = frozenset(("slip", "sheet"))  # internal paper: no number, no signature, no code to check


@dataclass(frozen=True)
class Run:
    """A stretch of text in one face: 仿宋 (fang), 黑体 (hei) or 楷体 (kai)."""

    text: str
    face: Face = "fang"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text (level 0) or a heading on a line of its own (level 1 to 4: 一、 （一） 1. （1）)."""

    runs: tuple[Run, ...]
    level: int = 0

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Column:
    """A table's column. `width` is in millimetres (0: shares what is left)."""

    title: str
    width: float = 0.0
    align: Literal["left", "center"] = "center"
    names: bool = False


@dataclass(frozen=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Entry:
    """One label of a printed form with its value; `width` in millimetres for both together (0: shares what is left)."""

    label: str
    text: str
    width: float = 0.0


@dataclass(frozen=True)
class Entries:
    """A row of a printed form."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Opinion:
    """The box of one level of a review form: what is thought, who signed, on which day. `height` in millimetres."""

    label: str
    text: str
    person: str = ""
    day: str = ""
    height: float = 0.0


Block = Paragraph | Table | Entries | Opinion


@dataclass(frozen=True)
class Attachment:
    """An attachment. `name` stands in the 附件说明; with `blocks` it also has pages of its own, headed by `title`."""

    name: str
    title: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Content:
    """Everything a document says but its number, date, seal and verification code, which come with the `Frame`.

    `title` is a list of phrases: a title is broken between phrases only. `signatory` (签发人) makes a document one that
    goes upward. `attendance` are the lists of minutes: (出席, names). `whole` are people's names, kept on one line.
    """

    kind: str
    form: Form
    issuer: str
    title: tuple[str, ...]
    to: str = ""
    blocks: tuple[Block, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    signer: str = ""
    copies: str = ""
    note: str = ""
    urgency: str = ""
    contact: tuple[str, ...] = ()
    copy_number: str = ""
    precedence: str = ""
    signatory: str = ""
    printer: str = ""
    attendance: tuple[tuple[str, str], ...] = ()
    whole: tuple[str, ...] = ()

    def text(self) -> str:
        """The whole document as plain text, one line a paragraph, cells of a row separated by tabs."""
        return "\n".join(line for line in self._lines() if line)

    def _lines(self) -> Iterator[str]:
        yield from (self.copy_number, self.precedence)
        if self.signatory:
            yield "签发人：" + self.signatory
        yield "".join(self.title)
        yield self.to
        yield from _block_lines(self.blocks)
        for position, name in enumerate(attachment_labels(self.attachments)):
            yield ("附件：" if position == 0 else "") + name
        for label, names in self.attendance:
            yield f"{label}：{names}"
        yield self.signer
        yield self.note
        for attachment in self.attachments:
            if attachment.blocks:
                yield "".join(attachment.title)
                yield from _block_lines(attachment.blocks)
        if self.copies:
            yield "抄送：" + self.copies
        yield self.printer
        yield from self.contact

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the store: strings, numbers, lists and dictionaries only."""
        return {
            "kind": self.kind,
            "form": self.form,
            "issuer": self.issuer,
            "title": list(self.title),
            "to": self.to,
            "blocks": [_block_to_dict(block) for block in self.blocks],
            "attachments": [
                {"name": a.name, "title": list(a.title), "blocks": [_block_to_dict(block) for block in a.blocks]}
                for a in self.attachments
            ],
            "signer": self.signer,
            "copies": self.copies,
            "note": self.note,
            "urgency": self.urgency,
            "contact": list(self.contact),
            "copy_number": self.copy_number,
            "precedence": self.precedence,
            "signatory": self.signatory,
            "printer": self.printer,
            "attendance": [list(pair) for pair in self.attendance],
            "whole": list(self.whole),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Content":
        """The inverse of `to_dict`; KeyError or TypeError on anything else."""
        return cls(
            kind=data["kind"],
            form=data["form"],
            issuer=data["issuer"],
            title=tuple(data["title"]),
            to=data["to"],
            blocks=tuple(_block_from_dict(block) for block in data["blocks"]),
            attachments=tuple(
                Attachment(a["name"], tuple(a["title"]), tuple(_block_from_dict(block) for block in a["blocks"]))
                for a in data["attachments"]
            ),
            signer=data["signer"],
            copies=data["copies"],
            note=data["note"],
            urgency=data["urgency"],
            contact=tuple(data["contact"]),
            copy_number=data.get("copy_number", ""),  # stored before there were other forms than letter and notice
            precedence=data.get("precedence", ""),
            signatory=data.get("signatory", ""),
            printer=data.get("printer", ""),
            attendance=tuple((label, names) for label, names in data.get("attendance", ())),
            whole=tuple(data.get("whole", ())),
        )


def attachment_labels(attachments: tuple[Attachment, ...]) -> list[str]:
    """The names of the 附件说明; several are numbered `1.`, one is not."""
    if len(attachments) == 1:
        return [attachments[0].name]
    return [f"{number}.{attachment.name}" for number, attachment in enumerate(attachments, 1)]


def _block_lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Entries):
            yield "\t".join(f"{entry.label}\t{_flat(entry.text)}" for entry in block.entries)
        elif isinstance(block, Opinion):
            yield "\t".join((block.label, _flat(block.text), block.person, block.day))
        else:
            yield "\t".join(column.title for column in block.columns)
            for row in block.rows:
                yield "\t".join(_flat(cell) for cell in row)


def _flat(text: str) -> str:
    return text.replace("\n", "")


def _block_to_dict(block: Block) -> dict[str, Any]:
    """Widths as texts: stored values have no binary floats."""
    if isinstance(block, Paragraph):
        return {"level": block.level, "runs": [[run.text, run.face] for run in block.runs]}
    if isinstance(block, Entries):
        return {"entries": [[entry.label, entry.text, str(entry.width)] for entry in block.entries]}
    if isinstance(block, Opinion):
        return {"opinion": [block.label, block.text, block.person, block.day, str(block.height)]}
    columns = [{"title": c.title, "width": str(c.width), "align": c.align, "names": c.names} for c in block.columns]
    return {"columns": columns, "rows": [list(row) for row in block.rows]}


def _block_from_dict(data: dict[str, Any]) -> Block:
    if "runs" in data:
        return Paragraph(tuple(Run(text, face) for text, face in data["runs"]), int(data["level"]))
    if "entries" in data:
        return Entries(tuple(Entry(label, text, float(width)) for label, text, width in data["entries"]))
    if "opinion" in data:
        label, text, person, day, height = data["opinion"]
        return Opinion(label, text, person, day, float(height))
    columns = tuple(Column(c["title"], float(c["width"]), c["align"], c["names"]) for c in data["columns"])
    return Table(columns, tuple(tuple(row) for row in data["rows"]))
