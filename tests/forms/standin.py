"""A stand-in for the expression language: a whitelist of Python's syntax tree after turning `=` into `==`."""

import ast
import re
import sys
import types
from decimal import Decimal
from typing import Any


class FeelSyntaxError(Exception):
    @property
    def message(self):
        return str(self)


class FeelLimitError(Exception):
    pass


class Expression:
    def __init__(self, text):
        parts = re.split(r'("[^"]*")', text.strip())
        parts[::2] = [re.sub(r"(?<![<>!=])=(?!=)", "==", part) for part in parts[::2]]
        try:
            self.node = ast.parse("".join(parts), mode="eval").body
        except SyntaxError as error:
            raise FeelSyntaxError(str(error)) from error
        self.names = frozenset(n.id for n in ast.walk(self.node) if isinstance(n, ast.Name)) - {
            "true",
            "false",
            "null",
            "count",
            "sum",
        }

    def evaluate(self, scope, budget=None):
        return feel(self.node, scope)

    def evaluate_with_notes(self, scope):
        return feel(self.node, scope), []


def feel(node: ast.expr, names: Any) -> Any:
    match node:
        case ast.Constant():
            return (
                Decimal(repr(node.value))
                if isinstance(node.value, int | float) and not isinstance(node.value, bool)
                else node.value
            )
        case ast.Name():
            return {"true": True, "false": False, "null": None}.get(node.id, names.get(node.id))
        case ast.Attribute() if isinstance(owner := feel(node.value, names), dict | None):
            return (owner or {}).get(node.attr)
        case ast.List():
            return [feel(item, names) for item in node.elts]
        case ast.Dict():
            keys = [key.id if isinstance(key, ast.Name) else key.value for key in node.keys]
            return dict(zip(keys, (feel(value, names) for value in node.values), strict=True))
        case ast.BoolOp():
            decide = all if isinstance(node.op, ast.And) else any
            return decide(feel(value, names) is True for value in node.values)
        case ast.Compare(ops=[op], comparators=[right]):
            a, b = feel(node.left, names), feel(right, names)
            if isinstance(op, ast.Eq | ast.NotEq):
                return (a == b) is isinstance(op, ast.Eq)
            if a is None or b is None:
                return None
            return {ast.Gt: lambda: a > b, ast.GtE: lambda: a >= b, ast.Lt: lambda: a < b, ast.LtE: lambda: a <= b}[
                type(op)
            ]()
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            a, b = feel(node.left, names), feel(node.right, names)
            if a is None or b is None:
                return None
            return a + b if isinstance(node.op, ast.Add) else a - b
        case ast.Call(func=ast.Name(id="count" | "sum" as name), args=[arg]):
            values = feel(arg, names) or []
            return Decimal(len(values)) if name == "count" else sum(values)
        case ast.Call(func=ast.Name(id=name), args=args):
            function = names.get(name)
            return None if function is None else function.call(*(feel(arg, names) for arg in args))
    raise ValueError(f"not in the language: {ast.dump(node)[:80]}")


class MonthsDuration:
    def __init__(self, months):
        self.months = months


class Function:
    def __init__(self, parameters, call):
        self.parameters, self.call = parameters, call


def install():
    import engine

    module = types.ModuleType("engine.feel")
    module.compile_expression = lambda text, names=(): Expression(text)
    module.FeelSyntaxError, module.FeelLimitError, module.Function = FeelSyntaxError, FeelLimitError, Function
    module.MonthsDuration = MonthsDuration
    sys.modules["engine.feel"] = module
    engine.feel = module
