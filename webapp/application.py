"""Puts the application of one installation together."""

from datetime import timedelta

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.installation import Installation
from webapp import desk, errors, notices, portal, presentation, public, security, session
from webapp.held import HeldForms

MOST_BYTES = 64 * 1024 * 1024  # of one request: a page of several files, each of which is limited by the engine
MOST_FORM_BYTES = 2 * 1024 * 1024  # of one field that is not a file, and of a whole form without files
IDLE = timedelta(hours=2)  # without a request, the session ends


def create_app(installation: Installation, *, secret: bytes) -> Flask:
    """The application of one installation. `secret` signs the cookies and seals held forms."""
    https = installation.settings.public_url.startswith("https://")
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES,
        MAX_FORM_PARTS=security.MOST_FIELDS,
        SESSION_COOKIE_NAME="huishen",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        PERMANENT_SESSION_LIFETIME=IDLE,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=30),  # assets carry their hash in the address
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        RATELIMIT_STORAGE_URI="memory://",
    )
    if (hops := installation.settings.trusted_proxies) > 0:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.extensions["installation"] = installation
    app.extensions["held_forms"] = HeldForms(secret)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    security.protect(app, https=https)
    CSRFProtect(app)
    session.install(app)
    presentation.install(app)
    errors.install(app)
    for blueprint in (public.pages, session.pages, portal.pages, desk.pages, notices.pages):
        app.register_blueprint(blueprint)
    return app
