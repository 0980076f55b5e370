"""The parser: recursive descent for what starts with a word or bracket, operator ranks for the rest."""

from decimal import Decimal

from engine.feel import lexer, names
from engine.feel import syntax as tree
from engine.feel.cursor import MAX_DEPTH, Cursor
from engine.feel.errors import Fault, FeelSyntaxError
from engine.feel.lexer import Token
from engine.feel.names import NameTree
from engine.feel.parser_errors import bad_literal, too_deep
from engine.feel.syntax import Node
from engine.feel.temporal import parse_temporal
from engine.feel.values import CONTEXT

OR, AND, COMPARISON, ADDITIVE, MULTIPLICATIVE, POWER, NEGATION, INSTANCE, POSTFIX = range(1, 10)
ORDER = ("=", "!=", "<", "<=", ">", ">=")
EXPRESSION = "表达式"

_INFIX = {
    "or": OR,
    "and": AND,
    **dict.fromkeys((*ORDER, "between", "in"), COMPARISON),
    "+": ADDITIVE,
    "-": ADDITIVE,
    "*": MULTIPLICATIVE,
    "/": MULTIPLICATIVE,
    "**": POWER,
    "instance": INSTANCE,
    ".": POSTFIX,
    "[": POSTFIX,
    "(": POSTFIX,
}
_CANNOT_START = frozenset([*_INFIX, ")", "]", ",", "}", ":", "..", "then", "else", "return", "satisfies", ""]) - set(
    "-[("
)


