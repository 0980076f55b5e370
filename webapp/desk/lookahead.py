"""What a decision would be written in: its documents page by page before it is taken, marked 未签发."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from threading import Lock
from typing import Any

from flask import Response, render_template, request, send_file

from engine import cases
from engine.cases import Lookahead, TaskView
from engine.errors import HuishenError, Invalid, NotFound
from webapp import downloads
from webapp.current import actor, installation, today
from webapp.desk.blueprint import pages
from webapp.records import package_of
from webapp.session import signed_in

KEPT = 16  # rendered previews: a page asks for each of its pictures


class _Rendered:
    """The PDFs shown last, by what they say and the day; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, found: Lookahead) -> bytes:
        key = digest_of(found)
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        data = cases.lookahead_file(installation(), found)
        with self._lock:
            self._kept[key] = data
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return data


_rendered = _Rendered()


def digest_of(found: Lookahead) -> str:
    """What the document says, on which day, in which installation."""
    return sha256(repr((str(installation().folder), today(), found.content)).encode()).hexdigest()


def leads_to_documents(view: TaskView) -> bool:
    """Whether the decision page offers a preview."""
    package = package_of(installation(), view.case)
    node = package.definition.nodes.get(view.node_id)
    return node is not None and cases.leads_to_documents(package, node)


@dataclass(frozen=True)
class Shown:
    """One document of the page, by its place among all; `others` are of the same kind and go to others."""

    place: int
    document: Lookahead
    pages: int
    version: str
    others: tuple[tuple[int, str], ...]


@pages.get("/tasks/<task_id>/preview")
@signed_in
def preview(task_id: str) -> Any:
    """The documents to which the saved answers lead, with what stands in the way where there are none.

    Of a kind that goes to several, one is shown: the first, or the one chosen by `show`.
    """
    view = cases.task_view(installation(), actor(), task_id)
    try:
        found = cases.look_ahead(installation(), actor(), task_id)
        shown = list(_chosen(found, request.args.get("show", type=int)))
    except Invalid as error:
        problems = [one.message for one in error.details.get("problems", ())]
        return _page(view, problems=problems or [error.message]), 422
    except HuishenError as error:
        if not error.code.startswith("document."):
            raise
        return _page(view, problems=[error.message]), 422
    return _page(view, shown=shown)


def _chosen(found: Sequence[Lookahead], show: int | None) -> Iterator[Shown]:
    kinds: dict[str, list[int]] = {}
    for place, one in enumerate(found):
        kinds.setdefault(one.kind, []).append(place)
    for places in kinds.values():
        place = show if show in places else places[0]
        one = found[place]
        others = tuple((other, found[other].to or f"第{n}份") for n, other in enumerate(places, 1) if other != place)
        yield Shown(place, one, downloads.page_count(_rendered.get(one)), digest_of(one)[:8], others)


def _page(view: TaskView, **shown: Any) -> str:
    return render_template("desk/preview.html", task=view, case=view.case, **shown)


@pages.get("/tasks/<task_id>/preview/<int:place>/<int:number>.png")
@signed_in
def preview_picture(task_id: str, place: int, number: int) -> Response:
    """One page of one of them."""
    return downloads.picture(_rendered.get(_find(task_id, place)), number)


@pages.get("/tasks/<task_id>/preview/<int:place>.docx")
@signed_in
def preview_draft(task_id: str, place: int) -> Response:
    """Its text as a Word draft, clearly unsigned."""
    name, data = cases.lookahead_draft(installation(), _find(task_id, place))
    return send_file(BytesIO(data), mimetype=downloads.WORD, download_name=name, as_attachment=True)


def _find(task_id: str, place: int) -> Lookahead:
    """`NotFound` where the answers have been changed since and lead to fewer, or are a page of another version."""
    found = cases.look_ahead(installation(), actor(), task_id)
    version = request.args.get("v", "")
    if place < len(found) and version in {"", digest_of(found[place])[:8]}:
        return found[place]
    raise NotFound("按现在填的内容不出这份文书，请重新预览。", code="document.not-found")
