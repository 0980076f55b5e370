"""A component that is one of another form of the package: said there, and taken over here with what differs."""

import json
from collections.abc import Mapping
from typing import Any

from engine.forms.attributes import Json
from engine.forms.components import ComponentReader

SAME = "same"  # the property: `lead_review.l_supplement_items`, the form and the component in it
MOST = 100  # components taken over in one form


class Shared:
    """The other forms, read when the first component asks for one; `file` is left out: a form takes nothing of itself."""

    def __init__(self, library: Mapping[str, bytes], file: str, reader: ComponentReader) -> None:
        self._library = {name: data for name, data in library.items() if name != file}
        self._reader = reader
        self._forms: dict[str, dict[str, Json]] | None = None
        self._taken = 0

    def resolved(self, components: list[Any]) -> list[Any]:
        """The components, those that stand for another replaced; what cannot be is reported and left out."""
        found = [self._resolved(one) if isinstance(one, dict) else one for one in components]
        return [one for one in found if one is not None]

    def _resolved(self, component: Json) -> Json | None:
        named = named_in(component)
        if named is not None:
            return self._taken_over(component, named)
        inside = component.get("components")
        return component if not isinstance(inside, list) else {**component, "components": self.resolved(inside)}

    def _taken_over(self, component: Json, named: str) -> Json | None:
        """What the other component says, and over it what this one says."""
        self._taken += 1
        form, _, element = named.partition(".")
        other = self._known().get(form, {}).get(element)
        place = self._reader.element(component)
        if self._taken > MOST:
            self._reader.report(place, "form.same", f"same 用了超过 {MOST} 次，请拆成几个表单")
        elif other is None:
            message = f"没有找到“{named[:80]}”，same 写“表单.组件”，都用 id，并且是本流程包的另一个表单"
            self._reader.report(place, "form.same", message)
        elif other.get("type") != component.get("type"):
            message = f"“{named[:80]}”是 {other.get('type')}，这里是 {component.get('type')}，请改成同一类组件"
            self._reader.report(place, "form.same", message)
        elif _takes_over(other):
            self._reader.report(place, "form.same", f"“{named[:80]}”自己也用 same，请直接写它所指的组件")
        else:
            return _over(other, component)
        return None

    def _known(self) -> dict[str, dict[str, Json]]:
        """By form and id, every component of the other forms; what cannot be read is told where it is read itself."""
        if self._forms is None:
            self._forms = {}
            for data in self._library.values():
                try:
                    frame = json.loads(data)
                except (ValueError, RecursionError):
                    continue
                if isinstance(frame, dict) and isinstance(frame.get("id"), str):
                    self._forms.setdefault(frame["id"], _by_id(frame))
        return self._forms


def named_in(component: Json) -> str | None:
    """What the property says, if it is there."""
    properties = component.get("properties")
    named = properties.get(SAME) if isinstance(properties, dict) else None
    return named if isinstance(named, str) else None


def _by_id(frame: Json) -> dict[str, Json]:
    """Without recursion: a stranger's nesting may be deep."""
    found: dict[str, Json] = {}
    stack: list[Any] = [frame]
    while stack:
        inside = stack.pop().get("components")
        for one in inside if isinstance(inside, list) else ():
            if isinstance(one, dict):
                stack.append(one)
                if isinstance(one.get("id"), str):
                    found.setdefault(one["id"], one)
    return found


def _takes_over(component: Json) -> bool:
    """Whether it, or anything in it, stands for another."""
    return named_in(component) is not None or any(map(named_in, _by_id(component).values()))


def _over(other: Json, own: Json) -> Json:
    """An editor writes an empty list of components into a group that has none of its own."""
    said = {name: value for name, value in own.items() if name != "components" or value}
    given = other.get("properties")
    properties = {**(given if isinstance(given, dict) else {}), **own["properties"]}
    del properties[SAME]
    return {**other, **said, "properties": properties}
