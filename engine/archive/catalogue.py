"""The catalogue of a bundle, for machines (XML) and for people (HTML)."""

import hashlib
from html import escape
from typing import Any

from lxml import etree

from engine.archive.contents import CaseContents, Item

KINDS = {
    "document": "正式文书",
    "entry": "表单",
    "opinions": "意见链",
    "events": "事件链",
    "attachment": "附件",
}
LABELS = {
    "number": "案号",
    "title": "名称",
    "organisation": "申报单位",
    "created_at": "建立",
    "submitted_at": "提交",
    "accepted_at": "受理",
    "closed_at": "办结",
}


def as_xml(contents: CaseContents) -> bytes:
    root = etree.Element("归档目录")
    facts = etree.SubElement(root, "案件")
    for name, value in contents.facts.items():
        facts.set(name, value)
    for position, item in enumerate(contents.items, 1):
        attributes = _facts(position, item)
        etree.SubElement(root, "文件", {name: str(value) for name, value in attributes.items()})
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True))


def _facts(position: int, item: Item) -> dict[str, Any]:
    return {
        "序号": position,
        "类别": KINDS[item.kind],
        "题名": item.title,
        "责任者": item.by,
        "时间": item.at,
        "路径": item.name,
        "字节": len(item.data),
        "sha256": hashlib.sha256(item.data).hexdigest(),
    }


def as_html(contents: CaseContents) -> bytes:
    told = "".join(
        f"<dt>{label}</dt><dd>{escape(contents.facts[name])}</dd>"
        for name, label in LABELS.items()
        if contents.facts[name]
    )
    rows = "".join(
        f'<tr><td>{position}</td><td>{KINDS[one.kind]}</td><td><a href="{escape(one.name)}">{escape(one.title)}</a></td>'
        f"<td>{escape(one.by)}</td><td>{one.at[:10]}</td></tr>"
        for position, one in enumerate(contents.items, 1)
    )
    head = "<tr><th>序号</th><th>类别</th><th>题名</th><th>责任者</th><th>时间</th></tr>"
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>归档目录</title></head>\n'
        f"<body><h1>归档目录</h1><dl>{told}</dl><table>{head}{rows}</table></body></html>\n"
    ).encode()
