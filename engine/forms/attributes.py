"""Reads the attributes of one form-js component and collects what is wrong with them."""

import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from engine import feel
from engine.forms.attachments import DEFAULT_LIMIT, media_types
from engine.forms.conditions import Condition, compile_condition
from engine.forms.model import TEXT_TYPES, Choices, Limits, Option, PersonalRule, Problem, Rule, Upload
from engine.forms.patterns import compile_pattern
from engine.forms.personal import KINDS
from engine.forms.typed import CHECKS

Json = dict[str, Any]
MAX_OPTIONS = 500
PATTERN_LENGTH = 200
DERIVABLE = ("birth", "gender")
# Our own properties of components; other names are left to other tools, unless they look like a slip of these.
PROPERTIES = frozenset(
    {"key", "title", "section", "visibility", "width", "autocomplete", "default", "requiredWhen", "rule", "ruleMessage"}
    | {"check", "patternMessage", "record", "personal", "personalWhen", "derive", "maxSize"}
    | {"min", "max", "itemLabel", "itemNoun", "over", "rowKey", "rowLabel", "same"}
)


class AttributeReader:
    """Reads attributes; `problems` and `conditions` grow on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.conditions: list[Condition] = []

    def report(self, element: str, code: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(element, code, message))

    def element(self, component: Json) -> str:
        """The id of a component, or its key."""
        named = component.get("id") or component.get("key") or component.get("path")
        return named if isinstance(named, str) else component["type"]

    def properties(self, component: Json) -> dict[str, str]:
        """Our own properties; form-js writes them as texts, and other plain values are taken as such."""
        given = component.get("properties") or {}
        if not isinstance(given, dict):
            self.report(self.element(component), "form.properties", "properties 须为名称和文字的对照")
            return {}
        return {str(key): plain_text(value) for key, value in given.items() if not isinstance(value, dict | list)}

    def check_properties(self, properties: Mapping[str, str], element: str) -> None:
        """A slip such as `requireWhen` would silently switch a rule off."""
        for name in sorted(properties.keys() - PROPERTIES):
            meant = get_close_matches(name, PROPERTIES, 1, 0.8)
            if meant:
                self.report(element, "form.property", f"没有属性“{name}”，是否应为“{meant[0]}”")

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

    def visibility_of(self, component: Json, element: str) -> str:
        """`public` unless said otherwise."""
        visibility = self.properties(component).get("visibility") or "public"
        if visibility not in ("public", "internal"):
            self.report(element, "form.visibility", "visibility 须为 public 或 internal")
        return visibility

    def section(self, component: Json, name: str, element: str) -> Json:
        """An object inside a component, empty where there is none."""
        section = component.get(name) or {}
        if isinstance(section, dict):
            return section
        self.report(element, "form.component", f"{name} 须为对象，请用表单编辑器重新保存")
        return {}

    def limits_of(self, component: Json, validate: Json, properties: Mapping[str, str], element: str) -> Limits:
        """What `validate` and `check` ask of a value."""
        limits = Limits(
            min=self.number(validate.get("min"), element, "min"),
            max=self.number(validate.get("max"), element, "max"),
            decimals=self.whole(component.get("decimalDigits"), element, 0, 12) if component["type"] == "number" else 0,
            min_length=self.length(validate.get("minLength"), element, "minLength"),
            max_length=self.length(validate.get("maxLength"), element, "maxLength"),
            pattern_message=properties.get("patternMessage", ""),
            check=self._check_of(component, validate, properties, element),
        )
        if limits.min is not None and limits.max is not None and limits.min > limits.max:
            self.report(element, "form.limits", "最小值大于最大值")
        if limits.min_length is not None and limits.max_length is not None and limits.min_length > limits.max_length:
            self.report(element, "form.limits", "最少字数大于最多字数")
        return self._with_pattern(limits, validate, element)

    def _check_of(self, component: Json, validate: Json, properties: Mapping[str, str], element: str) -> str:
        check = properties.get("check") or ("email" if validate.get("validationType") == "email" else "")
        if not check or (check == "id_no" and properties.get("personal") == "id_no"):
            return ""
        if component["type"] not in TEXT_TYPES:
            self.report(element, "form.check", "check 只用于文本组件")
        if check in CHECKS:
            return check
        if check == "id_no":
            self.report(element, "form.id-not-personal", "证件号码须加密保存，请把 personal 设为 id_no")
        else:
            known = "、".join(sorted(CHECKS))
            self.report(element, "form.check", f"没有名为“{check}”的检查，可用：{known}")
        return ""

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

    def personal_of(self, kind: str, properties: dict[str, str], element: str) -> PersonalRule | None:
        """What makes a number personal."""
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

    def rules_of(
        self, component: Json, key: str, label: str, properties: dict[str, str], element: str
    ) -> tuple[Rule, ...]:
        """Conditions that must not be false, with their sentences."""
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

    def upload_of(self, component: Json, properties: dict[str, str], element: str) -> Upload:
        """What an attachment may be; `maxSize` in MB."""
        try:
            accept = media_types(str(component.get("accept") or ""))
        except ValueError as problem:
            self.report(element, "form.accept", f"不能接收“{problem}”，附件只收 PDF、JPG、PNG")
            accept = media_types("")
        megabytes = self.number(properties.get("maxSize"), element, "maxSize")
        size = DEFAULT_LIMIT if megabytes is None else int(megabytes * 1024 * 1024)
        return Upload(accept, size, self.flag(component.get("multiple"), element, "multiple"))

    def choices_of(self, component: Json, element: str) -> Choices:
        """Where the options come from."""
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
        value = plain_value(entry.get("value")) if isinstance(entry, dict) else None
        if value is None or value == "" or isinstance(value, list | dict):
            self.report(element, "form.values", "选项须有 value 和 label")
            return Option("", "")
        return Option(value, str(entry.get("label") or plain_text(entry.get("value"))))

    def flag(self, value: Any, element: str, name: str) -> bool:
        """A plain yes or no."""
        if value in (None, "", False, "false"):
            return False
        if value not in (True, "true"):
            self.report(element, "form.flag", f"{name} 须为 true 或 false；按条件必填请用 requiredWhen")
        return True

    def number(self, value: Any, element: str, name: str) -> Decimal | None:
        """A number, where one stands."""
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

    def whole(self, value: Any, element: str, default: int, most: int) -> int:
        """A whole number from 0 to `most`, else the default."""
        number = self.number(value, element, "条数或位数")
        if number is None:
            return default
        if number != number.to_integral_value() or not 0 <= number <= most:
            self.report(element, "form.limits", f"条数或位数须为 0 到 {most} 的整数")
            return default
        return int(number)

    def length(self, value: Any, element: str, name: str) -> int | None:
        """A number of characters or choices."""
        number = self.number(value, element, name)
        if number is None:
            return None
        if number != number.to_integral_value() or not 0 <= number <= 100_000:
            self.report(element, "form.limits", f"{name} 须为 0 到 100000 的整数")
            return None
        return int(number)


def plain_value(value: Any) -> Any:
    """A JSON value as one of ours: numbers become Decimal."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Decimal(str(value)) if math.isfinite(value) else None


def plain_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
