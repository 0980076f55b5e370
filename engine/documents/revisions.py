"""What the revisions after a signature changed, told in words: an answer for people, not the judgement itself."""

from typing import Any

WORDS = {
    "/Page": "页面",
    "/Pages": "页面",
    "/Annot": "批注",
    "/Catalog": "文件目录",
    "/Metadata": "元数据",
    "/EmbeddedFile": "内嵌文件",
    "/Filespec": "内嵌文件",
    "/Font": "字体",
    "/XObject": "图像或图形",
    "/DSS": "存档用的验证材料",
    "/Sig": "签名",
    "/DocTimeStamp": "时间戳",
}
MOST_REVISIONS, MOST_OBJECTS = 20, 2000


def changes_since(reader: Any, revision: int) -> tuple[str, ...]:
    """One line for each revision after this one: which kinds of objects it holds."""
    try:
        last = min(reader.xrefs.total_revisions, revision + 1 + MOST_REVISIONS)
        return tuple(_line(reader, number) for number in range(revision + 1, last))
    except Exception:  # a damaged file: the judgement stands without this
        return ()


def _line(reader: Any, number: int) -> str:
    words: list[str] = []
    for count, reference in enumerate(reader.xrefs.explicit_refs_in_revision(number)):
        if count == MOST_OBJECTS:
            break
        word = _word(reader.get_object(reference, revision=number))
        if word and word not in words:
            words.append(word)
    return f"第 {number + 1} 版修订涉及：{'、'.join(sorted(words)) or '无法识别的内容'}"


def _word(item: Any) -> str:
    found = getattr(item, "raw_get", None)
    if found is None or not hasattr(item, "get"):
        return ""
    if str(item.get("/FT", "")) == "/Sig":
        return "签名域"
    kind = str(item.get("/Type", ""))
    if not kind and hasattr(item, "data"):
        return "页面内容"
    return WORDS.get(kind, "其他对象" if kind not in ("", "/XRef", "/ObjStm") else "")
