"""The warning light of a deadline."""

from decimal import Decimal
from typing import Literal

Light = Literal["green", "yellow", "red"]
YELLOW_SHARE = Decimal("0.4")
YELLOW_DAYS = 2


def light(total: int, remaining: int, *, share: Decimal = YELLOW_SHARE, days: int = YELLOW_DAYS) -> Light:
    """Red when overdue; yellow with at most `share` of the total, or at most `days` working days, left; else green.

    Both bounds are assumptions that a department confirms, so they are parameters.
    """
    if remaining < 0:
        return "red"
    return "yellow" if remaining <= days or remaining <= total * share else "green"
