"""Headers that a browser enforces, and limits on guessing."""

from flask import Flask, Response, abort, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user

limiter = Limiter(get_remote_address)

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
EMBEDDING = {"object-src": "'self'", "frame-src": "'self'"}  # a page that shows an attachment
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
YEAR = 31_536_000
MOST_FIELDS = 5_000  # of one form; the longest page of ours has some hundred
URLENCODED = "application/x-www-form-urlencoded"


def person_or_address() -> str:
    """Whom a limit counts: the person who is signed in, from wherever, else the address."""
    return str(current_user.actor.person_id) if current_user.is_authenticated else get_remote_address()


def embed_files() -> None:
    """Let the page of this request show a file of ours in a frame."""
    g.embeds_files = True


def protect(app: Flask, *, https: bool) -> None:
    """Limits and headers for every answer of the application."""
    limiter.init_app(app)

    @app.before_request
    def limit_fields() -> None:
        """`MAX_FORM_PARTS` counts the parts of a multipart form only; a field of the other kind costs two bytes."""
        if request.mimetype == URLENCODED:
            if (request.content_length or 0) > app.config["MAX_FORM_MEMORY_SIZE"]:
                abort(413)
            if request.get_data().count(b"&") >= MOST_FIELDS:
                abort(413)

    @app.after_request
    def headers(response: Response) -> Response:
        policy = POLICY | EMBEDDING if getattr(g, "embeds_files", False) else POLICY
        response.headers.setdefault("Content-Security-Policy", "; ".join(f"{k} {v}" for k, v in policy.items()))
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
        if request.endpoint != "static" and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
