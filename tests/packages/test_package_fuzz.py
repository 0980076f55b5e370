"""Whatever stands in a package's files: findings, never an error, and never a fault of our own."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from engine import packages
from engine.packages import PackageProblems
from tests.packages.small_package import FILES, VOCABULARY
from tests.thoroughness import examples

DATA = {name: text.encode() for name, text in FILES.items()}
PIECES = [
    *(piece for text in FILES.values() for piece in text.split("\n") if piece),
    *("=", '"', "<", ">", "</", "{{", "{%", "[", "]", "{", "}", "null", "=" * 50, "(" * 200, "[" * 3000, "-" * 3000),
    *("<a>" * 500, "\x00", "\ud7ff", "\U0010ffff", "9" * 5000, "1e99999", "=1e999999999", "2026-13-45", "&x;", "<!--"),
    *("../", "\\", "true", "true: [", "!!python/none", "? :", "- " * 400, "a: " * 300, "：", "工作日后(", "for x in"),
]


def survives(files: dict[str, bytes]) -> None:
    package = packages.load_files(files)
    findings = packages.check(package, VOCABULARY)
    internal = [str(finding) for finding in findings if finding.code == "package.internal"]
    assert not internal
    assert all("\n" not in str(finding) for finding in findings)
    try:
        packages.compile(package)
    except PackageProblems as problems:
        assert problems.findings
        return
    assert not any(finding.severity == "error" and finding.code[:7] != "package" for finding in findings)


@pytest.mark.parametrize("file", sorted(DATA))
@examples(5, 100)
@given(content=st.binary(max_size=300))
@example(content=b"")
@example(content=b"\xff\xfe<\x00a\x00/\x00>\x00")
@example(content=b"{}")
@example(content=b"[]")
@example(content=b"<definitions/>")
@example(content=b"---\n---\n")
def test_any_bytes_in_any_file(file, content):
    survives({**DATA, file: content})


@pytest.mark.parametrize("file", sorted(DATA))
@examples(8, 150)
@given(data=st.data())
def test_any_piece_in_any_place_of_any_file(file, data):
    content = bytearray(DATA[file])
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 40)))
        content[start:end] = data.draw(st.sampled_from(PIECES)).encode(errors="surrogatepass")
    survives({**DATA, file: bytes(content)})


JSON = st.recursive(
    st.sampled_from(
        [None, True, 0, -1, 1e308, "", "x", "=x", "= =", "people", "group", "dynamiclist", "filepicker", "a.b"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["type", "id", "key", "components", "validate", "values", "over"]), inner, max_size=3
        ),
    ),
    max_leaves=4,
)


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a tree."""
    entries = list(tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ())
    for key, inner in entries:
        yield tree, key
        yield from places(inner)


@examples(30, 750)
@given(data=st.data())
def test_any_value_in_any_place_of_a_form(data):
    tree = json.loads(FILES["forms/apply.form"])
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(list(places(tree))))
        container[key] = data.draw(JSON)
    survives({**DATA, "forms/apply.form": json.dumps(tree).encode()})


@pytest.mark.parametrize("file", ["process.bpmn", "decisions/DT-1.dmn", "documents/L1.html"])
@examples(16, 400)
@given(data=st.data())
def test_attributes_swapped_or_emptied(file, data):
    parts = FILES[file].split('"')
    for _ in range(data.draw(st.integers(1, 4))):
        here, there = (data.draw(st.integers(0, len(parts) // 2 - 1)) * 2 + 1 for _ in range(2))
        parts[here] = data.draw(st.sampled_from([parts[there], "", "=", "x y", "true", "a/b", "#", "0"]))
    survives({**DATA, file: '"'.join(parts).encode()})


@pytest.mark.parametrize("file", ["process.bpmn", "decisions/DT-1.dmn"])
@examples(16, 400)
@given(data=st.data())
def test_elements_taken_out_doubled_or_moved(file, data):
    root = etree.fromstring(FILES[file].encode())
    for _ in range(data.draw(st.integers(1, 3))):
        elements = list(root.iter())[1:]
        if not elements:
            break
        one, other = data.draw(st.sampled_from(elements)), data.draw(st.sampled_from(elements))
        what = data.draw(st.sampled_from(["out", "double", "move", "bare"]))
        if what == "out":
            one.getparent().remove(one)
        elif what == "double":
            one.addnext(copy.deepcopy(one))
        elif what == "bare":
            one.attrib.clear()
        elif other not in one.iter():
            other.append(one)
    survives({**DATA, file: etree.tostring(root)})
