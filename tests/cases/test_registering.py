"""A preparatory group becomes the registered association: the same organisation, with its accounts and its cases."""

from itertools import pairwise

import pytest
import sqlalchemy as sa

from engine import cases, identity, jobs
from engine.cases import Criteria
from engine.errors import Conflict, Invalid
from engine.packages import Package
from engine.store import tables
from tests.cases.called import Two, end, made, submit
from tests.cases.playing import Play
from tests.packages.small_package import flow, person, service

CODE = "51990000500000015J"


def registering() -> Package:
    body = submit() + service("Make", "register-organisation", settings={"name": "=org_name", "uscc": "=note"})
    body += person("Task_after", "check", "acceptor", state="served")
    body += '<exclusiveGateway id="Way" default="Way-End" />\n' + end("End", "approved")
    for source, target in pairwise(("Start", "Task_fill", "Make", "Task_after", "Way", "End")):
        body += flow(source, target)
    return made("registering", "登记", "DJ", body)


@pytest.fixture
def two(play: Play) -> Two:
    return Two(play, registering())


def organisations(play: Play) -> dict[str, tuple[str, str | None]]:
    table = tables.organisation
    with play.reading() as transaction:
        return {row.key: (row.name, row.uscc) for row in transaction.execute(sa.select(table))}


def test_the_organisation_takes_its_registered_name_and_code_and_keeps_its_account_and_its_case(two: Two) -> None:
    before, applicant = organisations(two.play), two.play.actor("applicant")
    own = applicant.posts[0].organisation_key
    free_code(two.play, but=own)
    case_id = two.begin("registering", org_name="南屿省现代物流产业联合会", note=CODE)
    after = organisations(two.play)
    assert after[own] == ("南屿省现代物流产业联合会", CODE)
    assert set(after) == set(before)
    assert two.play.actor("applicant").posts[0].organisation_name == "南屿省现代物流产业联合会"
    assert two.open(case_id) == ["Task_after"]
    told = next(body for kind, body in two.play.events(case_id) if kind == "case.registered")
    assert (told["name"], told["before"]["name"]) == ("南屿省现代物流产业联合会", before[own][0])
    assert (two.play.differences(), two.play.faults()) == ([], [])


def test_its_earlier_cases_are_found_by_the_new_name(two: Two) -> None:
    applicant = two.play.actor("applicant")
    free_code(two.play, but=applicant.posts[0].organisation_key)
    name = "南屿省现代物流产业联合会"
    earlier, wanted = two.play.until("Task_accept"), Criteria(words=name)
    assert cases.find_cases(two.play.installation, applicant, wanted).rows == ()
    two.begin("registering", org_name=name, note=CODE)
    jobs.run_due(two.play.installation, cases.HANDLERS)
    assert earlier in {row.id for row in cases.find_cases(two.play.installation, applicant, wanted).rows}


def test_a_code_that_another_organisation_has_is_refused_and_nothing_changes(two: Two) -> None:
    with two.play.writing() as transaction:
        transaction.execute(sa.update(tables.organisation).values(uscc=None))
        identity.add_organisation(transaction, key="taken", name="南屿省包装行业联合会", kind="association", uscc=CODE)
    before = organisations(two.play)
    with pytest.raises(Conflict) as refused:
        two.begin("registering", note=CODE)
    assert (refused.value.code, "南屿省包装行业联合会" in refused.value.message) == ("identity.uscc-taken", True)
    assert organisations(two.play) == before


@pytest.mark.parametrize("code", ["51990000500000015K", "91990000500000015E"])
def test_what_is_no_code_of_an_association_is_refused(two: Two, code: str) -> None:
    before = organisations(two.play)
    with pytest.raises(Invalid):
        two.begin("registering", note=code)
    assert organisations(two.play) == before


def free_code(play: Play, *, but: str) -> None:
    with play.writing() as transaction:
        table = tables.organisation
        transaction.execute(sa.update(table).where(table.c.uscc == CODE, table.c.key != but).values(uscc=None))
