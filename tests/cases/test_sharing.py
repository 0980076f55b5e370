"""Papers of a conference: for the units that are invited, of the topics on the agenda, once they are told; for nobody else."""

from types import SimpleNamespace
from typing import Any

import pytest

from engine import cases
from engine.cases.sharing import shared_fields
from engine.errors import NotFound
from engine.store import new_id
from tests.cases.playing import Play

TOPIC = {"proposer": "省民政厅", "kind": "opinion", "brief": "现行目录三年没有调整。", "proposal": "调整目录。"}
APPLICATION = {
    "conference_title": "第四次会议",
    "sort": "专题会商",
    "domain": "综合",
    "planned_on": "2026-12-07",
    "collect": "yes",
    "topics": [{"_key": "a", "title": "目录", **TOPIC}, {"_key": "b", "title": "边界", **TOPIC}],
    "declaration": True,
}
UNITS = ("civil", "market", "orgdept", "united", "acfic")


def agenda(*invited: str) -> dict[str, Any]:
    return {
        "decision": "hold",
        "meeting_on": "2026-12-07",
        "meeting_time": "上午9时",
        "place": "三楼",
        "agenda": [
            {"key": "a", "label": "目录", "include": "include"},
            {"key": "b", "label": "边界", "include": "later", "reason": "下次再议。"},
        ],
        "invited": [{"key": one, "label": one, "role": "member" if one in invited else "none"} for one in UNITS],
    }


def readable(play: Play, login: str, case_id: str, files: dict[str, str]) -> set[str]:
    """What the person can open; the page lists exactly the same."""
    found = set()
    for name, identity in files.items():
        try:
            cases.attachment_file(play.installation, play.office.actor(login), identity)
        except NotFound:
            continue
        found.add(name)
    try:
        view = cases.case_view(play.installation, play.office.actor(login), case_id)
    except NotFound:
        listed = set()
    else:
        listed = {name for name, identity in files.items() if identity in {one.id for one in view.attachments}}
    assert found == listed
    return found


def test_papers_are_for_those_who_are_invited_and_told(sqlite_play: Play) -> None:
    play = sqlite_play
    secretary = play.office.actor("conference")
    case_id = cases.start(play.installation, secretary, "joint_conference", new_id()).case_id
    task = play.task(case_id, "Task_submit")
    cases.save_draft(play.installation, secretary, task.id, APPLICATION, 0)
    files = {name: play.attach(secretary, task, f"topics/{name}/material", f"{name}.pdf").id for name in ("a", "b")}
    play.complete(task, APPLICATION, revision=1)
    collecting = [one for one in play.open(case_id) if one.node == "MI_collect"]
    assert len(collecting) == len(UNITS)
    for one in collecting:
        play.complete(one, {"has": "no"})
    play.complete(play.task(case_id, "Task_agenda"), agenda("civil", "orgdept"))
    logins = ("joint-civil", "joint-orgdept", "joint-market", "joint-police", "coldchain", "party-logistics")
    assert {login: readable(play, login, case_id, files) for login in logins} == {key: set() for key in logins}
    invite = play.task(case_id, "Task_invite")
    files["papers"] = play.attach(secretary, invite, "papers", "会前材料.pdf").id
    play.complete(invite, {"confirmed": True})
    told = {login: readable(play, login, case_id, files) for login in logins}
    assert told == {key: set() for key in logins} | {"joint-civil": {"a", "papers"}, "joint-orgdept": {"a", "papers"}}
    reply = next(one for one in play.open(case_id) if one.node == "MI_reply" and one.item == "civil")
    files["authorisation"] = play.attach(play.office.actor("joint-civil"), reply, "authorisation", "委托书.pdf").id
    stances = [{"key": "a", "label": "目录", "stance": "none"}]
    given = {"reply": "stand_in", "person": "方知序", "person_title": "副处长", "reason": "出差", "stances": stances}
    play.complete(reply, given)
    assert readable(play, "joint-orgdept", case_id, files) == {"a", "papers"}  # what a unit hands in is not for others
    assert readable(play, "conference", case_id, files) >= {"a", "papers"}


def test_a_case_whose_package_shares_nothing_shows_a_consulted_unit_no_file(sqlite_play: Play) -> None:
    case_id = sqlite_play.until("MI_joint_check")
    police = sqlite_play.office.actor("joint-police")
    assert cases.case_view(sqlite_play.installation, police, case_id).attachments == ()


def shared(text: str, kind: str = "consulted") -> frozenset[str]:
    actor: Any = SimpleNamespace(posts=[SimpleNamespace(organisation_key="civil", organisation_kind=kind)])
    package: Any = SimpleNamespace(manifest=SimpleNamespace(shared_files=text, parameter_values={}))
    return shared_fields(package, {}, actor)


@pytest.mark.parametrize("text", ["", '="papers"', "=null", "=members.org", "=[1, null]"])
def test_what_is_no_list_of_fields_shares_nothing(text: str) -> None:
    assert shared(text) == frozenset()


@pytest.mark.parametrize("kind", ["association", "party", "external"])
def test_only_consulted_organisations_are_meant(kind: str) -> None:
    assert shared('=["papers"]', kind) == frozenset()
    assert shared('=["papers"]') == {"papers"}
