"""What an installation offers to packages: posts, organisations, actions, functions, clauses. Packages are checked against it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.packages.heads import FACT_TYPES, PRINT_FACT_TYPES
from engine.packages.interface import Interface

SettingKind = Literal["document", "documents", "node", "multi-instance", "feel", "text"]

STATES = ("submitted", "supplementing", "accepted", "reviewing", "deciding", "publicizing", "issuing", "served")
ACTS = ("submit", "supplement", "decide", "sign", "seal", "serve")
SEVERITIES = ("block", "manual", "warn")
OUTCOMES = (
    "approved",
    "partially_approved",
    "rejected",
    "not_accepted",
    "withdrawn",
    "lapsed",
    "terminated",
    "deferred",
)
FACTS, PRINT_FACTS = frozenset(FACT_TYPES), frozenset(PRINT_FACT_TYPES)
FACT_KEYS: Mapping[str, tuple[str, ...]] = {
    "case": (
        "number",
        "title",
        "organisation",
        "organisation_name",
        "organisation_uscc",
        "today",
        "started_on",
        "submitted_on",
        "accepted_on",
    ),
    "organisation": ("name", "uscc", "key"),
    "promise": ("working_days",),
    "contact": ("name", "telephone"),
    "document": ("date",),
}
CONSTANTS = frozenset({"parameters", "case"})
# What the installation reads of a case by these names: the rules and materials, the export, 一会一档, 党建责任台账.
READ_BY_NAME = frozenset(
    {"findings", "missing", "blocked", "confirmed", "attachments", "contact_mobile"}
    | {"term_no", "term_start", "term_end"}
    | {"party_no", "lead", "org_form", "secretary_name", "members_formal", "reg_date", "party_term_end", "report_year"}
)
FUNCTIONS = ("工作日后", "工作日自", "自然日后", "周岁")


@dataclass(frozen=True, slots=True)
class Setting:
    """One property of a service task. `signatures` are those that a named document may have, empty for any."""

    kind: SettingKind
    required: bool = True
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionSettings:
    """What a registered action needs and gives.

    `settings` by property name; `prefixed` are properties with a name of the package after the dot (`when.D06`);
    `gives` are the names that the task's outputs may read; `needs` are entries of the manifest without which the
    action has nothing to do (`promise`, `items`, `rules`); `proof`: the person before it must have proved identity.
    """

    settings: Mapping[str, Setting] = field(default_factory=dict)
    prefixed: Mapping[str, Setting] = field(default_factory=dict)
    gives: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that a package may use. None for posts, organisations, clauses or packages: not known here, so not
    checked."""

    posts: frozenset[str] | None = None
    organisations: frozenset[str] | None = None
    actions: Mapping[str, ActionSettings] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=dict)
    clauses: frozenset[str] | None = None
    packages: Mapping[str, Interface] | None = None


_EACH = {"each": Setting("feel", required=False), "as": Setting("text", required=False)}  # one document a member
_RESULTS = Setting("feel", required=False)
ACTIONS: Mapping[str, ActionSettings] = {
    "check-rules": ActionSettings(gives=frozenset({"findings", "blocked", "missing"}), needs=frozenset({"rules"})),
    "start-promise": ActionSettings(needs=frozenset({"promise"})),
    "issue-notice": ActionSettings(
        {"document": Setting("document", signatures=("notice", "minutes")), "results": _RESULTS, **_EACH}, proof=True
    ),
    "draft-documents": ActionSettings(
        {"documents": Setting("documents", signatures=("two", "minutes")), "results": _RESULTS},
        {"when": Setting("feel", required=False)},
    ),
    "open-publicity": ActionSettings(
        {"members": Setting("feel"), "until": Setting("feel")},
        gives=frozenset({"publicity"}),
        needs=frozenset({"items", "publicity"}),
    ),
    "decide-objection": ActionSettings(
        {"objection": Setting("feel"), "result": Setting("feel")}, needs=frozenset({"publicity"})
    ),
    "archive-case": ActionSettings({"message": Setting("text")}),
    "answer-call": ActionSettings({"outcome": Setting("feel", required=False)}, needs=frozenset({"call"})),
    "add-item": ActionSettings({"node": Setting("multi-instance"), "items": Setting("feel")}),
    "register-organisation": ActionSettings({"name": Setting("feel"), "uscc": Setting("feel")}),
    "record-outcomes": ActionSettings({"from": Setting("feel")}, needs=frozenset({"items"})),
    "print-sheet": ActionSettings({"document": Setting("document", signatures=("sheet",)), **_EACH}),
    "slip": ActionSettings(
        {
            "document": Setting("document", signatures=("slip",)),
            "node": Setting("node"),
            "matter": Setting("text", required=False),
        }
    ),
    "notify": ActionSettings({"to": Setting("text"), "text": Setting("text")}),
    "note-supervision": ActionSettings({"text": Setting("text")}),
}


def default_vocabulary(
    *,
    posts: Iterable[str] | None = None,
    organisations: Iterable[str] | None = None,
    clauses: Iterable[str] | None = None,
    packages: Iterable[Interface] | None = None,
) -> Vocabulary:
    """The actions and functions of docs/packages.md, with the posts, organisations and clauses of an installation."""
    return Vocabulary(
        posts=None if posts is None else frozenset(posts),
        organisations=None if organisations is None else frozenset(organisations),
        actions=ACTIONS,
        functions=dict.fromkeys(FUNCTIONS),
        clauses=None if clauses is None else frozenset(clauses),
        packages=None if packages is None else {one.key: one for one in packages},
    )
