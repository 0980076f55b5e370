"""What the properties of a node name."""

from engine.packages.vocabulary import Vocabulary
from engine.workflow import Node


def listed(text: str) -> list[str]:
    """The parts of a list with commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def documents_of(node: Node, vocabulary: Vocabulary) -> list[str]:
    """The kinds of documents that a service task issues."""
    action = vocabulary.actions.get(node.action or "")
    kinds: list[str] = []
    for name, setting in action.settings.items() if action else ():
        text = node.properties.get(name, "")
        if setting.kind == "document" and text:
            kinds.append(text)
        if setting.kind == "documents":
            kinds += listed(text)
    return kinds
