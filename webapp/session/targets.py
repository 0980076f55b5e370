"""Where to go after signing in: a path of this site, nothing else."""

from urllib.parse import urlsplit

from flask import url_for


def safe_target(text: str | None) -> str:
    """The path as it was asked for; anything that could lead elsewhere becomes the person's start page."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return url_for("session.start")
    parts = urlsplit(text)
    return url_for("session.start") if parts.scheme or parts.netloc else text
