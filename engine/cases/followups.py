"""Jobs that follow a step: each may run twice without harm, by its key."""

from collections.abc import Mapping

from engine import jobs
from engine.cases.calling import answer_call, end_call, start_call
from engine.cases.delivering import deliver_message, take_messages
from engine.cases.issuing import issue_notice

HANDLERS: Mapping[str, jobs.Handler] = {
    "issue-notice": issue_notice,
    "start-call": start_call,
    "answer-call": answer_call,
    "end-call": end_call,
    "deliver-message": deliver_message,
    "take-messages": take_messages,
}
