"""Reads the components of a form-js schema, one at a time, and collects what is wrong with them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from engine import feel
from engine.forms.attachments import DEFAULT_LIMIT, media_types
from engine.forms.conditions import Condition, compile_condition
from engine.forms.model import (
    TEXT_TYPES,
    Choices,
    Field,
    Limits,
    Option,
    Over,
    Page,
    PersonalRule,
    Problem,
    Rows,
    Rule,
    Upload,
)
from engine.forms.patterns import compile_pattern
from engine.forms.personal import KINDS
from engine.forms.typed import CHECKS

Json = dict[str, Any]
FIELD_TYPES = frozenset(
    [
        "textfield",
        "textarea",
        "number",
        "datetime",
        "select",
        "radio",
        "checklist",
        "checkbox",
        "dynamiclist",
        "filepicker",
        "text",
    ]
)
IGNORED = frozenset({"separator", "spacer", "button"})
CHOICE_LIKE = frozenset({"select", "radio", "checklist"})
MAX_OPTIONS = 500
MAX_ROWS = 500
PATTERN_LENGTH = 200
# Names that a WTForms form keeps for itself.
RESERVED = frozenset(
    [
        "data",
        "errors",
        "form_errors",
        "meta",
        "populate_obj",
        "post_process",
        "process",
        "validate",
        "this",
        "parent",
        "i",
        "today",
        "row",
    ]
)
DERIVABLE = ("birth", "gender")


@dataclass(frozen=True)
class Level:
    """Where components are being read: path so far, lists around, conditions of the groups around."""

    path: str
    depth: int
    hide: tuple[Condition, ...] = ()
    space: str = ""
    legend: str = ""


class ComponentReader:
    """Reads components into fields; `problems` and `conditions` grow on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.conditions: list[Condition] = []
        self._keys: set[tuple[str, str]] = set()

    def report(self, element: str, code: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(element, code, message))

    def is_component(self, entry: Any) -> bool:
        """Whether this is an object with a type; anything else is a problem."""
        if isinstance(entry, dict) and isinstance(entry.get("type"), str):
            return True
        self.report("", "form.component", "components 里有一项不是组件，请用表单编辑器重新保存")
        return False

    def element(self, component: Json) -> str:
        """The id of a component, or its key."""
        named = component.get("id") or component.get("key") or component.get("path")
        return named if isinstance(named, str) else component["type"]

    def children(self, component: Json) -> list[Json]:
        """The components inside a group or list."""
        inside = component.get("components", [])
        if not isinstance(inside, list):
            self.report(self.element(component), "form.component", "components 须为列表")
            return []
        return [entry for entry in inside if self.is_component(entry)]

    def properties(self, component: Json) -> dict[str, str]:
        """Our own properties; form-js writes them as texts, and other plain values are taken as such."""
        given = component.get("properties") or {}
        if not isinstance(given, dict):
            self.report(self.element(component), "form.properties", "properties 须为名称和文字的对照")
            return {}
        return {str(key): _text(value) for key, value in given.items() if not isinstance(value, dict | list)}

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
        least = self._whole(properties.get("min"), element, 1 if entry.required else 0, MAX_ROWS)
        most = self._whole(properties.get("max"), element, 100, MAX_ROWS)
        if least > most:
            self.report(element, "form.limits", "最少条数大于最多条数，请修改 min 或 max")
        if columns is None:
            columns = self._columns(component, entry.key, level, over is not None)
        label = self.condition(properties.get("itemLabel"), element, "itemLabel")
        noun = properties.get("itemNoun") or "条"
        required = entry.required or (least > 0 and over is None)
        fixed = over is not None or component.get("allowAddRemove") is False
        return replace(entry, required=required, rows=Rows(columns, least, most, label, noun, over, fixed))

    def condition(self, text: Any, element: str, attribute: str) -> Condition | None:
        """Compile FEEL where some stands."""
        if not isinstance(text, str) or not text.strip():
            return None
        try:
            condition = compile_condition(text, element, attribute)
        except feel.FeelSyntaxError as problem:
            self.report(element, "form.feel", f"{attribute} 的表达式写得不对：{problem.message}")
            return None
        self.conditions.append(condition)
        return condition

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

    def visibility_of(self, component: Json, element: str) -> str:
        """`public` unless said otherwise."""
        visibility = self.properties(component).get("visibility") or "public"
        if visibility not in ("public", "internal"):
            self.report(element, "form.visibility", "visibility 须为 public 或 internal")
        return visibility

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
        key = self._key(component, element, level)
        label = self.label_of(component)
        if not label:
            self.report(element, "form.label", "缺少标签，填写的人不知道要填什么")
        validate = self._section(component, "validate", element)
        appearance = self._section(component, "appearance", element)
        if kind == "datetime" and component.get("subtype", "date") != "date":
            self.report(element, "form.datetime", "日期组件只支持“日期”，请把类型改为 date")
        return Field(
            key=key,
            path=level.path + key,
            type=kind,
            label=label,
            element=element,
            hint=self.hint_of(component),
            required=self._flag(validate.get("required"), element, "required"),
            required_when=self.condition(properties.get("requiredWhen"), element, "requiredWhen"),
            hide=level.hide + self.hide_of(component),
            choices=self._choices(component, element) if kind in CHOICE_LIKE else None,
            limits=self._limits(component, validate, properties, element),
            personal=self._personal(kind, properties, element),
            upload=self._upload(component, properties, element, level) if kind == "filepicker" else None,
            rules=self._rules(component, key, label, properties, element),
            default=self.condition(properties.get("default"), element, "default"),
            initial=_value(component.get("defaultValue")),
            readonly=any(self._flag(component.get(name), element, name) for name in ("readonly", "disabled")),
            visibility=self.visibility_of(component, element),
            width=properties.get("width", ""),
            autocomplete=properties.get("autocomplete", ""),
            prefix=_text(appearance.get("prefixAdorner")),
            suffix=_text(appearance.get("suffixAdorner")),
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

    def _section(self, component: Json, name: str, element: str) -> Json:
        section = component.get(name) or {}
        if isinstance(section, dict):
            return section
        self.report(element, "form.component", f"{name} 须为对象，请用表单编辑器重新保存")
        return {}

    def _limits(self, component: Json, validate: Json, properties: dict[str, str], element: str) -> Limits:
        kind = component["type"]
        email = validate.get("validationType") == "email"
        check = properties.get("check") or ("email" if email else "")
        if check == "id_no" and properties.get("personal") == "id_no":
            check = ""
        if check and check not in CHECKS:
            self._bad_check(check, element)
            check = ""
        if check and kind not in TEXT_TYPES:
            self.report(element, "form.check", "check 只用于文本组件")
        limits = Limits(
            min=self._number(validate.get("min"), element, "min"),
            max=self._number(validate.get("max"), element, "max"),
            decimals=self._whole(component.get("decimalDigits"), element, 0, 12) if kind == "number" else 0,
            min_length=self._length(validate.get("minLength"), element, "minLength"),
            max_length=self._length(validate.get("maxLength"), element, "maxLength"),
            pattern_message=properties.get("patternMessage", ""),
            check=check,
        )
        if None not in (limits.min, limits.max) and limits.min > limits.max:  # type: ignore[operator]
            self.report(element, "form.limits", "最小值大于最大值")
        if None not in (limits.min_length, limits.max_length) and limits.min_length > limits.max_length:  # type: ignore[operator]
            self.report(element, "form.limits", "最少字数大于最多字数")
        return self._with_pattern(limits, validate, element)

    def _with_pattern(self, limits: Limits, validate: Json, element: str) -> Limits:
        text = validate.get("pattern")
        if not isinstance(text, str) or not text:
            return limits
        most = min(limits.max_length or PATTERN_LENGTH, 2_000)
        try:
            return replace(limits, pattern=compile_pattern(text, most), max_length=most)
        except ValueError as problem:
            self.report(element, "form.pattern", str(problem))
            return limits

    def _bad_check(self, check: str, element: str) -> None:
        if check == "id_no":
            self.report(element, "form.id-not-personal", "证件号码须加密保存，请把 personal 设为 id_no")
        else:
            known = "、".join(sorted(CHECKS))
            self.report(element, "form.check", f"没有名为“{check}”的检查，可用：{known}")

    def _personal(self, kind: str, properties: dict[str, str], element: str) -> PersonalRule | None:
        personal = properties.get("personal", "")
        if not personal:
            return None
        derive = tuple(part.strip() for part in properties.get("derive", "").split(",") if part.strip())
        if personal not in KINDS or kind != "textfield":
            self.report(element, "form.personal", "personal 须为 id_no 或 mobile，只用于单行文本")
        if any(part not in DERIVABLE for part in derive) or (derive and personal != "id_no"):
            self.report(element, "form.derive", "derive 只能从证件号码导出 birth 和 gender")
            derive = ()
        when = self.condition(properties.get("personalWhen"), element, "personalWhen")
        return PersonalRule(personal, when, derive)

    def _rules(
        self, component: Json, key: str, label: str, properties: dict[str, str], element: str
    ) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        condition = self.condition(properties.get("rule"), element, "rule")
        if condition is not None:
            message = properties.get("ruleMessage", "")
            if not message:
                self.report(element, "form.rule", "有 rule 而没有 ruleMessage，填写的人不知道怎么改")
            rules.append(Rule(condition, message))
        if component.get("disallowPassedDates") is True and key.isidentifier():
            past = self.condition(f"{key} >= today", element, "disallowPassedDates")
            rules.extend([Rule(past, f"{label}不能早于今天")] if past is not None else [])
        return tuple(rules)

    def _upload(self, component: Json, properties: dict[str, str], element: str, level: Level) -> Upload:
        try:
            accept = media_types(str(component.get("accept") or ""))
        except ValueError as problem:
            self.report(element, "form.accept", f"不能接收“{problem}”，附件只收 PDF、JPG、PNG")
            accept = media_types("")
        megabytes = self._number(properties.get("maxSize"), element, "maxSize")
        size = DEFAULT_LIMIT if megabytes is None else int(megabytes * 1024 * 1024)
        return Upload(accept, size, self._flag(component.get("multiple"), element, "multiple"))

    def _choices(self, component: Json, element: str) -> Choices:
        key, expression, values = (component.get(name) for name in ("valuesKey", "valuesExpression", "values"))
        if isinstance(key, str) and key:
            return Choices(key=key)
        if isinstance(expression, str) and expression:
            return Choices(expression=self.condition(expression, element, "valuesExpression"))
        if not isinstance(values, list) or not values:
            self.report(element, "form.values", "没有可选的内容，请填写选项或 valuesKey")
            return Choices()
        if len(values) > MAX_OPTIONS:
            self.report(element, "form.values", f"选项超过 {MAX_OPTIONS} 个，请改用 valuesKey")
        options = [self._option(entry, element) for entry in values[:MAX_OPTIONS]]
        texts = [str(option.value) for option in options]
        if len(set(texts)) < len(texts):
            self.report(element, "form.values", "有两个选项的值相同")
        return Choices(tuple(options))

    def _option(self, entry: Any, element: str) -> Option:
        value = _value(entry.get("value")) if isinstance(entry, dict) else None
        if value is None or value == "" or isinstance(value, list | dict):
            self.report(element, "form.values", "选项须有 value 和 label")
            return Option("", "")
        return Option(value, str(entry.get("label") or _text(entry.get("value"))))

    def _flag(self, value: Any, element: str, name: str) -> bool:
        if value in (None, "", False, "false"):
            return False
        if value not in (True, "true"):
            self.report(element, "form.flag", f"{name} 须为 true 或 false；按条件必填请用 requiredWhen")
        return True

    def _number(self, value: Any, element: str, name: str) -> Decimal | None:
        if value is None or value == "" or isinstance(value, bool):
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) > Decimal(10) ** 20:
            self.report(element, "form.limits", f"{name} 须为数字")
            return None
        return number

    def _whole(self, value: Any, element: str, default: int, most: int) -> int:
        number = self._number(value, element, "条数或位数")
        if number is None:
            return default
        if number != number.to_integral_value() or not 0 <= number <= most:
            self.report(element, "form.limits", f"条数或位数须为 0 到 {most} 的整数")
            return default
        return int(number)

    def _length(self, value: Any, element: str, name: str) -> int | None:
        number = self._number(value, element, name)
        if number is None:
            return None
        if number != number.to_integral_value() or not 0 <= number <= 100_000:
            self.report(element, "form.limits", f"{name} 须为 0 到 100000 的整数")
            return None
        return int(number)


def _value(value: Any) -> Any:
    """A JSON value as one of ours: numbers become Decimal."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Decimal(str(value)) if math.isfinite(value) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
