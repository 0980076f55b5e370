"""A message from outside moves a case in one transaction; what a case throws stands in its log."""

import pytest

from engine import cases, packages, store
from engine.errors import Conflict
from engine.store import new_id, tables
from engine.store.values import decode
from tests.installations import Office
from tests.scenarios.small import DIAGRAM, MANIFEST, package

TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>=工作日后(5)</bpmn:timeDuration></bpmn:timerEventDefinition>"
MESSAGE = '<bpmn:messageEventDefinition messageRef="M" />'
PAUSE = "<bpmn:timerEventDefinition><bpmn:timeDuration>P2D</bpmn:timeDuration></bpmn:timerEventDefinition>"


def waiting_case(office: Office) -> str:
    """A case at the task `Task_check`, whose boundary waits for a message, and which then throws one."""
    diagram = DIAGRAM.replace(TIMER, MESSAGE).replace(PAUSE, '<bpmn:messageEventDefinition messageRef="N" />')
    diagram = diagram.replace("intermediateCatchEvent", "intermediateThrowEvent")
    messages = '<bpmn:message id="M" name="缴费到账" /><bpmn:message id="N" name="已逾期" />'
    diagram = diagram.replace("<bpmn:process ", messages + "<bpmn:process ", 1)
    with store.writing(office.installation.database) as transaction:
        manifest = MANIFEST.replace("clerk", "acceptor").encode()
        diagram = diagram.replace("clerk", "acceptor")
        files = {**package({}).files, "process.bpmn": diagram.encode(), "package.toml": manifest}
        packages.deploy(transaction, packages.load_files(files), by=None, at=office.clock.now())
    applicant = office.actor("coldchain")
    begun = cases.start(office.installation, applicant, "small", new_id())
    assert begun.task_id is not None
    view = cases.task_view(office.installation, applicant, begun.task_id)
    cases.complete(office.installation, applicant, begun.task_id, {"amount": 20}, view.revision)
    return begun.case_id


def test_a_message_reaches_the_node_that_waits_and_another_is_refused(office: Office) -> None:
    case_id = waiting_case(office)
    with pytest.raises(Conflict) as refused:
        cases.receive_message(office.installation, case_id, "别的", {})
    assert refused.value.code == "workflow.not-waiting"
    assert cases.receive_message(office.installation, case_id, "缴费到账", {}) == "Timer_late"
    with store.reading(office.installation.database) as transaction:
        case = transaction.execute(tables.case.select().where(tables.case.c.id == case_id)).mappings().one()
        rows = transaction.execute(
            tables.event.select().where(tables.event.c.chain == case_id).order_by(tables.event.c.seq)
        )
        events = [(row["kind"], decode(row["body"])) for row in rows.mappings()]
    assert (case["state"], case["outcome"]) == ("closed", "lapsed")
    told = [(kind, body["name"]) for kind, body in events if kind in ("case.message", "case.sent")]
    assert told == [("case.message", "缴费到账"), ("case.sent", "已逾期")]
