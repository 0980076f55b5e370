"""Executes diagrams: reads them, refuses what would not run as drawn, and moves cases over them.

SpiffWorkflow is imported nowhere else. Tokens carry no data; variables live by scope.
"""

from .calls import OpenCall
from .definition import Definition, Survey, read, survey
from .errors import Problem, WorkflowFault, WorkflowProblems
from .interpreter import Action, Runtime, Step
from .migration import Began, Beginning, Migration, Obstacle, migrate
from .model import BALLOT_NAMES, CONFIRM, ONCE, CalledDecision, Event, Flow, Lane, Loop, Node, Repetition, Script, Use
from .moments import NoMoment, moment_of
from .position import DueTimer, ExpectedEvent, OpenTask
from .run import Run, restore, start
from .soundness import Soundness, soundness
from .throwing import Raised, Sent, correlation
from .ways import links, scopes_around, way_down, ways

__all__ = [
    "BALLOT_NAMES",
    "CONFIRM",
    "ONCE",
    "Action",
    "Began",
    "Beginning",
    "CalledDecision",
    "Definition",
    "DueTimer",
    "Event",
    "ExpectedEvent",
    "Flow",
    "Lane",
    "Loop",
    "Migration",
    "NoMoment",
    "Node",
    "Obstacle",
    "OpenCall",
    "OpenTask",
    "Problem",
    "Raised",
    "Repetition",
    "Run",
    "Runtime",
    "Script",
    "Sent",
    "Soundness",
    "Step",
    "Survey",
    "Use",
    "WorkflowFault",
    "WorkflowProblems",
    "correlation",
    "links",
    "migrate",
    "moment_of",
    "read",
    "restore",
    "scopes_around",
    "soundness",
    "start",
    "survey",
    "way_down",
    "ways",
]
