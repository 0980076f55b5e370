"""Jobs that follow a step: each may run twice without harm, by its key."""

from collections.abc import Mapping

from engine import jobs
from engine.cases.associations import JOB as FILE
from engine.cases.associations import file_case
from engine.cases.calling import answer_call, end_call, start_call
from engine.cases.chasing import chase_task
from engine.cases.delivering import deliver_message, take_messages
from engine.cases.handover import JOB as WITHDRAW
from engine.cases.handover import withdraw_certificate
from engine.cases.indexing import RENAMED, reindex_organisation
from engine.cases.mailing import JOB as MAIL
from engine.cases.mailing import send_mail
from engine.cases.signing import issue_notice
from engine.cases.starting_groups import JOB as BEGIN
from engine.cases.starting_groups import begin_case
from engine.cases.suspending import stand_call

HANDLERS: Mapping[str, jobs.Handler] = {
    "issue-notice": issue_notice,
    MAIL: send_mail,
    FILE: file_case,
    WITHDRAW: withdraw_certificate,
    RENAMED: reindex_organisation,
    BEGIN: begin_case,
    "start-call": start_call,
    "answer-call": answer_call,
    "end-call": end_call,
    "stand-call": stand_call,
    "chase-task": chase_task,
    "deliver-message": deliver_message,
    "take-messages": take_messages,
}
