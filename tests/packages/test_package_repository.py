"""The packages of this repository hold, without a warning."""

from pathlib import Path

import pytest

from engine import packages
from engine.decisions import Clauses

BPMN = Path(__file__).parents[2] / "bpmn"
FOLDERS = sorted(path.parent for path in BPMN.glob("*/package.toml"))


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request):
    return request.param


def test_it_has_no_finding(folder):
    clauses = Clauses.read((BPMN / "clauses.toml").read_bytes(), "clauses.toml")
    found = packages.check(packages.load_folder(folder), packages.default_vocabulary(clauses=clauses.ids))
    assert [str(finding) for finding in found] == []


def test_it_is_compiled_under_the_name_of_its_folder(folder):
    assert packages.compile(packages.load_folder(folder)).key == folder.name


def test_it_comes_back_byte_for_byte_from_an_archive(folder, tmp_path):
    packages.export(packages.load_zip(packages.to_zip(packages.load_folder(folder))), tmp_path)
    original = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    exported = {str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert exported == original
