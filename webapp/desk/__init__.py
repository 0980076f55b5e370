"""Pages of reviewers: the inbox, a case on one screen with its decision, signing and sealing; finding, supervising, handing on."""

from webapp.desk import (
    associations,
    cases,
    clauses,
    deputies,
    dispatch,
    filtering,
    finding,
    handover,
    inbox,
    letters,
    lookahead,
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
    "clauses",
    "deputies",
    "dispatch",
    "filtering",
    "finding",
    "handover",
    "inbox",
    "letters",
    "lookahead",
    "pages",
    "phrases",
    "printing",
    "register",
    "supervision",
    "tasks",
    "verbs",
]
