"""Whether every row of a rule says why, how hard, and on which clause of the register it rests."""

from collections.abc import Iterator

from engine import decisions
from engine.decisions import Decision, Rule, Table
from engine.packages.grounds import SEPARATOR, row_word
from engine.packages.parts import Held, Parts
from engine.packages.problem import Finding, shown
from engine.packages.source import MANIFEST
from engine.packages.vocabulary import SEVERITIES, Vocabulary


def findings(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    yield from _manifest(parts, vocabulary)
    rules = parts.manifest.rules if parts.manifest is not None else ()
    for identity, held in parts.decisions.items():
        yield from _decision(held, vocabulary, is_rule=identity in rules)


def _manifest(parts: Parts, vocabulary: Vocabulary) -> Iterator[Finding]:
    if parts.manifest is None:
        return
    quoted = {f"parameters.{name}.clause": parameter.clause for name, parameter in parts.manifest.parameters.items()}
    if parts.manifest.promise is not None:
        quoted["promise.clause"] = parts.manifest.promise.clause
    for number, condition in enumerate(parts.manifest.conditions, 1):
        if condition.clause:
            quoted[f"conditions.{number}.clause"] = condition.clause
    for element, clause in quoted.items():
        yield from _unknown(MANIFEST, element, clause, vocabulary)


def _decision(held: Held[Decision], vocabulary: Vocabulary, *, is_rule: bool) -> Iterator[Finding]:
    table = held.value.logic
    if not isinstance(table, Table):
        if is_rule:
            message = "rules 里的决策要是决策表，才能逐行说明依据；请改成决策表。"
            yield Finding(held.file, shown(held.value.id), "package.rule-table", message)
        return
    for rule in table.rules:
        words = {name: row_word(table, rule, name) for name in ("clause", "reason", "sev")}
        if words["clause"]:
            yield from _unknown(held.file, shown(rule.id), words["clause"], vocabulary)
        if is_rule:
            yield from _complete(held.file, table, rule, words)


def _complete(file: str, table: Table, rule: Rule, words: dict[str, str | None]) -> Iterator[Finding]:
    if words["clause"] == "":
        example = shown(decisions.witness(table, rule), 300)
        fires = f"，例如{example}时它会命中" if example else ""
        message = f"第 {rule.number} 行没有条款编号{fires}；请在 clause 一列写上 clauses.toml 里的编号。"
        yield Finding(file, shown(rule.id), "package.rule-clause", message)
    if words["reason"] == "":
        message = f"第 {rule.number} 行没有理由；请在 reason 一列写一句给办理人看的话。"
        yield Finding(file, shown(rule.id), "package.rule-reason", message)
    severity = words["sev"]
    if severity is not None and severity not in SEVERITIES:
        message = f"第 {rule.number} 行的 sev 是“{shown(severity)}”；请从 {'、'.join(SEVERITIES)} 中选一个。"
        yield Finding(file, shown(rule.id), "package.rule-severity", message)


def _unknown(file: str, element: str, clauses: str, vocabulary: Vocabulary) -> Iterator[Finding]:
    known = vocabulary.clauses
    if known is None:
        return
    for clause in clauses.split(SEPARATOR):
        if clause.strip() and clause.strip() not in known:
            message = f"条款台账里没有“{shown(clause)}”；请改正编号，或先把条款写入 clauses.toml。"
            yield Finding(file, element, "package.unknown-clause", message)
