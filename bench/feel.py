"""How long FEEL takes: compiling, conditions, decision tables over one candidate, and beside other engines.

Run it with `script/bench feel`; every figure is the processor's time in the best of several rounds, in which other
work disturbs least. The other engines (`bench/peers/feel.py`) are installed into instance/bench/peers at the first run; `--alone` leaves them out.
"""

import sys
import timeit
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from subprocess import SubprocessError
from time import process_time
from typing import Any

from bench.peers import feel as peers
from engine import decisions, feel
from engine.cases.names import full_years

CONDITION = "age >= 18 and age < 70"
TABLES = Path(__file__).resolve().parent.parent / "bpmn/leader_review/decisions"
MILLION = 1_000_000
CANDIDATE: dict[str, Any] = {
    "post": "会长",
    "birth": date(1960, 5, 1),
    "terms_served": Decimal(1),
    "cadre_type": "非公职",
    "retire_date": None,
    "cadre_approval": None,
    "concurrent_posts": [{"society_uscc": "51990000MJ000000YN", "position": "理事", "is_legal": "否"}],
    "is_legal_rep": "是",
    "paid": "否",
    "criminal_status": "无",
    "credit_status": "无",
    "full_capacity": "是",
    "id_type": "居民身份证",
    "id_no": "1",
    "member_unit_uscc": None,
    "relatives": [],
}
SCOPE: dict[str, Any] = {
    "age": Decimal(66),
    "candidate": CANDIDATE,
    "candidates": [CANDIDATE],
    "incumbents": None,
    "term_start": date(2026, 12, 1),
    "term_end": date(2031, 12, 1),
    "election_date": date(2026, 12, 1),
    "trigger": "换届",
    "uscc": "51990000MJ000000XN",
    "extension_vote": None,
    "extension_approval_no": None,
    "parameters": {"age_mode": "lt70", "age_mode_confirmed": False},
    "周岁": feel.Function(("birth", "on"), full_years),
}


def microseconds(action: Callable[[], object], number: int, repeat: int = 400) -> tuple[float, float]:
    """(best, median) time of one call, over many short rounds: the shorter, the less other work stands in one."""
    rounds = [time / number * 1e6 for time in timeit.repeat(action, number=number, repeat=repeat, timer=process_time)]
    return min(rounds), median(rounds)


def measures() -> dict[str, tuple[float, float]]:
    """Each figure by name, in microseconds: the best and the median."""
    condition, cell = feel.compile_expression(CONDITION), feel.compile_unary_tests('"会长", "秘书长"')
    files = {name: (TABLES / f"{name}.dmn").read_bytes() for name in ("DT-L1a", "DT-L1b")}
    one, all_ = (decisions.read(xml, name).decisions[name] for name, xml in files.items())
    return {
        "compile a two-comparison condition": microseconds(lambda: feel.compile_expression(CONDITION), 10),
        "evaluate a two-comparison condition": microseconds(lambda: condition.evaluate(SCOPE), 1_000),
        "match a cell of two texts": microseconds(lambda: cell.matches("副会长", SCOPE), 1_000),
        "DT-L1a, twenty rows over nineteen columns, one candidate": microseconds(lambda: one.evaluate(SCOPE), 20),
        "DT-L1b, four rows over a list of one candidate": microseconds(lambda: all_.evaluate(SCOPE), 20),
        "both of them": microseconds(lambda: (one.evaluate(SCOPE), all_.evaluate(SCOPE)), 20),
        "DT-L1a with all its reasons": microseconds(lambda: one.explain(SCOPE), 2, 100),
        "read DT-L1a": microseconds(lambda: decisions.read(files["DT-L1a"], "DT-L1a"), 1, 30),
    }


def a_million() -> float:
    """Seconds for a million evaluations of one compiled condition, each over a scope of its own."""
    condition, scopes = feel.compile_expression(CONDITION), [{"age": Decimal(age)} for age in range(100)]
    start = process_time()
    for _ in range(MILLION // len(scopes)):
        for scope in scopes:
            condition.evaluate(scope)
    return process_time() - start


def ours() -> dict[str, dict[str, float]]:
    """Our own microseconds over the expressions that the other engines are asked."""
    found = {}
    for name, (text, scope) in peers.ASKED.items():
        compiled = feel.compile_expression(text)
        values = {key: feel.import_value(value) for key, value in scope.items()}
        alone = peers.best(lambda compiled=compiled, values=values: compiled.evaluate(values), 2_000)
        both = peers.best(lambda text=text, values=values: feel.compile_expression(text).evaluate(values), 200)
        found[name] = {"alone": alone, "both": both}
    return found


def compare() -> None:
    """The other engines beside ours, in microseconds, and how many times ours they take."""
    own = ours()
    for title, measure in ((peers.FEELIN, peers.feelin), (peers.BKFLOW, peers.bkflow)):
        print(f"\nbeside {title}: microseconds, and how many times ours")
        try:
            found = measure()
        except (OSError, SubprocessError, ValueError) as error:
            print(f"  cannot be installed or run here: {error}")
            continue
        for name, figures in found.items():
            print(f"  {name:28}{_beside(own[name], figures)}")


def _beside(own: dict[str, float], theirs: dict[str, Any]) -> str:
    if "error" in theirs:
        return f"cannot: {theirs['error']}"
    both = f"read and evaluate {theirs['both']:9.1f} / {own['both']:7.1f} = {theirs['both'] / own['both']:6.2f}"
    once = theirs.get("alone", theirs["both"])
    return f"{both}   evaluate, read before {once:9.1f} / {own['alone']:5.1f} = {once / own['alone']:6.2f}"


def main() -> None:
    print("the best and the median round")
    for name, (best, usual) in measures().items():
        print(f"{best:10.2f} {usual:10.2f} µs  {name}")
    print(f"{a_million():10.2f} s   a million evaluations of a two-comparison condition")
    if "--alone" not in sys.argv[1:]:
        compare()


if __name__ == "__main__":
    main()
