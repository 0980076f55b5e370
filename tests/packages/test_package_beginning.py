"""A new package: it holds as it is made, under every name, and what cannot be made is said in a sentence."""

import re
from pathlib import Path

import pytest

from engine import packages, scenarios
from engine.errors import HuishenError
from engine.packages.beginning import KEY, SKELETON, TITLE

EXACT = packages.default_vocabulary(clauses=frozenset())


def findings(package: packages.Package) -> list[str]:
    return [str(finding) for finding in packages.check(package, EXACT)]


def test_the_skeleton_is_a_package_without_a_finding():
    assert findings(packages.load_folder(SKELETON)) == []


def test_a_new_package_holds_and_its_scenarios_take_every_flow_and_row(tmp_path: Path):
    made = packages.begin(tmp_path / "event_review", "行业展会（博览会）备案")
    assert findings(made) == []
    assert packages.load_folder(tmp_path / "event_review") == made
    done = scenarios.run_package(tmp_path / "event_review")
    assert [str(failed) for failed in done.failures] == []
    assert done.passed
    *_, counts, last = done.lines()
    assert re.fullmatch(r"scenarios (\d+)/\1 flows (\d+)/\2", last)
    assert "规则行 2/2，文书 1/1" in counts


def test_a_new_package_bears_its_own_names_and_none_of_the_skeleton(tmp_path: Path):
    made = packages.begin(tmp_path / "event_review", "行业展会备案")
    compiled = packages.compile(made)
    assert (compiled.key, compiled.title) == ("event_review", "行业展会备案")
    assert compiled.manifest.case_prefix == "ER"
    assert compiled.definition.process_id == "event_review"
    whole = b"".join(made.files.values()).decode()
    assert [word for word in (KEY, TITLE, "NP-", '"NP"') if word in whole] == []


@pytest.mark.parametrize(
    ("name", "prefix", "given"),
    [("events", "", "EV"), ("a", "", "A"), ("one_two__three", "", "OTT"), ("event_review", "EXPO", "EXPO")],
)
def test_the_prefix_of_case_numbers_comes_from_the_name(name, prefix, given, tmp_path):
    made = packages.begin(tmp_path / name, prefix=prefix)
    assert packages.compile(made).manifest.case_prefix == given


@pytest.mark.parametrize(
    ("name", "title", "prefix", "code", "told"),
    [
        ("Event", "展会", "", "package.new-name", "小写字母开头"),
        ("event-review", "展会", "", "package.new-name", "“event-review”"),
        ("2027", "展会", "", "package.new-name", "小写字母开头"),
        ("event", '展会"备案', "", "package.new-title", "不用引号"),
        ("event", "展会<备案", "", "package.new-title", "不用引号"),
        ("event", "展会 {{ x }}", "", "package.new-title", "不用引号"),
        ("event", "展会\n备案", "", "package.new-title", "60 字以内"),
        ("event", "展" * 61, "", "package.new-title", "60 字以内"),
        ("event", "", "", "package.new-title", "60 字以内"),
        ("event", "展会", "ev", "package.new-prefix", "大写字母"),
        ("event", "展会", "LR", "package.new-prefix", "用 --prefix 换一个"),
    ],
)
def test_what_cannot_be_made_is_refused_and_leaves_nothing(name, title, prefix, code, told, tmp_path):
    with pytest.raises(HuishenError, match=re.escape(told)) as refused:
        packages.begin(tmp_path / name, title, prefix, taken=["LR"])
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "event").mkdir()
    (tmp_path / "event" / "note.txt").write_text("mine")
    with pytest.raises(HuishenError, match="已有内容") as refused:
        packages.begin(tmp_path / "event")
    assert refused.value.code == "source.folder-not-empty"
    assert [path.name for path in (tmp_path / "event").iterdir()] == ["note.txt"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "event").mkdir()
    assert findings(packages.begin(tmp_path / "event")) == []


def test_a_table_that_chooses_a_post_names_one_that_is_there():
    files = dict(packages.load_folder(SKELETON).files)
    files["decisions/DT-1.dmn"] = files["decisions/DT-1.dmn"].replace(b'"bureau_leader"', b'"boss"')
    found = [(one.file, one.element, one.code) for one in packages.check(packages.load_files(files), EXACT)]
    assert found == [
        ("decisions/DT-1.dmn", "DT-1_r2", "package.unknown-post"),
        ("package.toml", "posts.bureau_leader", "package.unused-post"),
    ]
