"""Ten thousand open cases with whole chains: one real case at each stage, copied in bulk (see `bench.copies`)."""

import sqlalchemy as sa
from sqlalchemy import Engine

from bench.copies import insert_copies
from bench.names import names
from engine import cases, store
from engine.store.tables import case
from tests.cases.playing import WAY, Play

STAGES = WAY[:8]  # a case waits at each of these
OPEN = case.c.state != "closed"


def populate(play: Play, wanted: int) -> int:
    """Fill up to `wanted` open cases; the number that there is afterwards."""
    database = play.installation.database
    missing = wanted - count_open(database)
    if missing > 0:
        patterns = [play.until(stage) for stage in STAGES]
        play.office.work_off()
        share, rest = divmod(max(0, missing - len(patterns)), len(patterns))
        shares = [(case_id, share + (place < rest)) for place, case_id in enumerate(patterns)]
        insert_copies(database, play.installation.cipher, shares, tell=_tell, names=names)
        cases.rebuild_index(play.installation, _tell)
        print()
    return count_open(database)


def _tell(done: int) -> None:
    print(f"\rcases copied: {done}", end="", flush=True)


def count_open(database: Engine) -> int:
    with store.reading(database) as transaction:
        return int(transaction.execute(sa.select(sa.func.count()).select_from(case).where(OPEN)).scalar_one())


def state_sizes(database: Engine) -> list[int]:
    """Bytes of the engine's state of every open case, without variables, in ascending order."""
    with store.reading(database) as transaction:
        return sorted(transaction.execute(sa.select(sa.func.length(case.c.engine_state)).where(OPEN)).scalars())
