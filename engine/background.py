"""Threads beside the pages: jobs that follow commits, timers that come due, checkpoints of the record."""

import threading
from datetime import date, timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from engine import archive, audit, cases, jobs, store
from engine.calendar import local_date
from engine.errors import HuishenError
from engine.installation import Installation
from engine.keys import audit_signer, renew_keys

TICK = 5.0  # seconds between two looks at the timers
CHECKPOINT_EVERY = timedelta(minutes=10)
log = structlog.get_logger()


class Background:
    """Everything that happens without anybody asking. On PostgreSQL any number of processes may run it."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._reminded: date | None = None
        self._checkpointed = installation.clock.now() - CHECKPOINT_EVERY

    def start(self) -> None:
        for name, body in (("jobs", self._jobs), ("timers", self._timers)):
            thread = threading.Thread(target=body, name=f"huishen-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Ask the threads to end and wait for what they are doing."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _jobs(self) -> None:
        jobs.work(self.installation, archive.HANDLERS, self._stop)

    def _timers(self) -> None:
        while not self._stop.is_set():
            self.tick()
            self._stop.wait(TICK)

    def _remind(self) -> None:
        """Terms that end, reports that are due, keys that run out: looked at once a day."""
        today = local_date(self.installation.clock.now())
        if self._reminded != today:
            cases.remind_of_terms(self.installation)
            cases.remind_of_party_work(self.installation)
            renew_keys(self.installation)
            self._reminded = today

    def tick(self) -> None:
        """One look: fire what is due, sign a checkpoint when it is time. A fault waits for the next look."""
        try:
            cases.fire_timers(self.installation)
            cases.queue_mail(self.installation)
            self._remind()
            now = self.installation.clock.now()
            if now - self._checkpointed >= CHECKPOINT_EVERY:
                with store.writing(self.installation.database) as transaction:
                    audit.checkpoint(transaction, audit_signer(self.installation), now)
                self._checkpointed = now
        except (HuishenError, DBAPIError) as error:
            log.error("background.tick", code=getattr(error, "code", "database"), error=str(error))
