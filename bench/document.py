"""How long a letter takes: render, approval, seal, verification, on a warm press.

    .venv/bin/python bench/document.py [--runs N] [--in-process]

Prints median and 95th percentile in milliseconds, the size in bytes, and where the time of a rendering goes.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine import documents
from engine.documents.layout import Layout
from tests.documents import samples

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FRAME = documents.Frame(
    "屿社工函〔2026〕18号",
    date(2026, 11, 23),
    "7Q4M-2K9P-XC31",
    "https://shenhe.example.gov.cn/verify/7Q4M-2K9P-XC31",
    {"document": "D06", "outcome": "approved"},
)
TARGET = 400


class Stopwatch:
    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {}

    def take(self, what: str, work: Callable[[], T]) -> T:
        begun = time.perf_counter()
        done = work()
        self.times.setdefault(what, []).append(1000 * (time.perf_counter() - begun))
        return done

    def table(self) -> str:
        lines = [f"{'':34}{'median':>9}{'p95':>9}  ms"]
        for what, times in self.times.items():
            ordered = sorted(times)
            high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
            lines.append(f"{what:34}{statistics.median(times):9.1f}{high:9.1f}")
        return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--in-process", action="store_true")
    options = parser.parse_args()
    fonts = Path("instance/fonts")
    content = samples.content("D06")
    with documents.Press(fonts, isolated=not options.in_process) as press, tempfile.TemporaryDirectory() as folder:
        vault = documents.KeyVault(Path(folder), "bench")
        vault.create_authority("bench", NOW)
        person = vault.issue("person", "林知远", documents.REVIEWER, NOW)
        seal = vault.issue("seal", content.issuer, documents.AUTHORITY, NOW)
        known = {"Reviewer": {person.fingerprint: (NOW, None)}, "Authority": {seal.fingerprint: (NOW, None)}}
        trust = vault.trust(known)
        cold = Stopwatch()
        cold.take("first render", lambda: press.render(content, FRAME))
        watch = Stopwatch()
        layout = Layout(press.faces)
        for _ in range(options.runs + 1):
            begun = time.perf_counter()
            rendered = watch.take("render", lambda: press.render(content, FRAME))
            place = rendered.seal
            assert place
            approved = watch.take(
                "approval", lambda p=rendered.pdf, s=place: documents.approve(p, s, vault.signer("person"), NOW)
            )
            sealed = watch.take(
                "seal", lambda p=approved, s=place: documents.seal(p, s, vault.signer("seal"), NOW, faces=press.faces)
            )
            watch.times.setdefault("render and two signatures", []).append(1000 * (time.perf_counter() - begun))
            verdict = watch.take("verification", lambda p=sealed: documents.verify(p, trust))
            watch.take("of which lines and markup", lambda: layout.pages(content, FRAME, False))
            assert verdict.code == "ours.valid", verdict
        for times in watch.times.values():
            del times[0]
    print(f"{rendered.pages} pages, {len(rendered.pdf)} bytes, signed {len(sealed)} bytes, {options.runs} runs")
    print(f"first render {cold.times['first render'][0]:.0f} ms; target for render and two signatures {TARGET} ms")
    print(watch.table())


if __name__ == "__main__":
    main()
