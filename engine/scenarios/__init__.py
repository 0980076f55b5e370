"""Scenarios of a package: read from YAML, run through the real commands on a fixed clock, reported in words."""

from engine.scenarios.html_report import html_report
from engine.scenarios.junit import junit
from engine.scenarios.model import (
    Complete,
    End,
    Expected,
    Object,
    Receive,
    Return,
    Scenario,
    Step,
    Tell,
    Text,
    Told,
    Wait,
    Withdraw,
)
from engine.scenarios.package import package_folders, run, run_package
from engine.scenarios.problem import Problem, ScenarioProblems
from engine.scenarios.reader import read_all
from engine.scenarios.report import Failure, Outcome, Report, total
from engine.scenarios.watching import Watch

__all__ = [
    "Complete",
    "End",
    "Expected",
    "Failure",
    "Object",
    "Outcome",
    "Problem",
    "Receive",
    "Report",
    "Return",
    "Scenario",
    "ScenarioProblems",
    "Step",
    "Tell",
    "Text",
    "Told",
    "Wait",
    "Watch",
    "Withdraw",
    "html_report",
    "junit",
    "package_folders",
    "read_all",
    "run",
    "run_package",
    "total",
]
