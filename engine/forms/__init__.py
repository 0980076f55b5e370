"""Forms: form-js schemas read once, bound page by page, checked as a whole."""

from engine.forms.attachments import DEFAULT_LIMIT, accepted_text, inspect, size_text, sniff
from engine.forms.binding import BoundPage
from engine.forms.conditions import Condition
from engine.forms.contacts import mail_address, mobile, other_document
from engine.forms.credit import CreditCode, credit_code
from engine.forms.dates import date_parts, read_date
from engine.forms.display import display, display_file, plain_text
from engine.forms.faults import MISSING, Fault
from engine.forms.formdata import RowAction
from engine.forms.identity import IdentityNumber, identity_number
from engine.forms.inputs import DatePart, InputOption
from engine.forms.model import (
    ROW_KEY,
    WHOLE,
    Field,
    FieldError,
    FormContext,
    FormProblems,
    FormSchema,
    Option,
    Page,
    PersonalField,
    Problem,
    attachment_key,
)
from engine.forms.names import clause_list, organisation_name, person_name
from engine.forms.pages import BoundList, ListItem, bind
from engine.forms.personal import Personal, mask, seal_personal
from engine.forms.progress import Section, Task
from engine.forms.reader import read
from engine.forms.shown import Shown, ShownRow
from engine.forms.summary import SummaryRow, SummarySection, public_only

__all__ = [
    "DEFAULT_LIMIT",
    "MISSING",
    "ROW_KEY",
    "WHOLE",
    "BoundList",
    "BoundPage",
    "Condition",
    "CreditCode",
    "DatePart",
    "Fault",
    "Field",
    "FieldError",
    "FormContext",
    "FormProblems",
    "FormSchema",
    "IdentityNumber",
    "InputOption",
    "ListItem",
    "Option",
    "Page",
    "Personal",
    "PersonalField",
    "Problem",
    "RowAction",
    "Section",
    "Shown",
    "ShownRow",
    "SummaryRow",
    "SummarySection",
    "Task",
    "accepted_text",
    "attachment_key",
    "bind",
    "clause_list",
    "credit_code",
    "date_parts",
    "display",
    "display_file",
    "identity_number",
    "inspect",
    "mail_address",
    "mask",
    "mobile",
    "organisation_name",
    "other_document",
    "person_name",
    "plain_text",
    "public_only",
    "read",
    "read_date",
    "seal_personal",
    "size_text",
    "sniff",
]
