"""Pages of reviewers: the inbox, a case on one screen with its decision, signing and sealing."""

from webapp.desk import cases, dispatch, inbox, letters, register, tasks, verbs
from webapp.desk.blueprint import pages

__all__ = ["cases", "dispatch", "inbox", "letters", "pages", "register", "tasks", "verbs"]
