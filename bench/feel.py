"""How long FEEL takes: compiling, one condition, one decision table over one candidate. Prints microseconds.

Run it with `python -m bench.feel`; every figure is the best of several rounds, in which other work disturbs least.
"""

import timeit
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from engine import decisions, feel

CONDITION = "age >= 18 and age < 70"
LONGER = 'if count(posts[society != own and position = "会长"]) > 0 then "不得兼任" else null'
ROWS = 20
SCOPE = {
    "age": Decimal(66),
    "own": "51990000MJ000000XN",
    "posts": [{"society": "他会", "position": "理事"}, {"society": "另会", "position": "会长"}],
    "birth": date(1960, 5, 1),
    "candidate": {"age": Decimal(66), "post": "副会长", "terms": Decimal(1), "kind": "非公职", "paid": "否"},
}
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="d" namespace="bench">
<decision id="t" name="t"><decisionTable id="tt" hitPolicy="COLLECT">
<input id="i1"><inputExpression><text>candidate.age</text></inputExpression></input>
<input id="i2"><inputExpression><text>candidate.post</text></inputExpression></input>
<input id="i3"><inputExpression><text>candidate.terms</text></inputExpression></input>
<output id="o1" name="code"/><output id="o2" name="sev"/><output id="o3" name="reason"/>{rows}
</decisionTable></decision></definitions>"""
ROW = """<rule id="r{n}"><inputEntry><text>&gt; {n}</text></inputEntry><inputEntry><text>"会长", "秘书长"</text></inputEntry>
<inputEntry><text>-</text></inputEntry><outputEntry><text>"E{n}"</text></outputEntry><outputEntry><text>"block"</text>
</outputEntry><outputEntry><text>"理由"</text></outputEntry></rule>"""


def microseconds(action: Callable[[], object], number: int) -> float:
    """The best time of one call."""
    return min(timeit.repeat(action, number=number, repeat=7)) / number * 1e6


def measures() -> dict[str, float]:
    """Each figure by name, in microseconds."""
    condition, longer = feel.compile_expression(CONDITION), feel.compile_expression(LONGER)
    cell = feel.compile_unary_tests('"会长", "秘书长"')
    xml = TABLE.format(rows="".join(ROW.format(n=n) for n in range(60, 60 + ROWS))).encode()
    table = decisions.read(xml, "bench.dmn").decisions["t"]
    return {
        "compile a two-comparison condition": microseconds(lambda: feel.compile_expression(CONDITION), 300),
        "compile a filter with a condition": microseconds(lambda: feel.compile_expression(LONGER), 200),
        "evaluate a two-comparison condition": microseconds(lambda: condition.evaluate(SCOPE), 20_000),
        "evaluate a filter with a condition": microseconds(lambda: longer.evaluate(SCOPE), 5_000),
        "match a cell of two texts": microseconds(lambda: cell.matches("副会长", SCOPE), 20_000),
        f"evaluate a table of {ROWS} rows over one candidate": microseconds(lambda: table.evaluate(SCOPE), 1_000),
        f"read a table of {ROWS} rows": microseconds(lambda: decisions.read(xml, "bench.dmn"), 5),
    }


def main() -> None:
    for name, figure in measures().items():
        print(f"{figure:10.2f} µs  {name}")


if __name__ == "__main__":
    main()
