"""The one family of errors that speak to a person. The web layer makes pages of them, the command line exit codes."""

from typing import Any


class HuishenError(Exception):
    """Something a person can act on.

    `code` names the fault for tests and logs (`case.stale`), `message` is the Chinese sentence for the person, and
    `details` locates it (file, element, field, identifier).
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details = details


class Invalid(HuishenError):
    """What was given does not hold: a field, a file, a package."""

    code = "invalid"


class NotFound(HuishenError):
    """Does not exist, or the person may not know that it does."""

    code = "not-found"


class Forbidden(HuishenError):
    """The person is known, and may not do this."""

    code = "forbidden"


class Conflict(HuishenError):
    """Somebody else was first, or the page is older than the case."""

    code = "conflict"


class Unavailable(HuishenError):
    """A part of the installation is missing: a font, a key, a library; the message has the line to run."""

    code = "unavailable"
