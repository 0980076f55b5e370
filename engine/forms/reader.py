"""Reads form-js schemas: the frame, the pages, and all problems at once."""

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from engine.forms.attributes import Json
from engine.forms.components import ComponentReader, Level
from engine.forms.model import FormProblems, FormSchema, Page
from engine.forms.sharing import Shared

MAX_BYTES = 512 * 1024
MAX_DEPTH = 40
MAX_COMPONENTS = 600
LOOSE = "main"
LOOSE_FILES = "attachments"
NO_OTHERS: Mapping[str, bytes] = MappingProxyType({})


def read(data: bytes, file: str, library: Mapping[str, bytes] = NO_OTHERS) -> FormSchema:
    """Read a form file. `library` are the forms from which it may take components. Raises `FormProblems` with every
    problem found."""
    reader = ComponentReader()
    frame = _frame(data, reader)
    if frame is not None:
        frame = _whole({**frame, "components": Shared(library, file, reader).resolved(frame["components"])}, reader)
    if frame is not None:
        schema = _schema(frame, file, reader)
        if not reader.problems:
            return schema
    raise FormProblems(reader.problems, file)


def _frame(data: bytes, reader: ComponentReader) -> Json | None:
    if len(data) > MAX_BYTES:
        reader.report("", "form.size", f"文件超过 {MAX_BYTES // 1024} KB，请拆成几个表单")
        return None
    try:
        frame = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as problem:
        reader.report("", "form.json", f"不是 UTF-8 编码的 JSON 文件：{type(problem).__name__}")
        return None
    if not isinstance(frame, dict) or not isinstance(frame.get("components"), list):
        reader.report("", "form.frame", "须是带 components 列表的 form-js 表单，请用表单编辑器重新保存")
        return None
    version = frame.get("schemaVersion", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        reader.report("", "form.version", "schemaVersion 须为正整数")
    return _whole(frame, reader)


def _whole(frame: Json, reader: ComponentReader) -> Json | None:
    """The frame, where it is not too deep or too large; also with what it takes from others."""
    depth, count = _measure(frame)
    if depth > MAX_DEPTH:
        reader.report("", "form.depth", "嵌套太深，请减少分组的层数")
        return None
    if count > MAX_COMPONENTS:
        reader.report("", "form.count", f"组件有 {count} 个，最多 {MAX_COMPONENTS} 个，请拆成几个表单")
        return None
    return frame


def _measure(frame: Json) -> tuple[int, int]:
    """Depth of the JSON and number of its components, without recursion."""
    deepest, count = 0, 0
    stack: list[tuple[Any, int]] = [(frame, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        if isinstance(node, dict):
            components = node.get("components")
            count += len(components) if isinstance(components, list) else 0
            stack.extend((child, depth + 1) for child in node.values())
        elif isinstance(node, list):
            stack.extend((child, depth + 1) for child in node)
    return deepest, count


def _schema(frame: Json, file: str, reader: ComponentReader) -> FormSchema:
    form_id = frame.get("id")
    if not isinstance(form_id, str) or not form_id:
        reader.report("", "form.id", "表单缺少 id，请在表单编辑器里填写")
        form_id = file
    title = frame.get("title") or reader.properties(frame).get("title") or form_id
    pages = _pages([entry for entry in frame["components"] if reader.is_component(entry)], str(title), reader)
    if not pages and not reader.problems:
        reader.report("", "form.empty", "表单里没有可填写的组件")
    reader.check_page_keys(pages, "")
    return FormSchema(form_id, str(title), tuple(pages), tuple(reader.conditions))


def _pages(components: list[Json], title: str, reader: ComponentReader) -> list[Page]:
    """Groups and lists are pages; what stands between them makes one page of its own."""
    level = Level("", 0)
    pages: list[Page] = []
    loose = [entry for entry in components if not _is_page(entry)]
    files_only = bool(loose) and all(entry["type"] in ("filepicker", "text") for entry in loose)
    for component in components:
        if component["type"] == "group":
            pages.append(group_page(component, level, reader))
        elif _is_page(component):
            pages.append(_list_page(component, level, reader))
        elif loose:
            fields = reader.read_all(loose, level)
            key = LOOSE_FILES if files_only else LOOSE
            pages.append(Page(key, "材料" if files_only else title, "files" if files_only else "group", tuple(fields)))
            loose = []
    return [page for page in pages if any(entry.type != "text" for entry in page.fields)]


def _is_page(component: Json) -> bool:
    if component["type"] == "dynamiclist":
        properties = component.get("properties")
        return not (isinstance(properties, dict) and properties.get("over"))
    return bool(component["type"] == "group")


def group_page(component: Json, level: Level, reader: ComponentReader) -> Page:
    """One page from a group: its fields, or attachments where it has nothing else."""
    element = reader.element(component)
    properties = reader.properties(component)
    reader.check_properties(properties, element)
    key = properties.get("key") or component.get("key") or element
    reader.check_key(str(key), element)
    hide = reader.hide_of(component)
    inside = replace(level, hide=level.hide + hide)
    fields = tuple(reader.read_all(reader.children(component), inside))
    kinds = {entry.type for entry in fields if entry.type != "text"}
    return Page(
        key=str(key),
        title=reader.label_of(component) or str(key),
        kind="files" if kinds == {"filepicker"} else "group",
        fields=fields,
        hint=reader.hint_of(component),
        hide=hide,
        section=properties.get("section", ""),
        visibility=reader.visibility_of(component, element),
    )


def _list_page(component: Json, level: Level, reader: ComponentReader) -> Page:
    """A list whose items have pages: the inner groups, or one page where there are none."""
    element = reader.element(component)
    entry = reader.read_list(component, level, columns=())
    key, title = entry.key, entry.label
    inner_level = Level(f"{key}[].", level.depth + 1, (), f"{key}[]")
    children = reader.children(component)
    groups = [child for child in children if child["type"] == "group"]
    loose = [child for child in children if child["type"] not in ("group", "separator", "spacer")]
    pages = [group_page(child, inner_level, reader) for child in groups]
    if loose and groups:
        reader.report(element, "form.loose", f"列表“{title}”里有分组，分组以外的组件请移进某个分组")
    elif loose:
        pages = [Page(LOOSE, title, "group", tuple(reader.read_all(loose, inner_level)))]
    if not pages:
        reader.report(element, "form.empty", f"列表“{title}”里没有可填写的组件")
    reader.check_page_keys(pages, element)
    columns = tuple(entry for page in pages for entry in page.fields)
    spec = replace(entry.rows, columns=columns) if entry.rows else None
    properties = reader.properties(component)
    return Page(
        key=key,
        title=title,
        kind="list",
        fields=(replace(entry, rows=spec),),
        hint=entry.hint,
        hide=entry.hide,
        pages=tuple(pages),
        section=properties.get("section", ""),
        visibility=entry.visibility,
    )
