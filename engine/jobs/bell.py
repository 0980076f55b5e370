"""Wakes the worker threads of this process when it has stored a job, so that they need not look all the time."""

import threading
from weakref import WeakKeyDictionary

from sqlalchemy import Engine


class Bell:
    """Counts its rings, so that one between looking and waiting is not missed."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        with self._condition:
            return self._rings

    def ring(self) -> None:
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, heard: int, timeout: float) -> None:
        """Until there were more than `heard` rings, at most `timeout` seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings > heard, timeout)


_bells: WeakKeyDictionary[Engine, Bell] = WeakKeyDictionary()
_lock = threading.Lock()


def bell_of(database: Engine) -> Bell:
    with _lock:
        return _bells.setdefault(database, Bell())
