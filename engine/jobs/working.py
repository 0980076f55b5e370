"""One call for both databases."""

import threading

from engine.jobs.distributed import work_distributed
from engine.jobs.embedded import work_embedded
from engine.jobs.running import Handlers, Host


def work(installation: Host, handlers: Handlers, stop: threading.Event, threads: int = 2) -> None:
    """Run jobs as they come until `stop` is set, `threads` at a time; returns when the last handler has ended."""
    if installation.database.dialect.name == "sqlite":
        work_embedded(installation, handlers, stop, threads)
    else:
        work_distributed(installation, handlers, stop, threads)
