"""Decision tables (DMN): read, evaluated with reasons, and turned into findings that quote their clauses."""

from engine.decisions.analysis import Effort, Flaw, analyse, witness
from engine.decisions.clauses import Clause, Clauses
from engine.decisions.explanation import sentences
from engine.decisions.findings import Finding, findings
from engine.decisions.model import Decision, DecisionModel, Rule, Table
from engine.decisions.picture import page
from engine.decisions.problems import DecisionProblems, Problem
from engine.decisions.reader import read
from engine.decisions.reasons import Checked, Evaluation, FiredRule, Why

__all__ = [
    "Checked",
    "Clause",
    "Clauses",
    "Decision",
    "DecisionModel",
    "DecisionProblems",
    "Effort",
    "Evaluation",
    "Finding",
    "FiredRule",
    "Flaw",
    "Problem",
    "Rule",
    "Table",
    "Why",
    "analyse",
    "findings",
    "page",
    "read",
    "sentences",
    "witness",
]
