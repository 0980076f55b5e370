"""Fired rows as findings: an argument with its clause, never a verdict. What is not confirmed never blocks."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from engine.decisions.clauses import CONFIRMED, Clauses
from engine.decisions.explanation import masked, met
from engine.decisions.reasons import Evaluation, FiredRule

SEVERITIES = ("block", "manual", "warn")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one fired row says. `severity` is what follows, `declared_severity` what the table asks for; `unconfirmed`
    says that a clause behind it is not confirmed for this province (shown as 参数待确认), `why` which values made it fire."""

    code: str
    severity: str
    declared_severity: str
    reason: str
    clause_id: str
    clause_text: str
    source: str
    certainty: str
    binding: str
    unconfirmed: bool
    in_effect: bool
    rule_id: str
    table_id: str
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def findings(
    evaluation: Evaluation, clauses: Clauses, on: date, confirmed: Collection[str] = frozenset()
) -> list[Finding]:
    """The rows that fired, in the order of the table; `confirmed` are rule codes or clause ids taken as confirmed."""
    standing = clauses.on(on)
    return [_finding(rule, evaluation.table_id, standing, on, frozenset(confirmed)) for rule in evaluation.fired]


def _finding(rule: FiredRule, table_id: str, clauses: Clauses, on: date, confirmed: frozenset[str]) -> Finding:
    code = str(rule.outputs.get("code") or rule.rule_id)
    declared = str(rule.outputs.get("sev") or "warn")
    ids = [part.strip() for part in rule.clause.split("/") if part.strip()]
    known = [clause for one in ids if (clause := clauses.get(one)) is not None]
    all_known = len(known) == len(ids)
    bound = bool(ids) and all(clause.binding == CONFIRMED or clause.id in confirmed for clause in known)
    in_effect = all(clause.holds_on(on) for clause in known)
    sure = all_known and in_effect and (bound or code in confirmed)
    return Finding(
        code=code,
        severity=_severity(declared, sure),
        declared_severity=declared,
        reason=rule.reason,
        clause_id=rule.clause,
        clause_text="；".join(clause.text for clause in known),
        source="；".join(clause.source for clause in known),
        certainty=max((clause.certainty for clause in known), default="D") if all_known else "D",
        binding=CONFIRMED if sure else "参照",
        unconfirmed=not sure,
        in_effect=in_effect,
        rule_id=rule.rule_id,
        table_id=table_id,
        why=masked(met(rule.checked)),
    )


def _severity(declared: str, sure: bool) -> str:
    """A word that is none of the severities asks for a person; what is not sure never blocks."""
    if declared not in SEVERITIES or (declared == "block" and not sure):
        return "manual"
    return declared
