"""Scenarios of a package: read from YAML, run through the real commands on a fixed clock, reported in words."""

from engine.scenarios.model import Complete, End, Expected, Return, Scenario, Step, Text, Wait, Withdraw
from engine.scenarios.package import run, run_package
from engine.scenarios.problem import Problem, ScenarioProblems
from engine.scenarios.reader import read_all
from engine.scenarios.report import Failure, Outcome, Report

__all__ = [
    "Complete",
    "End",
    "Expected",
    "Failure",
    "Outcome",
    "Problem",
    "Report",
    "Return",
    "Scenario",
    "ScenarioProblems",
    "Step",
    "Text",
    "Wait",
    "Withdraw",
    "read_all",
    "run",
    "run_package",
]
