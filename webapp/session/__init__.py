"""Who is asking: signing in and out, and what was typed when a session ended."""

from webapp.session.guard import ask_to_sign_in, install, signed_in
from webapp.session.targets import safe_target
from webapp.session.views import pages

__all__ = ["ask_to_sign_in", "install", "pages", "safe_target", "signed_in"]
