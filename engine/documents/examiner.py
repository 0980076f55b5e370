"""Verification of strangers' files in a process of its own.

A small file may unfold to gigabytes or send a parser in circles; that must cost the uploader an answer, not the server.
"""

import hashlib
import sys
from base64 import b64decode, b64encode
from dataclasses import fields
from datetime import datetime
from typing import Any

from engine.documents.keys import Trust
from engine.documents.processes import Answer, LimitedProcess, ProcessEnded, serve
from engine.documents.verify import MOST_BYTES, SignatureFacts, Verdict, verify

TOO_MUCH = "这个文件不能在限定的时间和内存内读完，不是本系统签发的文书。"


class Examiner:
    """`verify` with limits: seconds a file, and bytes of memory. Safe to share between threads."""

    def __init__(self, *, time_limit: float = 15.0, memory_limit: int = 2**30) -> None:
        self._process = LimitedProcess(__name__, [], time_limit=time_limit, memory_limit=memory_limit)

    def verify(self, pdf: bytes, trust: Trust) -> Verdict:
        """As `verify`; a file that passes the limits is `broken`."""
        if len(pdf) > MOST_BYTES:
            return verify(pdf, trust)
        try:
            answer, _ = self._process.ask(_trust_to_dict(trust), pdf)
        except (TimeoutError, ProcessEnded):
            return Verdict("broken", TOO_MUCH, hashlib.sha256(pdf).hexdigest())
        return _verdict(answer)

    def close(self) -> None:
        """End the process; a later file starts another."""
        self._process.close()


def _trust_to_dict(trust: Trust) -> dict[str, Any]:
    known: Any = trust.known and {
        name: {key: [since.isoformat(), until.isoformat() if until else None] for key, (since, until) in keys.items()}
        for name, keys in trust.known.items()
    }
    roots = [b64encode(one).decode() for one in trust.timestamp_roots]
    return {"root": b64encode(trust.root).decode(), "known": known, "timestamp_roots": roots}


def _verdict(answer: dict[str, Any]) -> Verdict:
    signatures = tuple(
        SignatureFacts(**one | {"time": datetime.fromisoformat(one["time"]) if one["time"] else None})
        for one in answer["signatures"]
    )
    return Verdict(
        answer["code"], answer["sentence"], answer["sha256"], signatures, answer["record"], tuple(answer["changes"])
    )


# The child's side


def _answer(request: dict[str, Any], pdf: bytes) -> Answer:
    known = request["known"] and {
        name: {key: (_moment(since), _moment(until) if until else None) for key, (since, until) in keys.items()}
        for name, keys in request["known"].items()
    }
    roots = tuple(b64decode(one) for one in request["timestamp_roots"])
    verdict = verify(pdf, Trust(b64decode(request["root"]), known, roots))
    signatures = [
        {item.name: getattr(one, item.name) for item in fields(one)}
        | {"time": one.time.isoformat() if one.time else None}
        for one in verdict.signatures
    ]
    told = {name: getattr(verdict, name) for name in ("code", "sentence", "sha256", "record", "changes")}
    return {**told, "signatures": signatures}, b""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


if __name__ == "__main__":
    serve(int(sys.argv[1]), lambda: _answer)
