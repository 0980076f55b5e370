"""Pages of reviewers: the inbox, a case on one screen with its decision, signing and sealing."""

from webapp.desk import (
    cases,
    deputies,
    dispatch,
    filtering,
    finding,
    inbox,
    letters,
    register,
    supervision,
    tasks,
    verbs,
)
from webapp.desk.blueprint import pages

__all__ = [
    "cases",
    "deputies",
    "dispatch",
    "filtering",
    "finding",
    "inbox",
    "letters",
    "pages",
    "register",
    "supervision",
    "tasks",
    "verbs",
]
