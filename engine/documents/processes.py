"""A process of its own with limits on memory and time, kept warm and started anew after any fault.

Requests and answers are JSON and bytes, each behind a length of eight bytes. The child is given no secrets: none of the
parent's environment but what programs need to run.
"""

import contextlib
import gc
import json
import os
import resource
import selectors
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

LENGTH = struct.Struct(">Q")
MOST_ANSWER = 200 * 1024 * 1024
STARTING = 60.0  # seconds that a cold start may take beyond the time of an answer
RENEWED_AFTER = 500  # answers; a library's caches only grow
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_PATH")
Answer = tuple[dict[str, Any], bytes]


class ProcessEnded(Exception):
    """A fresh process ended before it answered: the request was too much for its limits."""


class LimitedProcess:
    """One warm process; threads that use it wait for each other. `time_limit` in seconds, `memory_limit` in bytes."""

    def __init__(self, module: str, arguments: list[str], *, time_limit: float, memory_limit: int) -> None:
        self._command = [sys.executable, "-m", module, str(memory_limit), *arguments]
        self.time_limit = time_limit
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner, self._answered = 0, 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def ask(self, request: dict[str, Any], data: bytes = b"") -> Answer:
        """The answer; `TimeoutError` past the time limit, `ProcessEnded` when it died of the request."""
        with self._lock:
            while True:
                process, cold = self._running()
                try:
                    return self._exchange(process, request, data, self.time_limit + (STARTING if cold else 0))
                except TimeoutError:
                    self._stop()
                    raise
                except OSError as error:  # a warm one may have died of its past: ask a fresh one
                    self._stop()
                    if cold:
                        raise ProcessEnded from error

    def close(self) -> None:
        """End the process; a later request starts another."""
        with self._lock:
            self._stop()

    def _running(self) -> tuple[subprocess.Popen[bytes], bool]:
        """The process, and whether it is a new one. A forked server must not share its parent's."""
        if self._process and self._owner != os.getpid():
            self._process = None
        if self._process and (self._process.poll() is not None or self._answered >= RENEWED_AFTER):
            self._stop()
        if self._process:
            return self._process, False
        root = Path(__file__).resolve().parents[2]
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=environment | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self._owner, self._answered = os.getpid(), 0
        return self._process, True

    def _exchange(self, process: subprocess.Popen[bytes], request: dict[str, Any], data: bytes, limit: float) -> Answer:
        assert process.stdin and process.stdout
        process.stdin.write(_framed(request, data))
        process.stdin.flush()
        deadline = time.monotonic() + limit
        answer = json.loads(_part_by(process.stdout, deadline))
        blob = _part_by(process.stdout, deadline)
        self._answered += 1
        return answer, blob

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


def _framed(header: dict[str, Any], data: bytes) -> bytes:
    text = json.dumps(header, ensure_ascii=False).encode()
    return LENGTH.pack(len(text)) + text + LENGTH.pack(len(data)) + data


def _part_by(pipe: Any, deadline: float) -> bytes:
    (length,) = LENGTH.unpack(_bytes_by(pipe, LENGTH.size, deadline))
    if length > MOST_ANSWER:
        raise OSError("the answer is too long")
    return _bytes_by(pipe, length, deadline)


def _bytes_by(pipe: Any, count: int, deadline: float) -> bytes:
    """That many bytes; `TimeoutError` past the deadline, `OSError` when the pipe ends before."""
    out = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while len(out) < count:
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.select(left):
                raise TimeoutError
            piece = os.read(pipe.fileno(), min(count - len(out), 1 << 20))
            if not piece:
                raise ConnectionResetError
            out += piece
    return bytes(out)


# The child's side

Handler = Callable[[dict[str, Any], bytes], Answer]


def serve(memory_limit: int, prepare: Callable[[], Handler]) -> None:
    """Answer requests from standard input until it ends, within so many bytes of address space."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit, memory_limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever a library prints must not reach the pipe
        handle = prepare()
        gc.disable()  # looking for circles costs a third of a rendering: they are collected when the answer is out
        while (head := _part(sys.stdin.buffer)) is not None:
            data = _part(sys.stdin.buffer) or b""
            answers.write(_framed(*handle(json.loads(head), data)))
            answers.flush()
            gc.collect()
            if not gc.get_freeze_count():
                gc.freeze()  # libraries, fonts and caches stay: later looks pass over them


def _part(pipe: BinaryIO) -> bytes | None:
    head = pipe.read(LENGTH.size)
    return pipe.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None
