"""What a decision table says by itself: rows that overlap, inputs that no row covers, rows that can never fire."""

from collections.abc import Iterator

from engine import decisions
from engine.decisions import Effort, Flaw, Table
from engine.packages.parts import Parts
from engine.packages.problem import Finding, shown
from engine.packages.vocabulary import Vocabulary


def findings(parts: Parts, _vocabulary: Vocabulary) -> Iterator[Finding]:
    effort = Effort()
    for file, model in parts.models.items():
        for table in model.tables:
            for flaw in decisions.analyse(table, effort):
                yield _finding(file, table, flaw)


def _finding(file: str, table: Table, flaw: Flaw) -> Finding:
    name, witness = shown(table.name), shown(flaw.witness, 300)
    rows = "、".join(str(rule.number) for rule in flaw.rows)
    element = shown(flaw.rows[-1].id if flaw.rows else table.id)
    match flaw.kind:
        case "overlap":
            message = (
                f"“{name}”只能命中一行，而第 {rows} 行会同时命中，例如{witness}；请改条件使各行互不重叠，或换命中策略。"
            )
            return Finding(file, element, "package.table-overlap", message, "warning")
        case "conflict":
            message = (
                f"“{name}”命中的各行应当结果一致，而第 {rows} 行会同时命中却结果不同，例如{witness}；请改条件或结果。"
            )
            return Finding(file, element, "package.table-conflict", message, "warning")
        case "gap":
            message = f"“{name}”没有一行覆盖这样的输入：{witness}；请加一行，或写上默认结果。"
            return Finding(file, element, "package.table-gap", message, "warning")
        case "partial":
            message = f"“{name}”没有查完：{witness}；请拆成较小的表，或自行核对。"
            return Finding(file, element, "package.table-partial", message, "warning")
    message = f"“{name}”第 {rows} 行永远不会命中：{witness}；请改它的条件、上移或删去。"
    return Finding(file, element, "package.table-never", message, "warning")
