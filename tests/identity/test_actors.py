from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from engine import identity
from engine.errors import Conflict, Invalid, NotFound
from engine.store import Transaction, reading, writing
from tests.databases import Statements

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@dataclass
class Office:
    database: Engine
    person: str
    posts: dict[str, str]
    organisations: dict[str, str]


def add_person(transaction: Transaction, login: str, name: str = "周明敏") -> str:
    return identity.add_person(transaction, login=login, name=name, password="long enough", hasher=CHEAP)


@pytest.fixture
def office(database: Engine) -> Iterator[Office]:
    organisations, posts = {}, {}
    with writing(database) as transaction:
        for key, kind in (("department", "department"), ("assoc_a", "association"), ("assoc_b", "association")):
            organisations[key] = identity.add_organisation(transaction, key=key, name=f"单位 {key}", kind=kind)
        for role, key in (("acceptor", "department"), ("applicant", "assoc_a"), ("applicant", "assoc_b")):
            posts[f"{role}@{key}"] = identity.add_post(
                transaction, role=role, organisation_id=organisations[key], title=f"{role} 岗"
            )
        person = add_person(transaction, "someone")
        identity.assign(transaction, post_id=posts["acceptor@department"], person_id=person, since=TODAY)
        identity.assign(transaction, post_id=posts["applicant@assoc_a"], person_id=person, since=TODAY - 9 * DAY)
    yield Office(database, person, posts, organisations)


def load(office: Office, on: date = TODAY) -> identity.Actor:
    with reading(office.database) as transaction:
        actor = identity.load_actor(transaction, office.person, on)
    assert actor is not None
    return actor


def test_an_actor_knows_posts_and_organisations(office: Office) -> None:
    actor = load(office)
    assert actor.post_ids == {office.posts["acceptor@department"], office.posts["applicant@assoc_a"]}
    assert actor.organisations("applicant") == (office.organisations["assoc_a"],)
    assert actor.organisations("acceptor") == (office.organisations["department"],)
    assert actor.holds("applicant") and not actor.holds("seal_keeper")
    assert actor.is_department
    post = next(post for post in actor.posts if post.role == "applicant")
    assert (post.organisation_key, post.organisation_name, post.organisation_kind, post.title) == (
        "assoc_a",
        "单位 assoc_a",
        "association",
        "applicant 岗",
    )


def test_loading_an_actor_is_one_statement(office: Office) -> None:
    for posts in (2, 0):
        with Statements(office.database) as statements:
            assert len(load(office, TODAY if posts else TODAY - 100 * DAY).posts) == posts
        assert len(statements) == 1


@pytest.mark.parametrize(
    ("on", "roles"),
    [
        (TODAY - 10 * DAY, set()),
        (TODAY - 9 * DAY, {"applicant"}),
        (TODAY - DAY, {"applicant"}),
        (TODAY, {"applicant", "acceptor"}),
        (TODAY + DAY, {"applicant", "acceptor"}),
        (TODAY + 2 * DAY, {"applicant"}),
    ],
)
def test_a_post_is_held_from_its_first_day_to_its_last(office: Office, on: date, roles: set[str]) -> None:
    with writing(office.database) as transaction:
        identity.assign(
            transaction,
            post_id=office.posts["acceptor@department"],
            person_id=office.person,
            since=TODAY,
            until=TODAY + DAY,
        )
    assert {post.role for post in load(office, on).posts} == roles


def test_nobody_is_loaded_for_an_unknown_or_closed_account(office: Office) -> None:
    with writing(office.database) as transaction:
        assert identity.load_actor(transaction, "0" * 32, TODAY) is None
        assert identity.find_actor(transaction, "unknown", TODAY) is None
        identity.set_active(transaction, "someone", False)
        assert identity.load_actor(transaction, office.person, TODAY) is None
        identity.set_active(transaction, "someone", True)
        actor = identity.find_actor(transaction, "someone", TODAY)
        assert actor is not None and actor.session_epoch == 2