class Parser(Cursor):
    """Reads one text."""

    # --- entry points

    def expression_text(self) -> Node:
        """The whole text as one expression. Raises FeelSyntaxError."""
        node = self.parse()
        self._finish()
        return node

    def tests_text(self) -> tree.Tests:
        """The whole text as unary tests; an empty text is `-`. Raises FeelSyntaxError."""
        if self.token.kind == lexer.END or (self.token.text == "-" and self.tokens[1].kind == lexer.END):
            return tree.Tests(0, [], False)
        negated = self._negated_tests()
        if negated is not None:
            return negated
        tests = self._tests()
        self._finish()
        return tree.Tests(0, tests, False)

    def _negated_tests(self) -> tree.Tests | None:
        if self.token.text != "not" or self.tokens[1].text != "(":
            return None
        self.index = 2
        try:
            tests = self._tests()
            if self._take(")") and self.token.kind == lexer.END:
                return tree.Tests(0, tests, True)
        except FeelSyntaxError as error:
            if error.code != "feel.syntax":
                raise
        self.index, self.depth, self.filters, self.asked = 0, 0, 0, 0
        self.locals.clear()
        return None

    def _tests(self) -> list[Node]:
        tests = [self._test(0)]
        while self._take(","):
            tests.append(self._test(0))
        return tests

    def _test(self, rank: int) -> Node:
        token = self.token
        if token.text in ORDER and token.kind == lexer.SYMBOL:
            self.index += 1
            endpoint = self.parse(COMPARISON)
            return self._tall(tree.HalfInterval(token.start, token.text, endpoint), endpoint)
        return self.parse(rank)

    # --- operators

    @staticmethod
    def _tall(node: Node, *children: Node) -> Node:
        node.height = 1 + max((child.height for child in children), default=0)
        if node.height > tree.MAX_HEIGHT:
            raise too_deep(node.at)
        return node

    def parse(self, rank: int = 0) -> Node:
        """An expression whose operators bind tighter than `rank`."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep(self.token.start)
        left = self._operand()
        while True:
            token = self.tokens[self.index]
            own = _INFIX.get(token.text, 0) if token.kind in (lexer.SYMBOL, lexer.WORD) else 0
            if own <= rank:
                break
            if token.text == "[" and self.tokens[self.index + 1].text in _CANNOT_START:
                break  # the closing bracket of an interval that leaves its end out: ]1..5[
            left = self._infix(left, token, own)
        self.depth -= 1
        return left

    def _infix(self, left: Node, token: Token, rank: int) -> Node:
        if rank in (OR, AND):
            return self._logical(left, token.text, rank)
        if rank in (ADDITIVE, MULTIPLICATIVE):
            return self._chain(left, rank)
        self.index += 1
        match token.text:
            case "**":
                exponent = self.parse(POWER)
                return self._tall(tree.Power(token.start, left, exponent), left, exponent)
            case "between":
                return self._between(left, token)
            case "in":
                return self._membership(left, token)
            case "instance":
                self._expect("of")
                return self._tall(tree.InstanceOf(token.start, left, self._type()), left)
            case ".":
                return self._tall(tree.Path(token.start, left, self._property()), left)
            case "[":
                return self._filter(left, token)
            case "(":
                return self._call(left)
        right = self.parse(COMPARISON)
        return self._tall(tree.Comparison(token.start, token.text, left, right), left, right)

    def _logical(self, left: Node, operator: str, rank: int) -> Node:
        at = self.token.start
        operands = [left]
        while self._take(operator):
            operands.append(self.parse(rank))
        return self._tall(tree.Logical(at, operator, operands), *operands)

    def _chain(self, left: Node, rank: int) -> Node:
        at = self.token.start
        rest: list[tuple[str, Node, int]] = []
        while token := self._take(*("+-" if rank == ADDITIVE else "*/")):
            rest.append((token.text, self.parse(rank), token.start))
        return self._tall(tree.Chain(at, left, rest), left, *(node for _, node, _ in rest))

    def _between(self, left: Node, token: Token) -> Node:
        low = self.parse(COMPARISON)
        self._expect("and")
        high = self.parse(COMPARISON)
        return self._tall(tree.Between(token.start, left, low, high), left, low, high)

    def _membership(self, left: Node, token: Token) -> Node:
        self.asked += 1
        tests = self._membership_tests()
        self.asked -= 1
        return self._tall(tree.Membership(token.start, left, tests), left, *tests)

    def _membership_tests(self) -> list[Node]:
        opening = self._take("(")
        if opening is None:
            return [self._test(COMPARISON)]
        tests = [self._test(0)]
        if self._take(".."):
            tests = [self._interval(opening, tests[0])]
        else:
            while self._take(","):
                tests.append(self._test(0))
            self._expect(")")
        return tests

    # --- operands

    def _operand(self) -> Node:
        token = self.token
        match token.kind:
            case lexer.NUMBER:
                return self._number(token)
            case lexer.STRING | lexer.AT:
                return self._quoted(token)
            case lexer.WORD | lexer.QUOTED:
                return self._word(token)
            case lexer.SYMBOL:
                return self._symbol(token)
        raise self._unexpected(EXPRESSION)

    def _number(self, token: Token) -> Node:
        self.index += 1
        try:
            return tree.Literal(token.start, CONTEXT.create_decimal(token.text))
        except ArithmeticError:
            raise bad_literal(token.start, f"数字“{token.text[:40]}”太大") from None

    def _quoted(self, token: Token) -> Node:
        if not lexer.is_closed(token):
            raise self._unexpected('"')
        self.index += 1
        if token.kind == lexer.STRING:
            return tree.Literal(token.start, lexer.string_value(token))
        try:
            return tree.Literal(token.start, parse_temporal(lexer.string_value(token)))
        except Fault as fault:
            return tree.Faulty(token.start, fault.sentence)

    def _word(self, token: Token) -> Node:
        match token.text:
            case "true" | "false" | "null":
                self.index += 1
                return tree.Literal(token.start, {"true": True, "false": False}.get(token.text))
            case "if":
                return self._condition(token)
            case "for":
                return self._loop(token)
            case "some" | "every":
                return self._quantified(token)
            case "function" if self.tokens[self.index + 1].text == "(":
                return self._definition(token)
        if token.text in names.KEYWORDS:
            raise self._unexpected(EXPRESSION)
        return tree.Name(token.start, self._known_name())

    def _symbol(self, token: Token) -> Node:
        self.index += 1
        match token.text:
            case "-":
                return self._negation(token)
            case "(":
                return self._parenthesis(token)
            case "[":
                return self._bracket(token)
            case "]":
                return self._interval_from(token)
            case "{":
                return self._context(token)
            case "?" if self.unary or self.asked:
                return tree.Tested(token.start)
        self.index -= 1
        raise self._unexpected(EXPRESSION)

    def _negation(self, token: Token) -> Node:
        operand = self.parse(NEGATION)
        if isinstance(operand, tree.Literal) and isinstance(operand.value, Decimal):
            return tree.Literal(token.start, CONTEXT.minus(operand.value))
        return self._tall(tree.Negation(token.start, operand), operand)

    def _parenthesis(self, token: Token) -> Node:
        if self.token.text in ORDER:
            node = self._test(0)
            self._expect(")")
            return node
        node = self.parse()
        if self._take(".."):
            return self._interval(token, node)
        self._expect(")", "..")
        return node

    def _bracket(self, token: Token) -> Node:
        if self._take("]"):
            return tree.ListLiteral(token.start, [])
        elements = [self.parse()]
        if self._take(".."):
            return self._interval(token, elements[0])
        while self._take(","):
            elements.append(self.parse())
        self._expect("]", ",")
        return self._tall(tree.ListLiteral(token.start, elements), *elements)

    def _interval_from(self, token: Token) -> Node:
        start = self.parse()
        self._expect("..")
        return self._interval(token, start)

    def _interval(self, opening: Token, start: Node) -> Node:
        end = self.parse()
        closing = self._expect("]", ")", "[")
        node = tree.Interval(opening.start, start, end, opening.text == "[", closing.text == "]")
        return self._tall(node, start, end)

    # --- what starts with a keyword

    def _condition(self, token: Token) -> Node:
        branches: list[tuple[Node, Node]] = []
        while self._take("if"):
            condition = self.parse()
            self._expect("then")
            branches.append((condition, self.parse()))
            self._expect("else")
        otherwise = self.parse()
        children = [node for branch in branches for node in branch]
        return self._tall(tree.Condition(token.start, branches, otherwise), otherwise, *children)

    def _loop(self, token: Token) -> Node:
        with self._scope() as scope:
            iterators = self._iterators(scope)
            self._expect("return")
            body = self.parse()
        return self._tall(tree.Loop(token.start, iterators, body), body, *_sources(iterators))

    def _quantified(self, token: Token) -> Node:
        with self._scope() as scope:
            iterators = self._iterators(scope)
            self._expect("satisfies")
            body = self.parse()
        return self._tall(
            tree.Quantified(token.start, token.text == "every", iterators, body), body, *_sources(iterators)
        )

    def _iterators(self, scope: NameTree) -> list[tree.Iterator]:
        self.index += 1
        iterators: list[tree.Iterator] = []
        while True:
            name = self._new_name("in")
            self._expect("in")
            source = self.parse()
            end = self.parse() if self._take("..") else None
            iterators.append(tree.Iterator(name, source, end))
            scope.add(name)
            if not self._take(","):
                return iterators

    def _definition(self, token: Token) -> Node:
        self.index += 2
        parameters: list[tuple[str, tree.Type | None]] = []
        with self._scope() as scope:
            while not self._take(")"):
                if parameters:
                    self._expect(",", ")")
                name = self._new_name(",", ")", ":")
                scope.add(name)
                parameters.append((name, self._type() if self._take(":") else None))
            external = self._take("external")
            body = self.parse()
        node = tree.Definition(token.start, parameters, None if external else body)
        return self._tall(node, body)

    def _context(self, token: Token) -> Node:
        entries: list[tuple[str, Node]] = []
        with self._scope() as scope:
            while not self._take("}"):
                if entries:
                    self._expect(",", "}")
                entries.append(self._entry(scope))
        return self._tall(tree.ContextLiteral(token.start, entries), *(node for _, node in entries))

    def _entry(self, scope: NameTree) -> tuple[str, Node]:
        if self.token.kind == lexer.STRING and lexer.is_closed(self.token):
            key = lexer.string_value(self.token)
            self.index += 1
        else:
            key = self._new_name(":")
        self._expect(":")
        value = self.parse()
        scope.add(key)
        self.properties.add(key)
        return key, value

    def _filter(self, left: Node, token: Token) -> Node:
        self.filters += 1
        condition = self.parse()
        self.filters -= 1
        self._expect("]")
        return self._tall(tree.Filter(token.start, left, condition), left, condition)

    def _call(self, left: Node) -> Node:
        arguments: list[Node] = []
        labels: list[str] = []
        named = self._label_length() > 0
        while not self._take(")"):
            if arguments:
                self._expect(",", ")")
            if named:
                labels.append(self._new_name(":"))
                self._expect(":")
            arguments.append(self._test(0) if self._is_half_interval() else self.parse())
        of_scope = isinstance(left, tree.Name) and left.name in self.known.functions
        node = tree.Call(left.at, left, arguments, tuple(labels) if named else None, of_scope)
        return self._tall(node, left, *arguments)

    def _is_half_interval(self) -> bool:
        return self.token.kind == lexer.SYMBOL and self.token.text in ORDER


def _sources(iterators: list[tree.Iterator]) -> list[Node]:
    return [node for item in iterators for node in (item.source, item.end) if node is not None]
