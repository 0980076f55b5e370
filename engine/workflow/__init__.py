"""Executes diagrams: reads them, refuses what would not run as drawn, and moves cases over them.

SpiffWorkflow is imported nowhere else. Tokens carry no data; variables live by scope.
"""

from .definition import Definition, Survey, read, survey
from .errors import Problem, WorkflowFault, WorkflowProblems
from .interpreter import Action, Runtime, Step
from .model import CalledDecision, Flow, Loop, Node, Use
from .run import DueTimer, OpenTask, Run, restore, start

__all__ = [
    "Action",
    "CalledDecision",
    "Definition",
    "DueTimer",
    "Flow",
    "Loop",
    "Node",
    "OpenTask",
    "Problem",
    "Run",
    "Runtime",
    "Step",
    "Survey",
    "Use",
    "WorkflowFault",
    "WorkflowProblems",
    "read",
    "restore",
    "start",
    "survey",
]
