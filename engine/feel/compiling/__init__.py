"""From the syntax tree to Python closures, once; nothing walks the tree when an expression is evaluated."""

from collections.abc import Iterable
from typing import Any

from engine.feel import syntax as tree
from engine.feel.builtins.registry import BUILTINS, as_value
from engine.feel.compiling import access, calls, loops, operators, tests
from engine.feel.compiling.scope import Closure, Compiler
from engine.feel.compiling.sharing import Parts, SharingCompiler
from engine.feel.types import DefinedTypes
from engine.feel.values import Value

_HANDLERS: dict[type[tree.Node], Any] = {
    tree.Literal: operators.literal,
    tree.Faulty: operators.faulty,
    tree.Name: operators.name,
    tree.Tested: operators.tested,
    tree.Negation: operators.negation,
    tree.Chain: operators.chain,
    tree.Power: operators.power,
    tree.Comparison: operators.comparison,
    tree.Logical: operators.logical,
    tree.Between: operators.between,
    tree.Condition: operators.condition,
    tree.Membership: tests.membership,
    tree.Interval: tests.interval,
    tree.HalfInterval: tests.half_interval,
    tree.Path: access.path,
    tree.Filter: access.filter_list,
    tree.ContextLiteral: access.context,
    tree.ListLiteral: access.list_literal,
    tree.Loop: loops.loop,
    tree.Quantified: loops.quantified,
    tree.InstanceOf: calls.instance_of,
    tree.Definition: calls.definition,
    tree.Call: calls.call,
}


def _builtin_value(name: str) -> Value:
    found = BUILTINS.get(name)
    return None if found is None else as_value(found)


def new_compiler(defined: DefinedTypes = lambda name: None) -> Compiler:
    return Compiler(_HANDLERS, _builtin_value, defined)


def sharing_compiler(roots: Iterable[tree.Node], defined: DefinedTypes) -> SharingCompiler:
    """A compiler for all the trees, whose equal parts one run computes once."""
    return SharingCompiler(Parts(roots), _HANDLERS, _builtin_value, defined)


__all__ = ["Closure", "Compiler", "SharingCompiler", "new_compiler", "sharing_compiler", "tests"]
