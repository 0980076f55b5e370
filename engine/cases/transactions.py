"""A command is one transaction; where two people work on different tasks of one case, the later one begins again."""

from collections.abc import Callable
from typing import TypeVar

from engine import store
from engine.cases.writing import CaseMoved
from engine.errors import Conflict
from engine.installation import Installation

ATTEMPTS = 5
Result = TypeVar("Result")


def command(installation: Installation, body: Callable[[store.Transaction], Result]) -> Result:
    """Run `body` in a transaction, again from its reading when the case moved meanwhile; bounded."""
    installation.calendar()  # read before the transaction: within it, it would take a second connection of the pool
    for _ in range(ATTEMPTS):
        try:
            with store.writing(installation.database) as transaction:
                return body(transaction)
        except CaseMoved:
            continue
    raise Conflict("办理这件申请的人较多，请稍后再试，已填内容不会丢失。", code="case.busy")
