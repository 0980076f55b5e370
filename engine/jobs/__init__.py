"""Work that follows a commit: at least once, idempotent by its key."""

from engine.jobs.rows import FailedJob, ParkedJob, defer, failed, parked, retry, row
from engine.jobs.running import Done, Handler, Handlers, run_due
from engine.jobs.working import work

__all__ = [
    "Done",
    "FailedJob",
    "Handler",
    "Handlers",
    "ParkedJob",
    "defer",
    "failed",
    "parked",
    "retry",
    "row",
    "run_due",
    "work",
]
