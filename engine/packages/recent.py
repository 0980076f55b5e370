"""What was made of a package last, kept by the hash of its files."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The last `size` things by hash; safe to use from several threads, as long as nobody changes what is kept."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, T] = OrderedDict()

    def get(self, digest: str) -> T | None:
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
            return self._kept.get(digest)

    def put(self, digest: str, made: T) -> T:
        """Keep it; the one that was first stays where two threads made the same."""
        with self._lock:
            kept = self._kept.setdefault(digest, made)
            self._kept.move_to_end(digest)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
            return kept

    def clear(self) -> None:
        """Forget everything, as a process that starts has kept nothing."""
        with self._lock:
            self._kept.clear()
