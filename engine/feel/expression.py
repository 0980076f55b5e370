"""The two things a text can be compiled to: an expression and unary tests."""

from collections.abc import Collection, Mapping

from engine.feel.builtins import FUNCTION_NAMES
from engine.feel.compiling import Closure, Compiler, new_compiler, tests
from engine.feel.constants import compared_texts, constants
from engine.feel.errors import FeelLimitError
from engine.feel.names import NameTree, known_names
from engine.feel.parser import Parser
from engine.feel.parser_errors import too_deep
from engine.feel.run import Budget, Run
from engine.feel.syntax import Literal, Name, Node, Path, Tests
from engine.feel.types import DefinedTypes
from engine.feel.values import Value

_CONTAINERS = (list, dict)


class Expression:
    """A compiled expression: immutable, shared by threads, evaluated any number of times."""

    __slots__ = (
        "_closure",
        "_cost",
        "_slots",
        "element_names",
        "gives",
        "is_literal",
        "names",
        "node",
        "text",
        "warnings",
    )

    def __init__(self, text: str, node: Node, compiler: Compiler) -> None:
        closure = compiler.compile(node)
        self.text = text
        #: The tree of the text, for what compiles several expressions together.
        self.node = node
        self.names = frozenset(compiler.free | compiler.possible)
        #: Those of the names that only occur inside a filter: they may be entries of its elements as well as variables.
        self.element_names = frozenset(compiler.possible - compiler.free)
        #: What can only ever be null, in Chinese: wrong arguments of a built-in function, an unknown type, no such date.
        self.warnings = _warnings(compiler)
        self._closure = closure
        self._slots = compiler.slots
        self._cost = compiler.cost
        #: Whether the text is a literal.
        self.is_literal = isinstance(node, Literal)
        #: The same as `value_in`; a constant, a variable or an entry of one is read without a call in between.
        self.gives: Closure = closure if _only_reads(node) else self.value_in

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, scope: Mapping[str, Value], budget: Budget | None = None) -> Value:
        """The value. Runtime faults give None; raises FeelLimitError on the budget."""
        run = Run(scope, budget)
        value = self.value_in(run)
        return self._exported(run, value) if value.__class__ in _CONTAINERS else value

    def evaluate_with_notes(
        self, scope: Mapping[str, Value], budget: Budget | None = None
    ) -> tuple[Value, tuple[str, ...]]:
        """The value, and in Chinese why it or a part of it became null. Raises FeelLimitError on the budget."""
        run = Run(scope, budget, with_notes=True)
        return self._exported(run, self.value_in(run)), tuple(run.notes or ())

    @staticmethod
    def _exported(run: Run, value: Value) -> Value:
        try:
            return run.export(value)
        except RecursionError:
            raise too_deep_to_evaluate() from None

    def value_in(self, run: Run) -> Value:
        """The value in a run that several expressions share, before `Run.export`. Raises FeelLimitError."""
        if self._cost:
            run.spend(self._cost)
        if not self._slots:
            try:
                return self._closure(run)
            except RecursionError:
                raise too_deep_to_evaluate() from None
        before, run.slots = run.slots, [None] * self._slots
        try:
            return self._closure(run)
        except RecursionError:
            raise too_deep_to_evaluate() from None
        finally:
            run.slots = before


class UnaryTests:
    """Compiled unary tests, the language of the input cells of decision tables."""

    __slots__ = (
        "_cost",
        "_is_plain",
        "_node",
        "_slots",
        "_test",
        "element_names",
        "holds",
        "is_any",
        "names",
        "text",
        "warnings",
    )

    def __init__(self, text: str, node: Tests, test: tests.Test, compiler: Compiler) -> None:
        self.text = text
        self._node = node
        #: Whether the text is `-`, which any value passes.
        self.is_any = not node.tests
        self.names = frozenset(compiler.free | compiler.possible)
        self.element_names = frozenset(compiler.possible - compiler.free)
        self.warnings = _warnings(compiler)
        self._test = test
        self._slots = compiler.slots
        self._cost = compiler.cost
        self._is_plain = not compiler.slots and not tests.mentions_tested(node)
        #: The same as `matches_in`; tests that only compare with what they name are asked without a call in between.
        self.holds: tests.Test = test if tests.only_names(node) and not self._cost else self.matches_in

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"

    def constants(self) -> tuple[tuple[Value, ...], bool]:
        """(the constants in the tests, whether the tests do nothing but compare with these)."""
        return constants(self._node, lambda node: new_compiler().compile(node)(Run({})))

    def compared_texts(self) -> frozenset[str] | None:
        """The texts in the tests, when these only compare with literals and say the same of all other texts; else None."""
        return compared_texts(self._node)

    def matches(self, value: Value, scope: Mapping[str, Value], budget: Budget | None = None) -> bool | None:
        """Whether the value passes; None when that cannot be said. Raises FeelLimitError on the budget."""
        run = Run(scope, budget)
        return self.matches_in(run, run.read(value))

    def matches_in(self, run: Run, value: Value) -> bool | None:
        """The same in a run that several tests share; `value` is one that an expression gave."""
        if self._cost:
            run.spend(self._cost)
        if self._is_plain:
            try:
                return self._test(run, value)
            except RecursionError:
                raise too_deep_to_evaluate() from None
        before = run.slots, run.tested
        if self._slots:
            run.slots = [None] * self._slots
        run.tested = value
        try:
            return self._test(run, value)
        except RecursionError:
            raise too_deep_to_evaluate() from None
        finally:
            run.slots, run.tested = before


def undefined(name: str) -> None:
    return None


def compile_expression(
    text: str, names: Collection[str] | NameTree = (), types: DefinedTypes = undefined
) -> Expression:
    """Compiles an expression. `names` are the known names that are more than one word (a `NameTree` where many texts have
    the same), `types` those beside FEEL's own.

    Raises FeelSyntaxError.
    """
    try:
        node = Parser(text, known_names(names), FUNCTION_NAMES).expression_text()
        return Expression(text, node, new_compiler(types))
    except RecursionError:
        raise too_deep(0) from None


def compile_unary_tests(
    text: str, names: Collection[str] | NameTree = (), types: DefinedTypes = undefined
) -> UnaryTests:
    """Compiles unary tests: `-`, `not(...)`, or tests separated by commas. Raises FeelSyntaxError."""
    try:
        node = Parser(text, known_names(names), FUNCTION_NAMES, unary=True).tests_text()
        compiler = new_compiler(types)
        return UnaryTests(text, node, tests.unary_tests(compiler, node), compiler)
    except RecursionError:
        raise too_deep(0) from None


def _only_reads(node: Node) -> bool:
    while isinstance(node, Path):
        node = node.operand
    return isinstance(node, Literal | Name)


def _warnings(compiler: Compiler) -> tuple[str, ...]:
    return tuple(f"第 {at + 1} 个字符处：{sentence}" for at, sentence in compiler.warnings)


def too_deep_to_evaluate() -> FeelLimitError:
    return FeelLimitError("feel.depth", "计算嵌套得太深，请拆成几个表达式")
