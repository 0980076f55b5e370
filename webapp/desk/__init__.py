"""Pages of reviewers: the inbox, a case on one screen with its decision, finding, supervising, handing on; of the publisher: moves."""

from webapp.desk import (
    associations,
    cases,
    deputies,
    dispatch,
    filtering,
    finding,
    handover,
    inbox,
    letters,
    lookahead,
    moving,
    phrases,
    printing,
    register,
    supervision,
    tasks,
    verbs,
)
from webapp.desk.blueprint import pages

__all__ = [
    "associations",
    "cases",
    "deputies",
    "dispatch",
    "filtering",
    "finding",
    "handover",
    "inbox",
    "letters",
    "lookahead",
    "moving",
    "pages",
    "phrases",
    "printing",
    "register",
    "supervision",
    "tasks",
    "verbs",
]
