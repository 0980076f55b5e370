"""Context functions."""

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Fault
from engine.feel.run import Run
from engine.feel.values import Value, chinese_kind

Context = dict[str, Value]
#: What a context of two entries takes beside an element of a list.
_ENTRY_SIZE = 4


@builtin("get value", "m: context", "key: string")
def get_value(run: Run, m: Context, key: str) -> Value:
    if key not in m:
        raise Fault(f"没有“{key[:40]}”这一项")
    return run.read(m[key])


@builtin("get value", "m: context", "keys: list")
def get_nested_value(run: Run, m: Context, keys: list[Value]) -> Value:
    value: Value = m
    for key in keys:
        if value.__class__ is not dict or key not in value:
            raise Fault(f"没有“{str(key)[:40]}”这一项")
        value = run.read(value[key])
    return value if keys else None


@builtin("get entries", "m: context")
def get_entries(run: Run, m: Context) -> list[Value]:
    run.grow(len(m) * _ENTRY_SIZE)
    return [{"key": key, "value": run.read(value)} for key, value in m.items()]


@builtin("context", "entries: list")
def context_of(run: Run, entries: list[Value]) -> Context:
    result: Context = {}
    for entry in entries:
        if entry.__class__ is not dict or entry.get("key").__class__ is not str or "value" not in entry:
            raise Fault("每一项应当有 key（文本）和 value")
        if entry["key"] in result:
            raise Fault(f"有两个名为“{entry['key'][:40]}”的项")
        result[entry["key"]] = run.read(entry["value"])
    run.grow(len(result))
    return result


@builtin("context put", "context: context", "key: string", "value: any?")
def context_put(run: Run, context: Context, key: str, value: Value) -> Context:
    run.grow(len(context) + 1)
    return {**context, key: value}


@builtin("context put", "context: context", "keys: list", "value: any?")
def context_put_nested(run: Run, context: Context, keys: list[Value], value: Value) -> Context:
    if not keys or any(key.__class__ is not str for key in keys):
        raise Fault("路径应当是文本的列表，至少一项")
    run.spend(len(keys))
    levels: list[Context] = [context]
    for key in keys[:-1]:
        below = levels[-1].get(key)
        if below.__class__ is not dict:
            raise Fault(f"“{key[:40]}”不是上下文")
        levels.append(below)
    for level, key in zip(reversed(levels), reversed(keys), strict=True):
        run.grow(len(level) + 1)
        value = {**level, key: value}
    return value  # type: ignore[no-any-return]


@builtin("context merge", "contexts: list")
def context_merge(run: Run, contexts: list[Value]) -> Context:
    result: Context = {}
    for context in contexts:
        if context.__class__ is not dict:
            raise Fault(f"列表里应当都是上下文，这里有{chinese_kind(context)}")
        run.grow(len(context))
        run.spend(len(context) // 8)
        result.update(context)
    return result
