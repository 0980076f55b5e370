"""A process of its own that renders: it holds the fonts warm, has limits on memory and time, and is started anew after
any fault. Requests and answers are JSON behind a length of eight bytes; an answer is followed by the PDF's bytes."""

import contextlib
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
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from engine.documents.content import Content
from engine.documents.layout import Frame
from engine.documents.problems import ComposeError, MissingGlyph, RenderFailed
from engine.documents.rendering import Rendered, SealPlace
from engine.errors import HuishenError, Unavailable

LENGTH = struct.Struct(">Q")
MOST_ANSWER = 200 * 1024 * 1024
STARTING = 60.0  # seconds that a cold start may take beyond the time of a document
RENEWED_AFTER = 500  # documents; the renderer's caches only grow
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_PATH")  # never keys or passwords


class Worker:
    """One warm process; its users wait for each other. `time_limit` in seconds a document, `memory_limit` in bytes."""

    def __init__(self, fonts: Path, *, time_limit: float = 30.0, memory_limit: int = 2 * 2**30) -> None:
        self._fonts, self._time_limit, self._memory_limit = fonts.absolute(), time_limit, memory_limit
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner, self._rendered = 0, 0

    def render(self, content: Content, frame: Frame, preview: bool) -> Rendered:
        """As `Renderer.render`; `RenderFailed` when the process did not answer within its limits."""
        request = {"content": content.to_dict(), "frame": _frame_to_dict(frame), "preview": preview}
        with self._lock:
            while True:
                process, cold = self._running()
                try:
                    answer, pdf = self._exchange(process, request, self._time_limit + (STARTING if cold else 0))
                except TimeoutError as error:
                    self._stop()
                    message = f"文书没有在 {self._time_limit:g} 秒内排好，内容可能过多，请缩短后重试"
                    raise RenderFailed(message, code="document.timeout") from error
                except OSError as error:  # it ended; the death of a fresh one is the content's doing
                    self._stop()
                    if cold:
                        message = "排版程序异常结束，可能超出内存限制；请缩短内容后重试"
                        raise RenderFailed(message) from error
                    continue
                break
        return _rendered(answer, pdf)

    def close(self) -> None:
        """End the process; a later document starts another."""
        with self._lock:
            self._stop()

    def _running(self) -> tuple[subprocess.Popen[bytes], bool]:
        """The process, and whether it is a new one. A forked server must not share its parent's."""
        if self._process and self._owner != os.getpid():
            self._process = None
        if self._process and (self._process.poll() is not None or self._rendered >= RENEWED_AFTER):
            self._stop()
        if self._process:
            return self._process, False
        root = Path(__file__).resolve().parents[2]
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self._fonts), str(self._memory_limit)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=environment | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self._owner, self._rendered = os.getpid(), 0
        return self._process, True

    def _exchange(
        self, process: subprocess.Popen[bytes], request: dict[str, Any], seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        assert process.stdin and process.stdout
        data = json.dumps(request, ensure_ascii=False).encode()
        process.stdin.write(LENGTH.pack(len(data)) + data)
        process.stdin.flush()
        deadline = time.monotonic() + seconds
        answer = json.loads(_read_by(process.stdout, _length(process.stdout, deadline), deadline))
        pdf = _read_by(process.stdout, _length(process.stdout, deadline), deadline)
        self._rendered += 1
        return answer, pdf

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.kill()
        process.wait()


def _length(pipe: Any, deadline: float) -> int:
    (length,) = LENGTH.unpack(_read_by(pipe, LENGTH.size, deadline))
    if length > MOST_ANSWER:
        raise OSError("the answer is too long")
    return int(length)


def _read_by(pipe: Any, count: int, deadline: float) -> bytes:
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


def _frame_to_dict(frame: Frame) -> dict[str, Any]:
    return {
        "number": frame.number,
        "date": frame.date.isoformat(),
        "code": frame.code,
        "verify_url": frame.verify_url,
        "record": json.loads(frame.decision()),
    }


def _rendered(answer: dict[str, Any], pdf: bytes) -> Rendered:
    if "error" in answer:
        raise _error(answer)
    place = SealPlace(**answer["seal"]) if answer["seal"] else None
    return Rendered(pdf, answer["pages"], answer["sha256"], place)


def _error(answer: dict[str, Any]) -> HuishenError:
    message, code, details = answer["message"], answer["code"], answer["details"]
    if answer["error"] == "MissingGlyph":
        return MissingGlyph(details["character"], details["where"])
    kind = {"ComposeError": ComposeError, "Unavailable": Unavailable}.get(answer["error"], RenderFailed)
    return kind(message, code=code, **details)


# The child's side


def main(fonts: str, memory_limit: str) -> None:
    """Serve requests from standard input until it ends."""
    limit = int(memory_limit)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever a library prints must not reach the pipe
        render = _first_render(Path(fonts))
        while (request := _request(sys.stdin.buffer)) is not None:
            answer, pdf = _answer(render, request)
            data = json.dumps(answer, ensure_ascii=False).encode()
            answers.write(LENGTH.pack(len(data)) + data + LENGTH.pack(len(pdf)) + pdf)
            answers.flush()


Render = Callable[[Content, Frame, bool], Rendered]


def _first_render(fonts: Path) -> Render:
    from engine.documents.fonts import Faces
    from engine.documents.rendering import Renderer

    try:
        return Renderer(Faces(fonts)).render
    except Unavailable as error:
        missing = error

        def refuse(content: Content, frame: Frame, preview: bool) -> Rendered:
            raise missing

        return refuse


def _request(pipe: BinaryIO) -> dict[str, Any] | None:
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    found: dict[str, Any] = json.loads(pipe.read(LENGTH.unpack(head)[0]))
    return found


def _answer(render: Render, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    frame = Frame(**request["frame"] | {"date": date.fromisoformat(request["frame"]["date"])})
    try:
        done = render(Content.from_dict(request["content"]), frame, request["preview"])
    except HuishenError as error:
        told = {"message": error.message, "code": error.code, "details": error.details}
        return {"error": type(error).__name__, **told}, b""
    except Exception as error:  # an unforeseen fault is reported, and the process goes on
        message = f"排版时出错（{type(error).__name__}），请把文书内容交给管理员查看"
        return {"error": "RenderFailed", "message": message, "code": "document.render", "details": {}}, b""
    seal = vars(done.seal) if done.seal else None
    return {"pages": done.pages, "sha256": done.sha256, "seal": seal}, done.pdf


if __name__ == "__main__":
    main(*sys.argv[1:3])
