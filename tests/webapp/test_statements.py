"""What a page costs: at most twelve SQL statements with its session, however much a case has beside it."""

from collections.abc import Callable, Iterator

import pytest

from engine import cases
from engine.cases import Criteria, NewGroup, Statement
from engine.errors import Forbidden
from engine.store import new_id, tables
from engine.walkthrough import sample_page
from tests.cases.called import Two, inner, outer
from tests.cases.playing import PACKAGE, Play
from tests.databases import Statements
from tests.webapp.visitor import Visitor

MOST = 12
Enter = Callable[[str], Visitor]
Costs = Callable[..., None]


@pytest.fixture
def costs(play: Play, signed_in: Enter) -> Iterator[Costs]:
    """Opens pages as somebody; each has to be there, and none may cost more. What is too dear is told together."""
    dear: list[str] = []

    def visit(login: str, *urls: str) -> None:
        client = signed_in(login).client
        for url in urls:
            client.get(url)  # packages and the calendar are read once a process
            with Statements(play.installation.database) as statements:
                answer = client.get(url)
            assert answer.status_code == 200, (login, url, answer.status_code)
            if len(statements) > MOST:
                dear.append(f"{login} {url}: {len(statements)}\n  " + "\n  ".join(statements.texts))

    yield visit
    assert not dear, "\n".join(dear)


def post_id(play: Play, role: str) -> str:
    return next(row["id"] for row in play.rows(tables.post, tables.post.c.role == role))


def association(play: Play) -> str:
    (row,) = play.rows(tables.organisation, tables.organisation.c.key == "assoc_coldchain")
    return str(row["id"])


def test_of_a_case_with_opinions_files_copies_and_a_reviewer(play: Play, costs: Costs) -> None:
    case_id, place = play.until("Task_head_review"), play.installation
    task, head = play.task(case_id, "Task_head_review"), play.actor("division_head")
    for role in ("handler_b", "handler_a"):
        cases.add_review(place, head, task.id, post_id(play, role), "beside", "请看一看")
    cases.send_copy(place, head, case_id, [post_id(play, role) for role in ("handler_a", "acceptor")], "请知悉")
    cases.keep_phrase(place, head, "同意。")
    number = play.rows(tables.personal, tables.personal.c.case_id == case_id)[0]["hash"]
    review = next(one for one in play.open(case_id) if one.post == post_id(play, "handler_b"))
    whole = f"/desk/cases/{case_id}"
    costs(
        "head",
        whole,
        f"{whole}?file={play.rows(tables.attachment)[0]['id']}",
        f"{whole}/prints",
        f"{whole}/reveal/{number}",
        f"{whole}/do/suspend/case",
        f"{whole}/do/copy/case",
        *(f"{whole}/do/{verb}/{task.id}" for verb in ("transfer", "review", "drop-review", "remind", "extend")),
        f"/desk/tasks/{task.id}",
        f"/desk/tasks/{task.id}/return",
    )
    costs("handler-b", f"/desk/tasks/{review.id}", whole)
    costs("joint-police", whole)
    own = f"/portal/cases/{case_id}"
    costs("coldchain", own, *(f"{own}/{part}" for part in ("answers", "withdraw", "submitted", "prints")))


def test_of_a_joint_check_under_way(play: Play, costs: Costs) -> None:
    case_id = play.until("MI_joint_check")
    cases.add_member(play.installation, play.actor("division_head"), case_id, "MI_joint_check", "united", "有政协委员")
    task = play.task(case_id, "MI_joint_check", "discipline")
    costs("joint-discipline", f"/desk/tasks/{task.id}", f"/desk/cases/{case_id}", "/desk/")
    costs("head", f"/desk/cases/{case_id}", f"/desk/cases/{case_id}/do/add-member/case")


def test_of_letters_to_sign(play: Play, costs: Costs) -> None:
    case_id = play.until("Task_sign")
    task = play.task(case_id, "Task_sign")
    letters = cases.prepare_documents(play.installation, play.actor("leader"), task.id)
    assert letters
    costs("leader", f"/desk/tasks/{task.id}", f"/desk/cases/{case_id}/documents/{letters[0].id}")
    costs("clerk", f"/desk/register/{letters[0].id}", "/desk/register")