def test_a_role_alone_is_a_post_of_the_department(office: Office) -> None:
    with reading(office.database) as transaction:
        assert identity.find_post(transaction, "acceptor") == office.posts["acceptor@department"]
        assert identity.find_post(transaction, "acceptor@department") == office.posts["acceptor@department"]
        assert identity.find_post(transaction, "applicant@assoc_b") == office.posts["applicant@assoc_b"]


def test_several_posts_are_found_by_one_statement(office: Office) -> None:
    wanted = {"acceptor", "applicant@assoc_a", "applicant@assoc_b"}
    with Statements(office.database) as statements, reading(office.database) as transaction:
        found = identity.find_posts(transaction, wanted)
        assert identity.find_posts(transaction, set()) == {}
    assert found == {
        "acceptor": office.posts["acceptor@department"],
        "applicant@assoc_a": office.posts["applicant@assoc_a"],
        "applicant@assoc_b": office.posts["applicant@assoc_b"],
    }
    assert len(statements) == 1


@pytest.mark.parametrize("assignment", ["applicant", "acceptor@assoc_a", "unknown", "applicant@nowhere", ""])
def test_a_post_that_does_not_exist_is_named(office: Office, assignment: str) -> None:
    with pytest.raises(NotFound) as caught, reading(office.database) as transaction:
        identity.find_posts(transaction, {assignment, "acceptor"})
    assert caught.value.code == "identity.no-post"
    assert caught.value.details["posts"] == [assignment]


def test_a_post_is_set_up_where_a_title_is_given(office: Office) -> None:
    with writing(office.database) as transaction:
        made = identity.post_of(transaction, "seal_keeper", title="用印岗")
        assert identity.post_of(transaction, "seal_keeper@department", title="另一个名称") == made
        assert identity.find_post(transaction, "seal_keeper") == made
        assert identity.post_of(transaction, "secretary@assoc_b", title="秘书长")
        with pytest.raises(NotFound, match="没有标识为 nowhere 的单位"):
            identity.post_of(transaction, "secretary@nowhere", title="秘书长")
        with pytest.raises(NotFound):
            identity.post_of(transaction, "archivist")


def test_keys_and_logins_are_taken_once(office: Office) -> None:
    for add in (
        lambda t: identity.add_organisation(t, key="assoc_a", name="又一个", kind="association"),
        lambda t: add_person(t, "someone"),
        lambda t: identity.add_post(t, role="acceptor", organisation_id=office.organisations["department"], title="x"),
    ):
        with pytest.raises(Conflict) as caught, writing(office.database) as transaction:
            add(transaction)
        assert caught.value.code == "identity.taken"


def test_a_kind_of_organisation_that_does_not_exist_is_refused(office: Office) -> None:
    with pytest.raises(Invalid, match="banks"), writing(office.database) as transaction:
        identity.add_organisation(transaction, key="x", name="x", kind="banks")


def test_the_list_of_people_has_everybody_with_their_posts(office: Office) -> None:
    with writing(office.database) as transaction:
        add_person(transaction, "another", "罗知夏")
        identity.set_active(transaction, "another", False)
    with Statements(office.database) as statements, reading(office.database) as transaction:
        lines = identity.people(transaction)
    assert [(line.login, line.name, line.active, line.roles) for line in lines] == [
        ("another", "罗知夏", False, ()),
        ("someone", "周明敏", True, ("acceptor", "applicant")),
    ]
    assert lines[1].id == office.person
    assert lines[1].posts == ("acceptor 岗（单位 department）", "applicant 岗（单位 assoc_a）")
    assert len(statements) == 1


def test_changing_somebody_who_does_not_exist_says_so(office: Office) -> None:
    with pytest.raises(NotFound) as caught, writing(office.database) as transaction:
        identity.set_password(transaction, "unknown", "long enough", CHEAP)
    assert caught.value.code == "identity.no-person"
