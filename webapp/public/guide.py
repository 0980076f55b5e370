"""The guide: every matter in force with its conditions, materials, steps and promised days, read from its package."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, url_for

from engine import cases
from engine.calendar import Deadline
from engine.cases import Offer
from engine.errors import NotFound
from engine.forms import Field, Page
from webapp.current import installation, known_actor, today
from webapp.presentation import accepted
from webapp.public.blueprint import pages
from webapp.route import ahead, days_of, main_way, pauses_of


@dataclass(frozen=True)
class Material:
    """A group of attachments: whose they are, and what each is called and when it is asked for."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Part:
    """A section of the form with its pages; `noun` counts the members of a list (名)."""

    title: str
    pages: tuple[str, ...]
    noun: str = ""


@pages.get("/")
def guide() -> Any:
    """All matters that are applied for from outside; the only one is shown at once."""
    offers = _outside()
    if len(offers) == 1:
        return redirect(url_for(".offer", key=offers[0].key))
    return render_template("public/offers.html", offers=offers)


@pages.get("/favicon.ico")
def favicon() -> Any:
    """Browsers ask for it beside files that are no pages."""
    return redirect(url_for("static", filename="mark.svg"))


@pages.get("/guide/<key>")
def offer(key: str) -> str:
    """One matter."""
    found = find_offer(key)
    if found.inside:
        raise unknown_offer()
    person, groups = known_actor(), materials(found)
    return render_template(
        "public/offer.html",
        offer=found,
        steps=main_way(found.package.definition),
        days_of=days_of,
        contents=contents(found),
        materials=groups,
        formats=sorted({accepted(field.upload) for group in groups for field in group.fields}),
        acceptance=acceptance_days(found),
        expected=expected(found),
        pauses=pauses_of(found.package.definition),
        may_start=person is None or person.holds(found.start_role),
        others=len(_outside()) > 1,
    )


def find_offer(key: str) -> Offer:
    """The matter of that key; `NotFound` where no version is in force."""
    for found in cases.offers(installation()):
        if found.key == key:
            return found
    raise unknown_offer()


def unknown_offer() -> NotFound:
    return NotFound("没有这个事项，或它现在没有启用的流程版本。", code="package.not-in-force")


def _outside() -> list[Offer]:
    """Without what the department begins itself: nobody applies for that."""
    return [offer for offer in cases.offers(installation()) if not offer.inside]


def _pages(offer: Offer) -> Iterator[Page]:
    """The pages of every form that is filled in on the usual way up to the submission."""
    package = offer.package
    for node in main_way(package.definition):
        if node.form_id:
            yield from package.forms[node.form_id].pages
        if node.id == package.manifest.submit:
            return


def contents(offer: Offer) -> list[Part]:
    """What is filled in, in a few lines: the sections with their pages, the lists with the pages of a member."""
    found: list[Part] = []
    for page in _pages(offer):
        if page.kind == "list":
            noun = page.list.rows.item_noun if page.list.rows else ""
            found.append(Part(page.title, tuple(p.title for p in page.pages if p.kind != "files"), noun))
        elif page.kind != "files":
            title = page.section or page.title
            before = found[-1].pages if found and found[-1].title == title else ()
            found = found[:-1] if before else found
            found.append(Part(title, (*before, page.title) if page.section else ()))
    return [part if part.pages != (part.title,) else Part(part.title, ()) for part in found]


def materials(offer: Offer) -> list[Material]:
    """The attachments of the forms: of the applicant, and of each member of a list."""
    found: list[Material] = []
    for page in _pages(offer):
        inner = [field for part in page.pages for field in part.fields]
        fields = tuple(f for f in (inner or page.fields) if f.type == "filepicker")
        if fields:
            found.append(Material(f"每名{page.title}的材料" if inner else page.title, fields))
    return found


def acceptance_days(offer: Offer) -> int | None:
    """The working days until the first answer of the department."""
    following = ahead(offer.package.definition, [offer.package.manifest.submit])
    return days_of(following[0]) if following else None


def expected(offer: Offer) -> Deadline | None:
    """When a case submitted today would be closed at the latest, if nothing is lacking."""
    if offer.working_days is None:
        return None
    return installation().calendar().add(today(), offer.working_days + (acceptance_days(offer) or 0))
