"""Pages of reviewers: the inbox, a case on one screen with its decision, signing and sealing."""

from webapp.desk import cases, inbox, letters, tasks, verbs
from webapp.desk.blueprint import pages

__all__ = ["cases", "inbox", "letters", "pages", "tasks", "verbs"]
