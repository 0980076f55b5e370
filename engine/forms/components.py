"""Reads the components of a form-js schema, one at a time, and collects what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.forms.attributes import AttributeReader, Json, plain_text, plain_value
from engine.forms.conditions import Condition
from engine.forms.model import Field, Over, Page, Rows

CHOICE_LIKE = frozenset({"select", "radio", "checklist"})
FIELD_TYPES = CHOICE_LIKE | {
    "textfield", "textarea", "number", "datetime", "checkbox", "dynamiclist", "filepicker", "text",
}  # fmt: skip
IGNORED = frozenset({"separator", "spacer", "button"})
MAX_ROWS = 500
# Names that a WTForms form keeps for itself, and those that expressions know otherwise.
RESERVED = frozenset(
    {"data", "errors", "form_errors", "meta", "populate_obj", "post_process", "process", "validate"}
    | {"this", "parent", "i", "today", "row"}
)


@dataclass(frozen=True)
class Level:
    """Where components are being read: path so far, lists around, conditions of the groups around."""

    path: str
    depth: int
    hide: tuple[Condition, ...] = ()
    space: str = ""
    legend: str = ""


class ComponentReader(AttributeReader):
    """Reads components into fields; `problems` and `conditions` grow on the way."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: set[tuple[str, str]] = set()

    def is_component(self, entry: Any) -> bool:
        """Whether this is an object with a type; anything else is a problem."""
        if isinstance(entry, dict) and isinstance(entry.get("type"), str):
            return True
        self.report("", "form.component", "components 里有一项不是组件，请用表单编辑器重新保存")
        return False

    def children(self, component: Json) -> list[Json]:
        """The components inside a group or list."""
        inside = component.get("components", [])
        if not isinstance(inside, list):
            self.report(self.element(component), "form.component", "components 须为列表")
            return []
        return [entry for entry in inside if self.is_component(entry)]

    def read_all(self, components: Sequence[Json], level: Level) -> list[Field]:
        """The fields of these components; nested groups give theirs a legend and their condition."""
        fields: list[Field] = []
        for component in components:
            kind = component["type"]
            if kind == "group":
                inside = replace(level, hide=level.hide + self.hide_of(component), legend=self.label_of(component))
                fields.extend(self.read_all(self.children(component), inside))
            elif kind in FIELD_TYPES:
                fields.append(self._read(component, level))
            elif kind not in IGNORED:
                self.report(
                    self.element(component), "form.type", f"不支持组件类型“{kind}”，请换用文本、选择、日期等组件"
                )
        return fields

    def read_list(self, component: Json, level: Level, columns: tuple[Field, ...] | None = None) -> Field:
        """A list; its columns are read here unless they are given."""
        entry = self._plain(component, level)
        element, properties = entry.element, entry.properties
        over = self._over(element, properties)
        least = self.whole(properties.get("min"), element, 1 if entry.required else 0, MAX_ROWS)
        most = self.whole(properties.get("max"), element, 100, MAX_ROWS)
        if least > most:
            self.report(element, "form.limits", "最少条数大于最多条数，请修改 min 或 max")
        if columns is None:
            columns = self._columns(component, entry.key, level, over is not None)
        label = self.condition(properties.get("itemLabel"), element, "itemLabel")
        noun = properties.get("itemNoun") or "条"
        required = entry.required or (least > 0 and over is None)
        fixed = over is not None or component.get("allowAddRemove") is False
        return replace(entry, required=required, rows=Rows(columns, least, most, label, noun, over, fixed))

    def hide_of(self, component: Json) -> tuple[Condition, ...]:
        """The condition under which this component is not asked."""
        conditional = component.get("conditional")
        text = conditional.get("hide") if isinstance(conditional, dict) else None
        condition = self.condition(text, self.element(component), "conditional.hide")
        return (condition,) if condition is not None else ()

    def label_of(self, component: Json) -> str:
        """The label as plain text."""
        label = component.get("label") or component.get("dateLabel") or ""
        return label.strip() if isinstance(label, str) else ""

    def hint_of(self, component: Json) -> str:
        """The description as plain text."""
        hint = component.get("description") or ""
        return hint.strip() if isinstance(hint, str) else ""

    def check_key(self, key: str, element: str) -> bool:
        """Whether a key can name an answer."""
        if not key.isidentifier() or len(key) > 64 or key.startswith("_"):
            self.report(element, "form.key", f"key“{key[:40]}”须由字母、数字和下划线组成，以字母开头，不超过 64 个字符")
            return False
        if key in RESERVED:
            self.report(element, "form.key-reserved", f"key“{key}”是保留名称，请换一个")
            return False
        return True

    def check_page_keys(self, pages: Sequence[Page], element: str) -> None:
        """Pages of one level are told apart by their keys."""
        keys = [page.key for page in pages]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            self.report(element or key, "form.page-key", f"有几页都叫“{key}”，请给分组不同的 id 或 key")

    def _read(self, component: Json, level: Level) -> Field:
        if component["type"] == "dynamiclist":
            return self.read_list(component, level)
        if component["type"] == "text":
            element = self.element(component)
            hide = level.hide + self.hide_of(component)
            return Field(element, level.path + element, "text", str(component.get("text", "")), element, hide=hide)
        return self._plain(component, level)

    def _plain(self, component: Json, level: Level) -> Field:
        element = self.element(component)
        kind = component["type"]
        properties = self.properties(component)
        self.check_properties(properties, element)
        key = self._key(component, element, level)
        label = self.label_of(component)
        if not label:
            self.report(element, "form.label", "缺少标签，填写的人不知道要填什么")
        validate = self.section(component, "validate", element)
        appearance = self.section(component, "appearance", element)
        if kind == "datetime" and component.get("subtype", "date") != "date":
            self.report(element, "form.datetime", "日期组件只支持“日期”，请把类型改为 date")
        return Field(
            key=key,
            path=level.path + key,
            type=kind,
            label=label,
            element=element,
            hint=self.hint_of(component),
            required=self.flag(validate.get("required"), element, "required"),
            required_when=self.condition(properties.get("requiredWhen"), element, "requiredWhen"),
            hide=level.hide + self.hide_of(component),
            choices=self.choices_of(component, element) if kind in CHOICE_LIKE else None,
            limits=self.limits_of(component, validate, properties, element),
            personal=self.personal_of(kind, properties, element),
            upload=self.upload_of(component, properties, element) if kind == "filepicker" else None,
            rules=self.rules_of(component, key, label, properties, element),
            default=self.condition(properties.get("default"), element, "default"),
            initial=plain_value(component.get("defaultValue")),
            readonly=any(self.flag(component.get(name), element, name) for name in ("readonly", "disabled")),
            visibility=self.visibility_of(component, element),
            width=properties.get("width", ""),
            autocomplete=properties.get("autocomplete", ""),
            prefix=plain_text(appearance.get("prefixAdorner")),
            suffix=plain_text(appearance.get("suffixAdorner")),
            legend=level.legend,
            properties=properties,
        )

    def _key(self, component: Json, element: str, level: Level) -> str:
        key = component.get("key") or (component.get("path") if component["type"] == "dynamiclist" else None)
        if not isinstance(key, str) or not key:
            self.report(element, "form.key-missing", "缺少 key，填写的内容无处存放")
            return element if element.isidentifier() else "unnamed"
        if self.check_key(key, element):
            if (level.space, key) in self._keys:
                self.report(element, "form.key-twice", f"key“{key}”用了两次，请换一个")
            self._keys.add((level.space, key))
        return key

    def _columns(self, component: Json, key: str, level: Level, over: bool) -> tuple[Field, ...]:
        element = self.element(component)
        if level.depth >= 2 or (over and level.depth):
            self.report(element, "form.nesting", "列表嵌套太深：项目页里最多再放一层列表")
            return ()
        space = f"{level.path}{key}[]"
        if over:
            self._keys.update({(space, "key"), (space, "label")})
        inside = Level(f"{space}.", 2, (), space)
        columns = tuple(self.read_all(self.children(component), inside))
        for column in columns:
            if column.type == "filepicker" and not over:
                self.report(column.element, "form.nesting", "附件不能放在列表的行里，请移到页面上")
        if not columns:
            self.report(element, "form.empty", "列表里没有可填写的组件")
        return columns

    def _over(self, element: str, properties: Mapping[str, str]) -> Over | None:
        rows = self.condition(properties.get("over"), element, "over")
        if rows is None:
            return None
        key = self.condition(properties.get("rowKey") or "=_key", element, "rowKey")
        label = self.condition(properties.get("rowLabel") or "=name", element, "rowLabel")
        return Over(rows, key, label) if key is not None and label is not None else None
