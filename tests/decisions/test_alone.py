"""The language and the decisions alone, without the rest of the project: they could be a library of their own."""

import ast
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import engine
from tests.decisions.tables import decision, definitions, table

ROOT = Path(engine.__file__).parent
USED = """
import sys
from engine import decisions, feel
expression = feel.compile_expression("for x in 1..3 return x * a")
assert expression.evaluate({"a": 2}) == [2, 4, 6]
model = decisions.read(sys.stdin.buffer.read(), "d.dmn")
why = model.decisions["d"].explain({"n": 5})
assert why.result == 1
assert decisions.sentences(why) and "<table" in decisions.page(why, "d.dmn")
assert decisions.analyse(model.tables[0])
"""


@pytest.mark.parametrize(("package", "allowed"), [("feel", {"feel"}), ("decisions", {"feel", "decisions"})])
def test_a_package_imports_nothing_else_of_the_project(package, allowed):
    found = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, path
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = {name.split(".")[1] for name in found if name.split(".")[0] == "engine"}
    assert ours <= allowed
    assert not any(name.split(".")[0] in ("webapp", "tests", "bench") for name in found)


def test_both_run_where_nothing_else_of_the_project_is(tmp_path):
    for package in ("feel", "decisions"):
        copytree(ROOT / package, tmp_path / "engine" / package, ignore=ignore_patterns("__pycache__"))
    (tmp_path / "engine/__init__.py").write_bytes(b"")
    run = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{USED}"]
    dmn = definitions(decision("d", table(["n"], ["a"], [["> 3", "1"]])))
    done = subprocess.run(run, input=dmn, capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr.decode()
