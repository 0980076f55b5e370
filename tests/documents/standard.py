"""The values of GB/T 9704—2012 that printed pages are compared with. Millimetres unless the name says otherwise.

A tolerance of 0.3 mm holds throughout; where another stands, the comment says why.
"""

from dataclasses import dataclass

TOLERANCE = 0.3
EM, SMALL = 16 * 25.4 / 72, 14 * 25.4 / 72  # a character of 3号 and of 4号
CELL = 156 / 28


@dataclass(frozen=True)
class Value:
    wanted: float
    limit: float = TOLERANCE


VALUES = {
    # Paper and core
    "paper width": Value(210),
    "paper height": Value(297),
    "core's left edge (订口)": Value(28),
    "core's right edge": Value(184),
    "core's top (天头), ink of a full page's first line": Value(37),
    "core's bottom, ink of a full page's last line": Value(262),
    "lines on a full page": Value(22, 0),
    "pitch of lines": Value((225 - EM) / 21, 0.02),
    "characters a line": Value(28, 0.05),
    "size of text (pt)": Value(16, 0.26),  # 15.75: 28 characters of 16 pt are wider than 156 mm
    "ink beyond the core": Value(0, 0),  # how many characters
    # Head
    "mark: red": Value(1, 0),
    "mark: centre": Value(106),
    "mark: ink below the core's top": Value(35),
    "mark of a letter: ink below the paper's top": Value(30),
    "number: lines below the mark": Value(2, 0.05),
    "number: centre": Value(106),
    "number of an upward document: from the left": Value(EM),
    "签发人: from the right": Value(EM),
    "red line: below the number": Value(4),
    "red line: left": Value(28),
    "red line: width": Value(156),
    "red line: red": Value(1, 0),
    "份号: line": Value(1, 0.05),
    "紧急程度: line after 份号": Value(2, 0.05),
    "份号 and 紧急程度: left": Value(28),
    "紧急程度: 黑体": Value(1, 0),
    "letter: rules": Value(4, 0),
    "letter: rules red": Value(1, 0),
    "letter: width of the rules": Value(170),
    "letter: left end of the rules": Value(20),
    "letter: first rule below the mark": Value(4),
    "letter: last rule above the paper's foot": Value(20),
    "letter: thick over thin, thin over thick": Value(1, 0),
    "letter: number below the first rules": Value(7 / 8 * EM),
    "letter: number's right end": Value(184),
    "letter: characters in place of page 1's number": Value(0, 0),
    "title: size (pt)": Value(22, 0.1),
    "title: centre": Value(106),
    "title: lines below what is above": Value(2, 0.05),
    "title: shape of its lines": Value(1, 0),
    # Text
    "主送: lines below the title": Value(1, 0.05),
    "主送: left": Value(28),
    "text: lines below the title": Value(1, 0.05),
    "paragraph: indent in characters": Value(2, 0.06),
    "heading of level one: 黑体": Value(1, 0),
    "heading of level two: 楷体": Value(1, 0),
    "附件说明: lines below the text": Value(1, 0.05),
    "附件说明: indent in characters": Value(2, 0.06),
    "附件说明: second name's indent in characters": Value(5, 0.06),
    # 署名, date, seal
    "date: from the right, in characters": Value(4, 0.06),
    "署名: centre from the date's": Value(0),
    "seal: centre from the date's": Value(0),
    "seal: its top within a line of the text": Value(1, 0),
    "seal: presses on name and date": Value(1, 0),
    "seal: text above it on the page": Value(1, 0),
    "unsealed 署名: from the right, in characters": Value(2, 0.06),
    "unsealed date: begins after 署名, in characters": Value(2, 0.06),
    "unsealed 署名: lines below the text": Value(1, 0.05),
    "附注: lines below the date": Value(0, 0.05),
    "附注: indent in characters": Value(2, 0.06),
    # 附件
    "附件: line of its mark": Value(1, 0.05),
    "附件: mark's left": Value(28),
    "附件: mark in 黑体": Value(1, 0),
    "附件: line of its title": Value(3, 0.05),
    "附件: title's centre": Value(106),
    # 版记 and page numbers
    "版记: page, even": Value(0, 0),
    "版记: first line's thickness": Value(0.35, 0.02),
    "版记: line between": Value(0.25, 0.02),
    "版记: last line's thickness": Value(0.35, 0.02),
    "版记: width of its lines": Value(156),
    "版记: last line on the core's edge": Value(262),
    "抄送: size (pt)": Value(14, 0.1),
    "抄送: from the left": Value(SMALL),
    "抄送: turned line after the colon": Value(4 * SMALL),
    "抄送: ends with a full stop": Value(1, 0),
    "印发机关: from the left": Value(SMALL),
    "印发日期: from the right": Value(SMALL),
    "page number: size (pt)": Value(14, 0.1),
    "page number: below the core": Value(7),
    "page number: from the edge": Value(SMALL),
    "page number: written —n—": Value(1, 0),
    # 纪要
    "attendance: lines below the text": Value(1, 0.05),
    "attendance: indent in characters": Value(2, 0.06),
    "attendance: 黑体": Value(1, 0),
}
EVERYWHERE = {"paper width", "paper height", "core's left edge (订口)", "ink beyond the core", "title: size (pt)"}
TEXT = {"size of text (pt)", "paragraph: indent in characters", "title: centre", "title: shape of its lines"}
NUMBERED = {"page number: size (pt)", "page number: below the core", "page number: from the edge"}
SEALED = {
    "date: from the right, in characters",
    "署名: centre from the date's",
    "seal: centre from the date's",
    "seal: its top within a line of the text",
    "seal: presses on name and date",
    "seal: text above it on the page",
}
RED_HEAD = {name for name in VALUES if name.startswith(("red line: ", "number: lines"))} | {
    "mark: red",
    "mark: centre",
    "mark: ink below the core's top",
    "title: lines below what is above",
}
COLOPHON = {name for name in VALUES if name.startswith("版记")} | {
    "印发机关: from the left",
    "印发日期: from the right",
}
# What must be found on a document of each form, whatever it says; a survey that finds less fails.
FOUND: dict[str, set[str]] = {
    "letter": EVERYWHERE
    | TEXT
    | SEALED
    | {name for name in VALUES if name.startswith("letter: ")}
    | {"mark: red", "mark: centre", "mark of a letter: ink below the paper's top"}
    | {"title: lines below what is above", "主送: lines below the title", "主送: left"},
    "document": EVERYWHERE | TEXT | SEALED | NUMBERED | RED_HEAD | COLOPHON | {"主送: left"},
    "minutes": EVERYWHERE | TEXT | NUMBERED | RED_HEAD | COLOPHON | {"text: lines below the title"},
    "notice": EVERYWHERE | TEXT | SEALED | NUMBERED,
    "slip": EVERYWHERE | TEXT | {name for name in VALUES if name.startswith("unsealed")},
    "sheet": EVERYWHERE,
}
