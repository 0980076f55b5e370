"""How long a letter takes: render, approval, seal, verification, on a warm press; two presses at once; many in a row.

    .venv/bin/python bench/document.py [--runs N] [--in-process] [--row N]

Prints median and 95th percentile in milliseconds (of the clock, and in-process also of the processor), the size in bytes,
where the time of a rendering goes, how much more two worker processes print than one, and how the memory of a press grows
over a row of documents (1,000 unless `--row` says otherwise; 0 leaves it out).
"""

import argparse
import resource
import statistics
import sys
import tempfile
import threading
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
TARGET = 350
SCALE, GROWTH = 1.7, 50  # targets: two workers against one; MB over the row


class Stopwatch:
    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {}
        self.processor: dict[str, list[float]] = {}

    def take(self, what: str, work: Callable[[], T]) -> T:
        begun, used = time.perf_counter(), time.process_time()
        done = work()
        self.add(what, begun, used)
        return done

    def add(self, what: str, begun: float, used: float) -> None:
        self.times.setdefault(what, []).append(1000 * (time.perf_counter() - begun))
        self.processor.setdefault(what, []).append(1000 * (time.process_time() - used))

    def table(self) -> str:
        lines = [f"{'':34}{'median':>9}{'p95':>9}{'processor':>11}  ms"]
        for what, times in self.times.items():
            ordered = sorted(times[1:])
            high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
            used = statistics.median(self.processor[what][1:])
            lines.append(f"{what:34}{statistics.median(ordered):9.1f}{high:9.1f}{used:11.1f}")
        return "\n".join(lines)


def scale(fonts: Path, content: documents.Content, each: int) -> float:
    """How many times as much two worker processes print as one."""

    def busy(press: documents.Press) -> None:
        for _ in range(each):
            press.render(content, FRAME)

    with documents.Press(fonts) as one, documents.Press(fonts) as other:
        for press in (one, other):
            press.render(content, FRAME)
        begun = time.perf_counter()
        busy(one)
        alone = time.perf_counter() - begun
        threads = [threading.Thread(target=busy, args=(press,)) for press in (one, other)]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return 2 * alone / (time.perf_counter() - begun)


def growth(fonts: Path, content: documents.Content, count: int) -> float:
    """MB of resident memory that the process gains from the 20th document to the last, printed in this process."""
    kinds = [content, *(samples.content(kind) for kind in ("D01", "D02", "D07"))]
    with documents.Press(fonts, isolated=False) as press:
        for position in range(20):
            press.render(kinds[position % len(kinds)], FRAME)
        before = resident()
        for position in range(count):
            press.render(kinds[position % len(kinds)], FRAME)
        return resident() - before


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--in-process", action="store_true")
    parser.add_argument("--row", type=int, default=1000)
    options = parser.parse_args()
    fonts = Path("instance/fonts")
    content = samples.content("D06", 16)  # three pages
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
            begun, used = time.perf_counter(), time.process_time()
            rendered = watch.take("render", lambda: press.render(content, FRAME))
            place = rendered.seal
            assert place
            approved = watch.take(
                "approval", lambda p=rendered.pdf, s=place: documents.approve(p, s, vault.signer("person"), NOW)
            )
            sealed = watch.take(
                "seal", lambda p=approved, s=place: documents.seal(p, s, vault.signer("seal"), NOW, faces=press.faces)
            )
            watch.add("render and two signatures", begun, used)
            verdict = watch.take("verification", lambda p=sealed: documents.verify(p, trust))
            watch.take("of which lines and markup", lambda: layout.pages(content, FRAME, False))
            assert verdict.code == "ours.valid", verdict
    print(f"{rendered.pages} pages, {len(rendered.pdf)} bytes, signed {len(sealed)} bytes, {options.runs} runs")
    print(f"first render {cold.times['first render'][0]:.0f} ms; target for render and two signatures {TARGET} ms")
    print(watch.table())
    print(f"two workers print {scale(fonts, content, options.runs):.2f} times what one prints; target {SCALE}")
    if options.row:
        print(
            f"{options.row} documents in a row: memory grows by {growth(fonts, content, options.row):.0f} MB; at most {GROWTH}"
        )


if __name__ == "__main__":
    main()
