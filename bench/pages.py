"""What the pages of the people's day cost at the server beside ten thousand open cases: p50, p95 and SQL statements.

    script/bench pages [--cases N] [--runs N]

Each page is asked for through the application, with its session, permission, queries and template; the browser is left
out. The database is that of `script/bench step` (instance/bench/, SQLite). The target is p95 under 100 ms and at most
twelve statements a page.
"""

import argparse
import time
from collections.abc import Iterator

import sqlalchemy as sa
from flask.testing import FlaskClient

from bench.population import populate
from engine import store
from engine.demonstration import read_accounts
from engine.store.tables import case, organisation, task
from tests.cases.playing import Play
from tests.installations import ROOT, make_office
from webapp import create_app

TARGET_MS, TARGET_STATEMENTS = 100.0, 12
WARM_UP = 3


def pages(play: Play) -> Iterator[tuple[str, str, str]]:
    """What is measured: name, who, address."""
    with store.reading(play.installation.database) as transaction:
        query = sa.select(case.c.id, case.c.number).where(case.c.state != "closed").order_by(case.c.id.desc())
        case_id, number = transaction.execute(query.where(case.c.number.is_not(None)).limit(1)).one()
        waiting = sa.select(task.c.id).where(task.c.node_id == "Task_summary", task.c.state == "open").limit(1)
        task_id = transaction.execute(waiting).scalar_one()
        police = sa.select(organisation.c.id).where(organisation.c.key == "police")
        unit = transaction.execute(police).scalar_one()
    yield "inbox", "acceptor", "/desk/"
    yield "inbox, red lights", "handler-a", "/desk/?light=red"
    yield "inbox, a name", "acceptor", "/desk/?words=陈海"
    yield "inbox, in every title", "acceptor", "/desk/?words=行业协会"
    yield "search, everything", "leader", "/desk/cases/"
    yield "search, a number", "leader", f"/desk/cases/?words={number}"
    yield "search, one character", "leader", "/desk/cases/?words=陈"
    yield "search, in every title", "leader", "/desk/cases/?words=负责人 行业协会"
    yield "search, yellow lights", "leader", "/desk/cases/?light=yellow"
    yield "search, a unit's", "joint-court", "/desk/cases/?words=会展"
    yield "supervision", "supervisor", "/desk/supervision/"
    yield "supervision, a process", "supervisor", "/desk/supervision/?package=leader_review"
    yield "supervision, red lights", "supervisor", "/desk/supervision/tasks?light=red"
    yield "supervision, a unit", "supervisor", f"/desk/supervision/tasks?unit={unit}&light=yellow"
    yield "case page", "leader", f"/desk/cases/{case_id}"
    yield "task page", "handler-a", f"/desk/tasks/{task_id}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000, help="open cases")
    parser.add_argument("--runs", type=int, default=30, help="how often each page is asked for")
    options = parser.parse_args()
    play = Play(make_office(ROOT / "instance" / "bench"))
    print(f"open cases: {populate(play, options.cases)}")
    app = create_app(play.installation, secret=b"bench" * 8)
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False, TESTING=True)
    passwords = read_accounts(play.installation.folder)
    clients: dict[str, FlaskClient] = {}
    print(f"{'ms':24}{'p50':>8}{'p95':>8}{'processor p50':>15}{'p95':>8}{'statements':>12}")
    held = True
    for name, login, url in pages(play):
        if login not in clients:
            clients[login] = app.test_client()
            clients[login].post("/session/sign-in", data={"login": login, "password": passwords[login]})
        held = measure(play.installation.database, clients[login], name, url, options.runs) and held
    verdict = "holds" if held else "missed"
    print(f"target p95 {TARGET_MS:.0f} ms and {TARGET_STATEMENTS} statements: {verdict}")


def measure(database: sa.Engine, client: FlaskClient, name: str, url: str, runs: int) -> bool:
    """One line of the table; whether the page holds its target."""
    texts: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_: object) -> None:
        if not text.startswith("BEGIN"):
            texts.append(text)

    wall, processor = [], []
    sa.event.listen(database, "before_cursor_execute", note)
    for run in range(runs + WARM_UP):
        texts.clear()
        began, used = time.perf_counter(), time.process_time()
        answer = client.get(url)
        spent, worked = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)
        assert answer.status_code == 200, (name, answer.status_code)
        if run >= WARM_UP:
            wall.append(spent)
            processor.append(worked)
    sa.event.remove(database, "before_cursor_execute", note)
    wall.sort()
    processor.sort()
    late = min(runs - 1, int(runs * 0.95))
    p95 = wall[late]
    print(
        f"{name:24}{wall[runs // 2]:8.1f}{p95:8.1f}{processor[runs // 2]:15.1f}{processor[late]:8.1f}{len(texts):12}",
        flush=True,
    )
    return p95 <= TARGET_MS and len(texts) <= TARGET_STATEMENTS


if __name__ == "__main__":
    main()
