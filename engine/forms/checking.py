"""Whether answers hold: the same checks for one page and for the whole form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import Invalid
from engine.forms.attachments import accepted_text
from engine.forms.dates import PARTS
from engine.forms.faults import MISSING, Fault, unread_of
from engine.forms.model import CHOICE_TYPES, TEXT_TYPES, Field, FieldError, FormContext, Rows, attachment_key
from engine.forms.personal import Personal, is_sealed, read_personal
from engine.forms.resolve import Level, Row, expected_kind, given_rows, is_true, options_of
from engine.forms.typed import check_text, read_parts, text_warnings

TEXT_LIMITS = {"textfield": 500, "textarea": 20_000}


@dataclass(frozen=True)
class Place:
    """Where the fields being checked stand: path and input name so far, and the item they belong to."""

    path: str = ""
    name: str = ""
    row_key: str | None = None


def check_fields(fields: Sequence[Field], level: Level, context: FormContext, place: Place) -> list[FieldError]:
    """All faults of these fields at this level, rows included, in the order of the fields."""
    errors: list[FieldError] = []
    for entry in fields:
        if not level.asks(entry) or entry.type == "text":
            continue
        try:
            check_value(entry, level, context, place)
        except Fault as fault:
            errors.append(_located(entry, fault, place))
        if entry.rows is not None:
            errors.extend(_check_rows(entry, level, context, place))
    return errors


def find_warnings(fields: Sequence[Field], level: Level, place: Place) -> list[FieldError]:
    """Doubts about answers that hold, rows included; they refuse nothing."""
    found: list[FieldError] = []
    for entry in fields:
        value = level.local.get(entry.key)
        texts: tuple[str, ...] = ()
        if isinstance(value, Personal):
            texts = value.warnings
        elif isinstance(value, str) and level.asks(entry):
            texts = _safe_warnings(entry, value)
        found.extend(_located(entry, Fault(text, code="warning"), place) for text in texts)
        columns = entry.rows.columns if entry.rows is not None else ()
        for row in level.rows.get(entry.key, ()):
            found.extend(find_warnings(columns, row.level, row_place(entry, row, place)))
    return found


def check_value(entry: Field, level: Level, context: FormContext, place: Place) -> None:
    """Check the value of one field itself. Raises `Fault`."""
    if entry.type == "filepicker":
        return _check_files(entry, level, context, place)
    value = level.local.get(entry.key)
    unread = unread_of(value)
    if unread is not None and entry.personal is None:
        value = read_parts(entry, unread.parts)
    if is_empty(entry, value):
        given = entry.rows is not None and entry.rows.over is not None
        if is_required(entry, level) and not given:
            raise Fault(_missing(entry), code=MISSING)
    else:
        _check_type(entry, value, level, context)
    for rule in entry.rules:
        if rule.condition.evaluate(level.scope.names) is False:
            raise Fault(rule.message, code="rule")


def is_required(entry: Field, level: Level) -> bool:
    """Whether an answer must be given, given the other answers."""
    return entry.required or is_true(entry.required_when, level.scope)


def is_empty(entry: Field, value: Any) -> bool:
    """Whether this counts as no answer."""
    if entry.type == "checkbox":
        return value is not True
    return value is None or (isinstance(value, str | list | tuple) and not value)


def _check_type(entry: Field, value: Any, level: Level, context: FormContext) -> None:
    if entry.personal is not None:
        _check_personal(entry, value, level, context)
    elif entry.type in TEXT_TYPES:
        _check_text(entry, value)
    elif entry.type == "number":
        _check_number(entry, value)
    elif entry.type == "datetime":
        if type(value) is not date:
            raise Fault(f"请重新填写{entry.label}，例如 2026 12 28", code="type")
    elif entry.choices is not None:
        _check_choice(entry, value, level, context)


def _check_personal(entry: Field, value: Any, level: Level, context: FormContext) -> None:
    kind = expected_kind(entry, level.scope)
    if is_sealed(value):
        if value.get("kind", kind) != kind:
            raise Fault(f"证件类型改了，请重新填写{entry.label}", code="personal.kind")
        return
    if isinstance(value, Personal):
        if value.kind != kind:
            raise Fault(f"证件类型改了，请重新填写{entry.label}", code="personal.kind")
        return
    unread = unread_of(value)
    text = unread.parts.get("text", "") if unread is not None else value
    if not isinstance(text, str):
        raise Fault(f"请重新填写{entry.label}", code="type")
    try:
        read_personal(kind, text, (), context.today)
    except Invalid as problem:
        raise Fault(problem.message, code=problem.code) from None


def _check_text(entry: Field, value: Any) -> None:
    if not isinstance(value, str):
        raise Fault(f"请重新填写{entry.label}", code="type")
    limits = entry.limits
    most = TEXT_LIMITS[entry.type] if limits.max_length is None else limits.max_length
    if len(value) > most:
        raise Fault(f"{entry.label}不能超过 {most} 个字，现在有 {len(value)} 个", code="text.long")
    if limits.min_length is not None and len(value) < limits.min_length:
        raise Fault(f"{entry.label}至少写 {limits.min_length} 个字，现在有 {len(value)} 个", code="text.short")
    if any(ord(character) < 32 and not (character in "\n\t" and entry.type == "textarea") for character in value):
        raise Fault(f"{entry.label}中有看不见的字符，请重新输入", code="text.control")
    try:
        check_text(entry, value)
    except Invalid as problem:
        raise Fault(problem.message, code=problem.code) from None
    if limits.pattern is not None and not limits.pattern.matches(value):
        raise Fault(limits.pattern_message or f"{entry.label}的格式不对，请对照说明修改", code="text.pattern")


def _check_number(entry: Field, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise Fault(f"{entry.label}须为数字", code="type")
    limits, number = entry.limits, Decimal(value)
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int):
        raise Fault(f"{entry.label}须为数字", code="type")
    if -exponent > limits.decimals:
        most = f"最多保留 {limits.decimals} 位小数" if limits.decimals else "须为整数"
        raise Fault(f"{entry.label}{most}", code="number.decimals")
    low, high, unit = limits.min, limits.max, entry.suffix
    if low is not None and high is not None and not low <= number <= high:
        raise Fault(f"{entry.label}须在 {low:f} 到 {high:f}{_unit(unit)} 之间".replace("  ", " "), code="number.range")
    if low is not None and number < low:
        raise Fault(f"{entry.label}不能小于 {low:f}{_unit(unit)}", code="number.range")
    if high is not None and number > high:
        raise Fault(f"{entry.label}不能大于 {high:f}{_unit(unit)}", code="number.range")


def _check_choice(entry: Field, value: Any, level: Level, context: FormContext) -> None:
    options = options_of(entry, level.scope, context)
    if not options:
        raise Fault(f"{entry.label}暂时没有可选的内容，请联系工作人员", code="choice.none")
    if entry.type in CHOICE_TYPES:
        if not any(_same(option.value, value) for option in options):
            raise Fault(f"请重新选择{entry.label}", code="choice.unknown")
        return
    if not isinstance(value, list | tuple) or not all(
        any(_same(option.value, one) for option in options) for one in value
    ):
        raise Fault(f"请重新选择{entry.label}", code="choice.unknown")
    least, most = entry.limits.min_length, entry.limits.max_length
    if least is not None and len(value) < least:
        raise Fault(f"{entry.label}至少选 {least} 项", code="choice.few")
    if most is not None and len(value) > most:
        raise Fault(f"{entry.label}最多选 {most} 项", code="choice.many")


def _check_files(entry: Field, level: Level, context: FormContext, place: Place) -> None:
    upload = entry.upload
    if upload is None or context.attachments.get(attachment_key(entry, place.row_key)):
        return
    if is_required(entry, level):
        wanted = accepted_text(upload.accept, upload.max_size)
        raise Fault(f"请上传{entry.label}，{wanted}", code=MISSING)


def _check_rows(entry: Field, level: Level, context: FormContext, place: Place) -> list[FieldError]:
    spec = entry.rows
    if spec is None:
        return []
    rows = level.rows.get(entry.key, ())
    errors = _check_count(entry, spec, rows, level, place)
    for row in rows:
        if spec.over is None or row.given is not None:
            errors.extend(check_fields(spec.columns, row.level, context, row_place(entry, row, place)))
    return errors


def row_place(entry: Field, row: Row, place: Place) -> Place:
    """Where the fields of one row stand."""
    return Place(f"{place.path}{entry.key}[{row.index}].", f"{place.name}{entry.key}-{row.slug}-", row.key)


def _check_count(entry: Field, spec: Rows, rows: Sequence[Row], level: Level, place: Place) -> list[FieldError]:
    if spec.over is not None:
        present = {row.key for row in rows}
        lacking = [row.label for row in given_rows(entry, level.scope) if row.key not in present]
        text = f"请填写{'、'.join(lacking[:3])}{'等' if len(lacking) > 3 else ''}的{entry.label}"
        return [_located(entry, Fault(text, code=MISSING), place)] if lacking else []
    if 0 < len(rows) < spec.min:
        fault = Fault(f"{entry.label}至少填写 {spec.min} {spec.item_noun}", code=MISSING)
    elif len(rows) > spec.max:
        fault = Fault(f"{entry.label}最多填写 {spec.max} {spec.item_noun}，请删去多余的", code="rows.many")
    else:
        return []
    return [_located(entry, fault, place)]


def _located(entry: Field, fault: Fault, place: Place) -> FieldError:
    name = f"{place.name}{entry.key}"
    anchor = name
    if entry.type == "datetime":
        anchor = f"{name}-{fault.part or PARTS[0]}"
    elif entry.type in ("radio", "checklist"):
        anchor = f"{name}-0"
    path = f"{place.path}{entry.key}"
    return FieldError(path, fault.message, anchor=anchor, code=fault.code, label=entry.label, part=fault.part)


def on_page(errors: Sequence[FieldError], page: str, index: int | None, inner: str | None) -> list[FieldError]:
    """The errors with the page they stand on."""
    return [replace(error, page=page, index=index, inner=inner) for error in errors]


def _missing(entry: Field) -> str:
    if entry.type in CHOICE_TYPES or entry.type == "checklist":
        return f"请选择{entry.label}"
    if entry.type == "checkbox":
        return f"请勾选“{entry.label}”"
    return f"请填写{entry.label}"


def _safe_warnings(entry: Field, text: str) -> tuple[str, ...]:
    try:
        return text_warnings(entry, text)
    except Invalid:
        return ()


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _unit(suffix: str) -> str:
    return f" {suffix}" if suffix else ""
