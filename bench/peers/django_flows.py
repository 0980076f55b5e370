"""django-viewflow: the same loop as a flow of its own. Runs in its own environment. usage: django_flows.py FOLDER DATABASE_URL"""

import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.peers.worker import PAIRS, answers, serve

DURABLE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"


def database(folder: str, url: str) -> dict[str, Any]:
    """As durable as ours: SQLite with WAL and full syncing, PostgreSQL with a connection that stays open."""
    if not url:
        path = Path(folder) / "viewflow.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        options = {"init_command": DURABLE, "transaction_mode": "IMMEDIATE"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
    parts = urlsplit(url)
    host = dict(one.split("=", 1) for one in parts.query.split("&") if "=" in one).get("host", parts.hostname)
    given = {"NAME": parts.path.strip("/"), "USER": parts.username, "PASSWORD": parts.password or ""}
    place = {"HOST": unquote(host or ""), "PORT": parts.port or "", "CONN_MAX_AGE": None}
    return {"ENGINE": "django.db.backends.postgresql", **given, **place}


def main(folder: str, url: str) -> None:
    import django
    from django.conf import settings

    apps = ["django.contrib.contenttypes", "django.contrib.auth", "viewflow", "viewflow.workflow", "benchflow"]
    sys.modules["benchflow"] = module = types.ModuleType("benchflow")
    module.__file__, module.__path__ = __file__, [folder]  # type: ignore[attr-defined]
    settings.configure(
        INSTALLED_APPS=apps,
        DATABASES={"default": database(folder, url)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import RequestFactory
    from viewflow import this
    from viewflow.workflow import flow, lock
    from viewflow.workflow.models import Process, Task

    call_command("migrate", verbosity=0)
    user = User.objects.create_user("acceptor")

    class Loop(flow.Flow):  # type: ignore[misc]
        __module__ = "benchflow.flows"
        process_class = Process
        lock_impl = lock.select_for_update_lock if url else lock.no_lock
        start = flow.StartHandle(this.begin).Next(this.a)
        a = flow.View(lambda request: None).Assign(username="acceptor").Next(this.b)
        b = flow.View(lambda request: None).Assign(username="acceptor").Next(this.way)
        way = flow.If(lambda activation: activation.process.data["again"] == "yes").Then(this.a).Else(this.end)
        end = flow.End()

        def begin(self, activation: Any) -> Any:
            return activation.process

    sys.modules["benchflow.flows"] = flows = types.ModuleType("benchflow.flows")
    flows.Loop = Loop  # type: ignore[attr-defined]  # rows name their flow by its module

    def step(process_id: int, name: str, values: dict[str, str]) -> Callable[[], object]:
        task_id = Task.objects.get(process_id=process_id, status="ASSIGNED").pk

        def complete() -> None:
            with Loop.lock(process_id):
                task = Task.objects.select_related("process", "owner").get(pk=task_id)
                activation = task.flow_task.activation_class(task)
                request = RequestFactory().post("/")
                request.user = User.objects.get(pk=user.pk)
                if not activation.start.has_perm(request.user):
                    raise PermissionError(name)
                activation.start(request)
                activation.process.data = values
                activation.process.save()
                activation.execute()

        return complete

    def steps() -> Iterator[Callable[[], object]]:
        process = Loop.start.run()
        for pair in range(PAIRS):
            for name in ("a", "b"):
                yield step(process.pk, name, answers(pair))
        assert Process.objects.get(pk=process.pk).status == "DONE"

    serve(steps)


if __name__ == "__main__":
    main(*sys.argv[1:])
