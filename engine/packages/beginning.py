"""A new package: the skeleton, a small whole package in this folder, under a name of its own."""

import re
from collections.abc import Iterable
from pathlib import Path

from engine.errors import Conflict, Invalid
from engine.packages.manifest import PREFIX, PREFIX_SHAPE, WORD, WORD_SHAPE
from engine.packages.problem import shown
from engine.packages.source import Package, export, load_files, load_folder

SKELETON = Path(__file__).parent / "skeleton"
KEY, TITLE, CASES = "new_process", "举办活动申请", "NP"  # what the skeleton is called in its files
# A title stands in XML, in TOML, in FEEL and in a document as it is, so it has no character that one of them reads.
_TITLE = re.compile(r"[^\W_][\w（）《》“”、，·—\- ]{0,59}")


def begin(folder: Path | str, title: str = TITLE, prefix: str = "", taken: Iterable[str] = ()) -> Package:
    """Write a new package into a folder, which names it; `taken` are the prefixes of case numbers that others use.

    `Invalid` for a name, a title or a prefix that a package cannot have, `Conflict` where the folder holds something
    or the prefix is taken.
    """
    root = Path(folder).absolute()
    key = root.name
    if not re.fullmatch(WORD, key):
        message = f"文件夹名“{shown(key)}”不能作流程包的标识；请写成{WORD_SHAPE}，如 bpmn/event_review。"
        raise Invalid(message, code="package.new-name", name=key)
    if not _TITLE.fullmatch(title):
        message = f"名称“{shown(title)}”写法不对；请写 60 字以内的文字，不用引号、尖括号一类的符号。"
        raise Invalid(message, code="package.new-title", title=title)
    cases = prefix or _initials(key)
    if not re.fullmatch(PREFIX, cases):
        message = f"案件编号的开头“{shown(cases)}”写法不对；请写成{PREFIX_SHAPE}。"
        raise Invalid(message, code="package.new-prefix", prefix=cases)
    if cases in set(taken):
        message = f"案件编号的开头 {cases} 已有流程包在用；请用 --prefix 换一个。"
        raise Conflict(message, code="package.new-prefix", prefix=cases)
    package = _named(key, title, cases)
    export(package, root)
    return package


def _initials(key: str) -> str:
    """LR of leader_review; of a single word its first two letters."""
    words = [word for word in key.split("_") if word]
    return ("".join(word[0] for word in words) if len(words) > 1 else key[:2]).upper()[:8]


def _named(key: str, title: str, cases: str) -> Package:
    """The skeleton under other names. What its files say of themselves is found by these very words."""
    changed = {}
    for name, data in load_folder(SKELETON).files.items():
        text = data.decode().replace(KEY, key).replace(TITLE, title)
        changed[name] = re.sub(rf"\b{CASES}\b", cases, text).encode()
    return load_files(changed)
