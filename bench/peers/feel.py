"""Other engines of FEEL, measured beside ours: installed into instance/bench/peers, never a part of the product.

Run as a program with the folder of bkflow-feel, it measures that one: two libraries need not share a process.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "instance/bench/peers"
FEELIN, BKFLOW = "feelin@6", "bkflow-feel==1.2.0"
ROUNDS, PATIENCE = 5, 600
#: Expressions that every engine is asked, with their scope in JSON.
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "two comparisons": ("age >= 18 and age < 70", {"age": 66}),
    "arithmetic": ("(price + 10) * count / 4", {"price": 90, "count": 3}),
    "a condition": ('if age > 70 then "超龄" else "通过"', {"age": 66}),
    "a filter with a condition": (
        'count(posts[society != "own" and position = "会长"]) > 0',
        {"posts": [{"society": "own", "position": "理事"}, {"society": "b", "position": "会长"}]},
    ),
    "some": ('some p in posts satisfies p.position = "会长"', {"posts": [{"position": "理事"}, {"position": "会长"}]}),
}
_SCRIPT = """import { evaluate } from 'feelin';
const [asked, rounds] = JSON.parse(process.argv[2]), result = {};
for (const [name, [text, scope]] of Object.entries(asked)) {
  let best = Infinity;
  try {
    for (let round = 0; round < rounds; round++) {
      const start = process.cpuUsage();
      for (let i = 0; i < 2000; i++) evaluate(text, scope);
      const used = process.cpuUsage(start);
      best = Math.min(best, (used.user + used.system) / 2000);
    }
    result[name] = { both: best, value: evaluate(text, scope).value };
  } catch (error) { result[name] = { error: String(error).slice(0, 60) }; }
}
console.log(JSON.stringify(result));
"""


def best(action: Callable[[], object], number: int) -> float:
    """Microseconds of one call in the best of several rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(number):
            action()
        times.append((time.process_time() - start) / number)
    return min(times) * 1e6


def feelin() -> dict[str, Any]:
    """Per expression microseconds of reading and evaluating: it has no way to read once. Raises OSError or SubprocessError."""
    if shutil.which("npm") is None:
        raise FileNotFoundError("npm is not installed")
    folder = FOLDER / "feelin"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules/feelin").exists():
        _run(["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), FEELIN])
    (folder / "measure.mjs").write_text(_SCRIPT, encoding="utf-8")
    return _measured(["node", str(folder / "measure.mjs"), json.dumps([ASKED, ROUNDS])])


def bkflow() -> dict[str, Any]:
    """Per expression microseconds of evaluating, and of both. Raises OSError or SubprocessError."""
    folder = FOLDER / "bkflow"
    if not (folder / "bkflow_feel").exists():
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), BKFLOW])
    return _measured([sys.executable, __file__, str(folder)])


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        raise subprocess.SubprocessError(f"{command[0]}: {(done.stderr or done.stdout).strip()[-200:]}")
    return done.stdout


def _measured(command: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(_run(command))
    return result


def _measure_bkflow(folder: str) -> dict[str, Any]:
    sys.path.insert(0, folder)
    import logging

    from bkflow_feel import parser, transformer  # type: ignore[import-not-found]

    logging.disable(logging.CRITICAL)
    result: dict[str, Any] = {}
    for name, (text, scope) in ASKED.items():
        try:
            tree = transformer.transform(parser.parse(text))
            both = best(lambda text=text, scope=scope: transformer.transform(parser.parse(text)).evaluate(scope), 50)
            alone = best(lambda tree=tree, scope=scope: tree.evaluate(scope), 2_000)
            result[name] = {"alone": alone, "both": both, "value": tree.evaluate(scope)}
        except Exception as error:  # an expression that it cannot read is a result too
            result[name] = {"error": type(error).__name__}
    return result


if __name__ == "__main__":
    print(json.dumps(_measure_bkflow(sys.argv[1]), default=str))
