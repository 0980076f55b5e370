"""A process is killed in the middle of commands and jobs, again and again: nothing acknowledged is lost or doubled."""

import pytest

from tests.cases.playing import Play
from tests.faults.accounts import whole
from tests.faults.killing import Crowd, Survivor
from tests.installations import Office

KILLS = 24
MORE = [pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 8)]
KILLS_OF_A_CROWD, PEOPLE = 100, 8


@pytest.mark.parametrize("seed", [1, *MORE])
def test_on_sqlite_nothing_is_lost_or_doubled(sqlite_office: Office, seed: int) -> None:
    survive(sqlite_office, seed, KILLS)


@pytest.mark.parametrize("seed", [1, *MORE])
def test_on_postgresql_nothing_is_lost_or_doubled(postgres_office: Office, seed: int) -> None:
    survive(postgres_office, seed, KILLS // 3)


@pytest.mark.full
def test_nothing_is_lost_or_doubled_when_a_hundred_of_eight_people_at_once_are_killed(office: Office) -> None:
    office.installation.database.dispose()
    crowd = Crowd(office, 8, PEOPLE)
    crowd.kill(KILLS_OF_A_CROWD)
    assert len(crowd.acknowledged) >= KILLS_OF_A_CROWD
    whole(Play(office), crowd.acknowledged, alone=False)


def survive(office: Office, seed: int, kills: int) -> None:
    office.installation.database.dispose()  # no connection is shared with the processes
    survivor = Survivor(office, seed)
    for _ in range(kills):
        survivor.round()
    assert len(survivor.acknowledged) >= kills
    whole(Play(office), survivor.acknowledged)
