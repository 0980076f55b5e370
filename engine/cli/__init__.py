"""The commands of `huishen` that need no web server. Exit codes: 0 done, 1 the answer is no, 2 wrong use, 3 a part is missing."""

from engine.cli import design, desk, documents, packages, people, record, running
from engine.cli.decisions import dmn
from engine.cli.frame import group, opened, speaks

__all__ = ["design", "desk", "dmn", "documents", "group", "opened", "packages", "people", "record", "running", "speaks"]
