"""Notices: the bell, the list, what comes by e-mail; and what failed in the background, for who runs the machines."""

from webapp.notices import background, views
from webapp.notices.blueprint import pages

__all__ = ["background", "pages", "views"]
