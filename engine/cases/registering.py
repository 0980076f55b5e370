"""A preparatory body becomes the registered one: the same organisation under its registered name and credit code.

Its posts, people, cases, files and record stay where they are, since nothing of them names it by anything but its id;
a job finds its earlier cases by the new name as well.
"""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import jobs
from engine.cases.indexing import RENAMED
from engine.errors import Conflict, Invalid
from engine.forms import credit_code
from engine.store import tables

if TYPE_CHECKING:
    from engine.cases.step import Step

MOST = 200  # characters of a name


def check_registration(name: object, uscc: object, element: str) -> tuple[str, str]:
    """Name and code as they are kept; raises `Invalid` where they are none."""
    if not isinstance(name, str) or not name.strip() or len(name) > MOST:
        raise Invalid(f"{element} 没有给出登记的名称，请检查登记结果。", code="action.organisation", element=element)
    if not isinstance(uscc, str):
        message = f"{element} 没有给出统一社会信用代码，请检查登记结果。"
        raise Invalid(message, code="action.organisation", element=element)
    return name.strip(), credit_code(uscc, association=True).text


def register(step: "Step", name: str, uscc: str) -> None:
    """The organisation of the case takes the name and the code; `Conflict` where another one has the code."""
    table, organisation = tables.organisation, step.loaded.organisation
    other = sa.select(table.c.name).where(table.c.uscc == uscc, table.c.id != organisation["id"])
    if (found := step.transaction.execute(other).scalar()) is not None:
        message = f"统一社会信用代码 {uscc} 已经是“{found}”的，不能再登记给别的单位；请核对登记结果。"
        raise Conflict(message, code="identity.uscc-taken", uscc=uscc)
    before = {"name": organisation["name"], "uscc": organisation["uscc"]}
    step.transaction.execute(sa.update(table).where(table.c.id == organisation["id"]).values(name=name, uscc=uscc))
    organisation.update(name=name, uscc=uscc)
    payload = {"organisation": organisation["id"]}
    step.jobs.append(jobs.row(RENAMED, f"{RENAMED}:{step.case['id']}:{step.now.isoformat()}", payload, step.now))
    step.events.append(
        ("case.registered", {"organisation": organisation["id"], "name": name, "uscc": uscc, "before": before})
    )
