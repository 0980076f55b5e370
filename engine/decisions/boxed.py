"""Boxed expressions other than tables, and the functions of a model: business knowledge models and decision services."""

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.decisions import drawn
from engine.decisions.evaluation import coerced, decide, knowledge
from engine.decisions.model import Decision, Knowledge, Logic
from engine.decisions.reasons import Part
from engine.decisions.shapes import Shape
from engine.decisions.state import State
from engine.feel import Expression, Function, Run, import_value


def _joined(parts: Iterable[Any], own: Iterable[str] = ()) -> frozenset[str]:
    return frozenset[str]().union(*(part.names for part in parts)) - frozenset(own)


class Boxed:
    """What all boxed expressions share: the names of their parts."""

    @property
    def text(self) -> str:
        return ""

    @property
    def element_names(self) -> frozenset[str]:
        return frozenset()

    @property
    def names(self) -> frozenset[str]:
        return _joined(self.parts(), self.introduced())

    def parts(self) -> list[Any]:
        return []

    def introduced(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Nothing(Boxed):
    """What has no value here: a decision that people take, logic that cannot be read, a function in another language."""

    reason: str = "这个决策没有逻辑"

    def value(self, state: State) -> None:
        state.note(self.reason)


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal expression."""

    expression: Expression

    @property
    def text(self) -> str:
        return self.expression.text

    @property
    def names(self) -> frozenset[str]:
        return self.expression.names

    @property
    def element_names(self) -> frozenset[str]:
        return self.expression.element_names

    def value(self, state: State) -> Any:
        return self.expression.value_in(state.run)


@dataclass(frozen=True)
class Typed(Boxed):
    """A boxed expression with a type of its own."""

    logic: Logic
    shape: Shape

    @property
    def text(self) -> str:
        return self.logic.text

    def parts(self) -> list[Any]:
        return [self.logic]

    def value(self, state: State) -> Any:
        return coerced(state, self.shape, self.logic.value(state), "表达式的结果")


@dataclass(frozen=True)
class Entry:
    """An entry of a context; without a name it is the result of the whole."""

    name: str
    logic: Logic
    shape: Shape | None = None


@dataclass(frozen=True)
class Context(Boxed):
    """A boxed context: each entry sees those before it."""

    entries: tuple[Entry, ...]

    def parts(self) -> list[Any]:
        return [entry.logic for entry in self.entries]

    def introduced(self) -> tuple[str, ...]:
        return tuple(entry.name for entry in self.entries)

    def value(self, state: State) -> Any:
        values: dict[str, Any] = {}
        result: Any = values
        filled: list[tuple[Entry, Any]] = []
        for entry in self.entries:
            found = state.inside(values, entry.logic)
            if entry.shape is not None:
                found = coerced(state, entry.shape, found, f"项“{entry.name}”")
            filled.append((entry, found))
            if not entry.name:
                result = found
                break
            values[entry.name] = found
        if state.reasons is not None:
            drawn.box(state, "context", [drawn.part(state, one.name, one.logic, found) for one, found in filled])
        return result


@dataclass(frozen=True)
class ListOf(Boxed):
    """A boxed list, or a relation as the list of its rows."""

    items: tuple[Logic, ...]

    def parts(self) -> list[Any]:
        return list(self.items)

    def value(self, state: State) -> Any:
        state.run.spend(len(self.items))
        values = [item.value(state) for item in self.items]
        if state.reasons is not None:
            self._draw(state, values)
        return values

    def _draw(self, state: State, values: list[Any]) -> None:
        rows = [item for item in self.items if isinstance(item, Row)]
        if rows:
            cells = [
                drawn.part(state, name, logic, value[name])
                for row, value in zip(rows, values, strict=True)
                for name, logic in row.cells
            ]
            drawn.box(state, "relation", cells, [name for name, _ in rows[0].cells])
            return
        numbered = enumerate(zip(self.items, values, strict=True), 1)
        drawn.box(state, "list", [drawn.part(state, f"第 {at} 项", item, value) for at, (item, value) in numbered])


@dataclass(frozen=True)
class Row(Boxed):
    """A row of a relation; unlike the entries of a context its cells do not see each other."""

    cells: tuple[tuple[str, Logic], ...]

    def parts(self) -> list[Any]:
        return [logic for _, logic in self.cells]

    def value(self, state: State) -> Any:
        state.run.spend(len(self.cells))
        return {name: logic.value(state) for name, logic in self.cells}


@dataclass(frozen=True)
class Invocation(Boxed):
    """A boxed call: the arguments, computed here, are given by name to the function the literal `called` stands for."""

    called: Logic
    call: Expression
    bindings: tuple[tuple[str, Logic], ...]

    def parts(self) -> list[Any]:
        return [self.called, *(logic for _, logic in self.bindings)]

    def value(self, state: State) -> Any:
        names: dict[str, Any] = {"f": self.called.value(state)}
        names.update((f"a{index}", logic.value(state)) for index, (_, logic) in enumerate(self.bindings))
        result = state.within(names, Literal(self.call))
        if state.reasons is not None:
            head = drawn.part(state, "调用", self.called, result)
            given = zip(self.bindings, list(names.values())[1:], strict=True)
            drawn.box(
                state, "invocation", [head, *(drawn.part(state, name, logic, one) for (name, logic), one in given)]
            )
        return result


@dataclass(frozen=True)
class FunctionOf(Boxed):
    """A boxed function definition."""

    parameters: tuple[tuple[str, Shape], ...]
    body: Logic

    def parts(self) -> list[Any]:
        return [self.body]

    def introduced(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.parameters)

    def value(self, state: State) -> Function:
        scope = state.run.scope
        if state.reasons is not None:
            taken = [Part(name, shape.name, None) for name, shape in self.parameters]
            drawn.box(state, "function", [*taken, Part("函数体", self.body.text, None)])

        def call(*arguments: Any) -> Any:
            return apply(self, state, scope, arguments)

        return typed(self.parameters, None, call)


def typed(parameters: tuple[tuple[str, Shape], ...], result: Shape | None, call: Callable[..., Any]) -> Function:
    """A function that knows what it takes and, where that is said, gives."""
    types = tuple(shape.type for _, shape in parameters)
    return Function(tuple(name for name, _ in parameters), call, types, None if result is None else result.type)


def apply(function: FunctionOf, state: State, scope: Any, arguments: tuple[Any, ...]) -> Any:
    """The body over the arguments; an argument that is not of its type makes the call null."""
    given: dict[str, Any] = {}
    for (name, shape), argument in zip(function.parameters, arguments, strict=True):
        fits, given[name] = shape.coerce(state.run, argument)
        if not fits:
            state.note(f"参数“{name}”不是 {shape.name} 类型")
            return None
    return state.within(ChainMap(given, scope), function.body)


@dataclass(frozen=True)
class Conditional(Boxed):
    """Boxed `if`."""

    test: Logic
    then: Logic
    otherwise: Logic

    def parts(self) -> list[Any]:
        return [self.test, self.then, self.otherwise]

    def value(self, state: State) -> Any:
        test = self.test.value(state)
        holds = test is True
        value = (self.then if holds else self.otherwise).value(state)
        if state.reasons is not None:
            asked = drawn.part(state, "如果", self.test, test, drawn.verdict(test))
            then = drawn.part(state, "那么", self.then, value) if holds else drawn.unasked("那么", self.then)
            other = drawn.unasked("否则", self.otherwise)
            drawn.box(
                state,
                "conditional",
                [asked, then, other if holds else drawn.part(state, "否则", self.otherwise, value)],
            )
        return value


@dataclass(frozen=True)
class Filter(Boxed):
    """A boxed filter; the condition sees `item` and, of a context, its entries."""

    source: Logic
    condition: Logic

    def parts(self) -> list[Any]:
        return [self.source, self.condition]

    def introduced(self) -> tuple[str, ...]:
        return ("item",)

    def value(self, state: State) -> Any:
        items = self.source.value(state)
        if items is None:
            return None
        rounds: list[drawn.Round] = []
        for item in items if items.__class__ is list else [items]:
            names = {"item": item}
            own: Any = ChainMap(names, item) if item.__class__ is dict else names
            verdict = state.inside(own, self.condition)
            rounds.append((item, verdict))
            if verdict is not None and verdict.__class__ is not bool:
                state.note("筛选条件应当是是非值")
                return None
        if state.reasons is not None:
            head = drawn.part(state, "列表", self.source, items), Part("条件", self.condition.text, None)
            drawn.walked(state, "filter", head, rounds, judged=True)
        return [item for item, verdict in rounds if verdict is True]


@dataclass(frozen=True)
class Loop(Boxed):
    """Boxed `for`, `some` and `every`. `walk` is the FEEL expression that does the walking over a function."""

    variable: str
    source: Logic
    body: Logic
    walk: Expression

    def parts(self) -> list[Any]:
        return [self.source, self.body]

    def introduced(self) -> tuple[str, ...]:
        return (self.variable, "partial")

    def value(self, state: State) -> Any:
        scope = state.run.scope
        source = self.source.value(state)
        rounds: list[drawn.Round] = []

        def call(item: Any, partial: Any) -> Any:
            names = {self.variable: item, "partial": partial}
            found = state.within(ChainMap(names, scope), self.body)  # type: ignore[arg-type]
            if state.reasons is not None:
                rounds.append((item, found))
            return found

        names = {"source": source, "body": Function(("item", "partial"), call)}
        result = state.within(names, Literal(self.walk))
        if state.reasons is not None:
            head = drawn.part(state, f"{self.variable} 取自", self.source, source), Part("每一项", self.body.text, None)
            drawn.walked(state, self.kind, head, rounds, judged=self.kind != "for")
        return result

    @property
    def kind(self) -> str:
        """`for`, `some` or `every`."""
        return self.walk.text.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class KnowledgeModel:
    """A business knowledge model: a function that sees its parameters and the knowledge it requires, nothing else."""

    id: str
    name: str
    definition: Any
    shape: Shape | None = None
    knows: tuple[tuple[str, Knowledge], ...] = field(default=(), compare=False, repr=False)

    def function(self, state: State) -> Any:
        known = state.functions.get(id(self))
        if known is None:
            known = state.functions[id(self)] = self._bind(state)
        return known

    def _bind(self, state: State) -> Function:
        def call(*arguments: Any) -> Any:
            scope = knowledge(self.knows, state)
            scope[self.name] = self.function(state)
            value = apply(self.definition, state, scope, arguments)
            return value if self.shape is None else coerced(state, self.shape, value, f"“{self.name}”的结果")

        return typed(self.definition.parameters, self.shape, call)


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: output decisions over input decisions and data given as arguments."""

    id: str
    name: str
    parameters: tuple[tuple[str, str, Shape], ...]
    outputs: tuple[Decision, ...]
    shape: Shape | None = None

    def function(self, state: State) -> Any:
        known = state.functions.get(id(self))
        if known is None:
            known = state.functions[id(self)] = self._bind(state)
        return known

    def _bind(self, state: State) -> Function:
        def call(*arguments: Any) -> Any:
            return self._evaluate(state, arguments)

        return typed(tuple((name, shape) for _, name, shape in self.parameters), self.shape, call)

    def _evaluate(self, state: State, arguments: tuple[Any, ...]) -> Any:
        before = state.run.scope, state.given, state.results, state.fired, state.inputs
        given: dict[str, Any] = {}
        results: dict[tuple[str, ...], Any] = {}
        for (identity, name, shape), argument in zip(self.parameters, arguments, strict=True):
            fits, value = shape.coerce(state.run, argument)
            if not fits:
                state.note(f"参数“{name}”不是 {shape.name} 类型")
                return None
            given[name] = value
            if identity:
                results[(*state.path, identity)] = value
        state.given, state.results, state.fired, state.inputs = given, results, [], {}
        try:
            values = {decision.name: decide(decision, state) for decision in self.outputs}
        finally:
            state.run.scope, state.given, state.results, state.fired, state.inputs = before
        value = next(iter(values.values())) if len(values) == 1 else values
        return value if self.shape is None else coerced(state, self.shape, value, f"“{self.name}”的结果")


def call_by_name(known: Knowledge, scope: Mapping[str, Any]) -> Any:
    """A decision service or knowledge model called from outside, its arguments taken by name from the scope.

    Raises `feel.FeelLimitError`.
    """
    run = Run(scope)
    function = known.function(State(run))
    return run.export(function.call(*(import_value(scope.get(name)) for name in function.parameters)))
