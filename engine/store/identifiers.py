"""UUIDv7 as 32 hex digits: unique, and in the order of time, so that indexes grow at their end (RFC 9562 §5.7)."""

import os
import threading
import time

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A fresh key; later calls of one process give larger keys."""
    global _last
    with _lock:
        stamp = max(time.time_ns() // 1_000_000 << 12, _last + 1)  # milliseconds and a counter of 12 bits
        _last = stamp
    tail = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    value = (stamp >> 12 & (1 << 48) - 1) << 80 | 7 << 76 | (stamp & 0xFFF) << 64 | 2 << 62 | tail
    return f"{value:032x}"
