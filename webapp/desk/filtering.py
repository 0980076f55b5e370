"""The filter above a list: what was asked, what can be chosen, and the filters that somebody keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine import cases
from engine.cases import Criteria, SavedFilter
from engine.errors import Conflict, Invalid
from webapp.current import actor, installation
from webapp.desk.blueprint import pages
from webapp.session import signed_in

ENDPOINTS = {
    "inbox": "desk.inbox",
    "cases": "desk.found",
    "supervision": "desk.supervision",
    "overseen": "desk.overseen",
}
KEPT = frozenset({"inbox", "cases"})  # lists whose filters can be kept
OTHER = frozenset({"after", "next", "csrf_token", "column", "reason", "page_token", "name"})


@dataclass(frozen=True)
class Choice:
    """One option of a list to choose from."""

    value: str
    label: str


@dataclass(frozen=True)
class Asked:
    """What the address asks of a list; a fault leaves the list whole and what was typed in its place."""

    place: str
    criteria: Criteria
    typed: dict[str, str]
    fault: str
    saved: tuple[SavedFilter, ...]

    @classmethod
    def of_request(cls, place: str) -> "Asked":
        return cls.of(request.args, place)

    @classmethod
    def of(cls, given: Mapping[str, str], place: str) -> "Asked":
        """What an address or a form asks."""
        typed = {name: text for name, text in given.items() if name not in OTHER}
        fault, criteria = "", Criteria()
        try:
            criteria = Criteria.read(typed)
        except Invalid as error:
            fault = error.message
        saved = cases.saved_filters(installation(), actor(), place) if place in KEPT else ()
        return cls(place, criteria, typed, fault, saved)

    @property
    def status(self) -> int:
        return 422 if self.fault else 200

    @property
    def query(self) -> str:
        """Of the criteria, as an address says it."""
        return self.criteria.query()

    @property
    def url(self) -> str:
        """Where the list is, whole."""
        return url_for(ENDPOINTS[self.place])

    @property
    def lights(self) -> list[Choice]:
        return [Choice(key, word) for key, word in cases.LIGHTS.items()]

    @property
    def packages(self) -> list[Choice]:
        return [Choice(offer.key, offer.title) for offer in cases.offers(installation())]

    def steps(self, found: Iterable[tuple[str, str, str]]) -> list[Choice]:
        """Of (process, node, name): each node once, with the name that it has last."""
        return [Choice(node, name) for node, name in {node: name for _, node, name in found}.items()]


@pages.post("/filters/<place>")
@signed_in
def keep_filter(place: str) -> Response:
    """Keep what the list is filtered by under a name."""
    if place not in KEPT:
        raise Invalid("没有这个列表。", code="filter.place")
    criteria = Criteria.read(request.form)
    try:
        cases.save_filter(installation(), actor(), place, request.form.get("name", ""), criteria)
        flash("已保存筛选", "done")
    except (Invalid, Conflict) as error:
        flash(error.message.rstrip("。"), "done")
    return redirect(f"{url_for(ENDPOINTS[place])}?{criteria.query()}")


@pages.post("/filters/<place>/drop")
@signed_in
def drop_filter(place: str) -> Response:
    """Forget a filter of one's own."""
    cases.drop_filter(installation(), actor(), request.form.get("filter", ""))
    return redirect(url_for(ENDPOINTS.get(place, "desk.inbox")))
