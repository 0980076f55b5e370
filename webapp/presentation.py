"""Words and shapes of values on pages: dates, sizes, lights. The one place where templates get their names."""

import re
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, current_app, g, request, url_for

from engine import cases, forms, store
from engine.calendar import ZONE, local_date
from engine.cases import Menu
from engine.cases.words import PAUSES
from engine.forms.model import Upload
from engine.store.tables import organisation
from webapp.current import actor, installation, known_actor, today
from webapp.held import held_forms

WEEKDAYS = "一二三四五六日"
NODE_CODE = re.compile(r"^[A-Z]{1,3}\d{1,3}[a-z]?\s+")  # designers number their nodes; readers need not see it
KINDS = {"application/pdf": "PDF", "image/jpeg": "JPG", "image/png": "PNG"}
LARGE_TEXT = "text_size"


def chinese_date(value: date | datetime | None) -> str:
    """2026年11月23日."""
    if value is None:
        return ""
    day = local_date(value) if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(value: date | datetime | None) -> str:
    """11月23日 in the current year, else with its year."""
    if value is None:
        return ""
    day = local_date(value) if isinstance(value, datetime) else value
    return f"{day.month}月{day.day}日" if day.year == today().year else chinese_date(day)


def moment(value: datetime | None) -> str:
    """2026年11月23日 16:20, by the clock on the wall in China."""
    return "" if value is None else f"{chinese_date(value)} {value.astimezone(ZONE):%H:%M}"


def weekday(value: date) -> str:
    """星期一."""
    return f"星期{WEEKDAYS[value.weekday()]}"


def install(app: Flask) -> None:
    """Filters, and what every template may ask for."""
    app.jinja_env.filters.update(
        chinese_date=chinese_date,
        short_date=short_date,
        moment=moment,
        weekday=weekday,
        file_size=forms.size_text,
        file_kind=lambda key: KINDS.get(key, key),
        pause_reason=lambda key: PAUSES.get(key, key),
        without_code=lambda text: NODE_CODE.sub("", text or ""),
        iso=lambda value: value.astimezone(ZONE).isoformat(timespec="minutes"),
    )
    hashes = {path.name: _digest(path) for path in Path(app.static_folder or "").glob("*.*")}
    app.jinja_env.globals.update(
        accepted=accepted,
        asset=lambda name: url_for("static", filename=name, v=hashes.get(name)),
        page_token=page_token,
    )

    @app.context_processor
    def shared() -> dict[str, Any]:
        settings = installation().settings
        person = known_actor()
        return {
            "person": person,
            "may_supervise": person is not None and cases.may_supervise(person),
            "may_hand_over": person is not None and cases.may_hand_over(person),
            "may_publish": person is not None and cases.may_publish(person),
            "runs_machines": person is not None and person.holds("sysadmin"),
            "is_applicant": person is not None and any(p.organisation_kind == "association" for p in person.posts),
            "menu": menu,
            "may_urge": person is not None and cases.may_urge(person),
            "department": department_name(),
            "contact": settings.contact,
            "telephone": settings.telephone,
            "large_text": request.cookies.get(LARGE_TEXT) == "large",
            "today": today(),
        }


def menu() -> Menu:
    """Of the person who is signed in; read once a request, and only where a page shows it."""
    if "menu" not in g:
        g.menu = cases.menu(installation(), actor())
    return cast(Menu, g.menu)


def accepted(upload: Upload | None) -> str:
    """What an attachment may be: 不超过 20 MB 的 PDF、JPG 或 PNG."""
    return forms.accepted_text(upload.accept, upload.max_size) if upload is not None else ""


def page_token() -> str:
    """For whom this page is made, so that what is typed on it outlives the session."""
    person = known_actor()
    return held_forms().token(person.person_id, request.full_path.rstrip("?")) if person else ""


def department_name() -> str:
    """The host's name; read once, since it heads every page."""
    kept = current_app.extensions.setdefault("department_name", {})
    if not kept.get("name"):
        with store.reading(installation().database) as transaction:
            query = sa.select(organisation.c.name).where(organisation.c.kind == "department")
            kept["name"] = transaction.execute(query).scalar() or ""
    return cast(str, kept["name"])


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:8]
