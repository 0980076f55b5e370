"""What a view asks for: the installation of the application, the person of the request, the day."""

from datetime import date, datetime
from typing import cast

from flask import current_app
from flask_login import current_user

from engine.calendar import local_date
from engine.identity import Actor
from engine.installation import Installation


def installation() -> Installation:
    """The one that the application serves."""
    return cast(Installation, current_app.extensions["installation"])


def now() -> datetime:
    """The moment by the installation's clock."""
    return installation().clock.now()


def today() -> date:
    """The local date by the installation's clock."""
    return local_date(now())


def actor() -> Actor:
    """The person who is signed in; only behind `signed_in`."""
    return cast(Actor, current_user.actor)


def known_actor() -> Actor | None:
    """The person who is signed in, if anybody is."""
    return cast(Actor, current_user.actor) if current_user and current_user.is_authenticated else None
