"""Pages of reviewers: the inbox, a case on one screen with its decision, signing and sealing."""

from webapp.desk import cases, deputies, filtering, finding, inbox, letters, supervision, tasks, verbs
from webapp.desk.blueprint import pages

__all__ = ["cases", "deputies", "filtering", "finding", "inbox", "letters", "pages", "supervision", "tasks", "verbs"]
