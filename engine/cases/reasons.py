"""The reason that an act must give."""

from engine.errors import Invalid

SHORTEST, LONGEST = 2, 500


def reason_of(text: str, message: str) -> str:
    """The text without surrounding space, cut to what is kept; `Invalid` with the message where it says nothing."""
    text = text.strip()
    if len(text) < SHORTEST:
        raise Invalid(message, code="reason.missing")
    return text[:LONGEST]
