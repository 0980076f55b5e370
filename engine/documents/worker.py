"""Rendering in a process of its own."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from engine.documents.content import Content
from engine.documents.frame import Frame
from engine.documents.problems import ComposeError, MissingGlyph, RenderFailed
from engine.documents.processes import Answer, Handler, LimitedProcess, ProcessEnded, serve
from engine.documents.rendering import Rendered, SealPlace
from engine.errors import HuishenError, Unavailable


class Worker:
    """Renders as `Renderer` does, in a warm process with limits: seconds a document, and bytes of memory."""

    def __init__(self, fonts: Path, *, time_limit: float, memory_limit: int) -> None:
        arguments = [str(fonts.absolute())]
        self.process = LimitedProcess(__name__, arguments, time_limit=time_limit, memory_limit=memory_limit)

    def render(self, content: Content, frame: Frame, preview: bool) -> Rendered:
        """As `Renderer.render`; `RenderFailed` when the process did not answer within its limits."""
        request = {"content": content.to_dict(), "frame": _frame_to_dict(frame), "preview": preview}
        try:
            answer, pdf = self.process.ask(request)
        except TimeoutError as error:
            message = f"文书没有在 {self.process.time_limit:g} 秒内排好，内容可能过多，请缩短后重试"
            raise RenderFailed(message, code="document.timeout") from error
        except ProcessEnded as error:
            raise RenderFailed("排版程序异常结束，可能超出内存限制；请缩短内容后重试") from error
        if "error" in answer:
            raise _error(answer)
        place = SealPlace(**answer["seal"]) if answer["seal"] else None
        return Rendered(pdf, answer["pages"], answer["sha256"], place)

    def close(self) -> None:
        self.process.close()


def _frame_to_dict(frame: Frame) -> dict[str, Any]:
    return {
        "number": frame.number,
        "date": frame.date.isoformat(),
        "code": frame.code,
        "verify_url": frame.verify_url,
        "record": json.loads(frame.decision()),
    }


def _error(answer: dict[str, Any]) -> HuishenError:
    message, code, details = answer["message"], answer["code"], answer["details"]
    if answer["error"] == "MissingGlyph":
        return MissingGlyph(details["character"], details["where"])
    kind = {"ComposeError": ComposeError, "Unavailable": Unavailable}.get(answer["error"], RenderFailed)
    return kind(message, code=code, **details)


# The child's side


def prepare(fonts: Path) -> Handler:
    from engine.documents.fonts import Faces
    from engine.documents.rendering import Renderer

    try:
        renderer = Renderer(Faces(fonts))
    except Unavailable as error:
        refusal = _told(error)
        return lambda request, data: (refusal, b"")
    return lambda request, data: _answer(renderer, request)


def _answer(renderer: Any, request: dict[str, Any]) -> Answer:
    frame = Frame(**request["frame"] | {"date": date.fromisoformat(request["frame"]["date"])})
    try:
        done: Rendered = renderer.render(Content.from_dict(request["content"]), frame, request["preview"])
    except HuishenError as error:
        return _told(error), b""
    except Exception as error:  # an unforeseen fault is reported, and the process goes on
        kind = type(error).__name__
        return _told(RenderFailed(f"排版时出错（{kind}），可能超出内存限制；请把文书内容交给管理员查看")), b""
    seal = vars(done.seal) if done.seal else None
    return {"pages": done.pages, "sha256": done.sha256, "seal": seal}, done.pdf


def _told(error: HuishenError) -> dict[str, Any]:
    return {"error": type(error).__name__, "message": error.message, "code": error.code, "details": error.details}


if __name__ == "__main__":
    serve(int(sys.argv[1]), lambda: prepare(Path(sys.argv[2])))