def test_of_a_case_that_has_ended(play: Play, costs: Costs) -> None:
    case_id = play.closed()
    letter = next(row for row in play.rows(tables.document, tables.document.c.kind == "D06"))["id"]
    file = f"/desk/associations/{association(play)}"
    costs("head", f"/desk/cases/{case_id}", f"/desk/cases/{case_id}/documents/{letter}", file, "/desk/register")
    costs("coldchain", "/portal/", f"/portal/cases/{case_id}", f"/portal/start/{PACKAGE}")
    costs("supervisor", "/desk/supervision/")


def test_of_the_lists(play: Play, costs: Costs) -> None:
    case_id, place = play.until("MI_joint_check"), play.installation
    head = play.actor("division_head")
    play.new_person("nobody", "researcher")
    cases.save_filter(place, head, "inbox", "急", Criteria.read({"light": "red"}))
    wanted = NewGroup(new_id(), PACKAGE, "2026年度换届", None, (association(play),))
    group = cases.start_group(place, play.office.actor("handler-a"), wanted).group_id
    play.later(days=30)
    with pytest.raises(Forbidden):
        cases.most_overdue(place, play.actor("acceptor"), Criteria())
    late = play.task(case_id, "MI_joint_check")
    costs(
        "head",
        *(
            "/desk/",
            "/desk/?light=red&words=冷链",
            "/desk/done",
            "/desk/cases/",
            "/desk/cases/?words=冷链 协会&light=red",
        ),
        *("/desk/associations/", "/desk/clauses/", "/desk/deputies", "/desk/phrases", "/desk/ledger/"),
        *("/desk/ledger/reports", "/desk/handover", "/notices/", "/notices/?unread=1", "/notices/mail"),
    )
    tasks = "/desk/supervision/tasks"
    costs("supervisor", "/desk/supervision/", f"/desk/supervision/?package={PACKAGE}", tasks, f"{tasks}/{late.id}/urge")
    costs("handler-a", "/desk/groups/", f"/desk/groups/new/{PACKAGE}", f"/desk/groups/{group}")
    costs("publisher", "/desk/versions/")
    draft = next(row for row in play.rows(tables.task) if row["node_id"] == "Task_submit" and row["state"] == "open")
    filling = f"/portal/tasks/{draft['id']}"
    costs("coldchain", "/portal/", filling, f"{filling}/check", f"{filling}/form/candidates", "/notices/")


def test_of_what_the_public_says(play: Play, costs: Costs) -> None:
    case_id = play.until("Task_publicise")
    play.do(case_id, "Task_publicise")
    (shown,) = cases.publicities(play.installation)
    said = Statement(
        "反映其任职期间有违规报销，请核实。", "李某某", "020-0000000", (("凭证.pdf", sample_page("凭证")),)
    )
    cases.object_to(play.installation, shown.id, "fu", said)
    (objection,) = play.rows(tables.objection)
    whole = f"/desk/cases/{case_id}"
    task = play.task(case_id, "Task_objection")
    costs("handler-a", whole, f"{whole}/objections/{objection['id']}", f"/desk/tasks/{task.id}")
    costs("coldchain", "/public", f"/public/{shown.id}", f"/guide/{PACKAGE}", "/verify", "/")


def test_of_cases_that_call_each_other(play: Play, costs: Costs) -> None:
    two = Two(play, inner(), outer())
    case_id = two.begin()
    two.work()
    child = two.child(case_id)
    two.do(child, "Task_fill", {"org_name": "冷链协会", "note": ""})
    task = play.task(child, "Task_check")
    costs("acceptor", f"/desk/cases/{case_id}", f"/desk/cases/{child}", f"/desk/tasks/{task.id}")
    costs("coldchain", f"/portal/cases/{case_id}", f"/portal/cases/{child}")
    two.do(child, "Task_check", {"verdict": "approved"})
    two.work()
    after = play.task(case_id, "Task_after")
    costs("acceptor", f"/desk/cases/{case_id}", f"/desk/tasks/{after.id}")
