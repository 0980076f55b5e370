"""A task that only has something confirmed needs no form file: its property `confirm` says what, and that is its form."""

import json

from engine.forms import FormSchema
from engine.forms import read as read_form
from engine.packages.source import DIAGRAM
from engine.workflow import CONFIRM, Node

KEY = "confirmed"
LONGEST = 60


def form_id(node: Node) -> str | None:
    """The id under which the form of such a task is known; None for any other task."""
    return f"{CONFIRM}.{node.id}" if CONFIRM in node.properties else None


def confirmation(node: Node) -> FormSchema:
    """One box that has to be ticked. Raises `FormProblems` where the sentence is no label."""
    box = {
        "type": "checkbox",
        "id": f"f_{KEY}",
        "key": KEY,
        "label": node.properties[CONFIRM].strip()[:LONGEST],
        "validate": {"required": True},
    }
    name = node.name or node.id
    group = {"type": "group", "id": "confirm", "label": name, "components": [box]}
    frame = {"type": "default", "id": node.form_id, "properties": {"title": name}, "components": [group]}
    return read_form(json.dumps(frame).encode(), DIAGRAM)
