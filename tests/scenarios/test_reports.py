"""Reports of a run for build servers and for people, and watching a package while somebody edits it."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree

from engine import packages, scenarios
from engine.errors import Invalid
from engine.scenarios import Report, Watch, html_report, junit, package_folders, total
from engine.scenarios.coverage import Plan
from engine.scenarios.drawing import draw
from tests.installations import BPMN
from tests.scenarios.small import package, scenario

SMALL = "  - do: Task_ask\n    values: {amount: 5}\n"
WRONG = SMALL + "    state: draft\n"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def report() -> Report:
    return scenarios.run(package({"a": scenario(SMALL, "A"), "b": scenario(WRONG, "B")}))


@pytest.fixture(scope="module")
def plan() -> Plan:
    loaded = packages.load_folder(BPMN / "leader_review")
    return Plan.of(packages.compile(loaded), loaded)


def test_junit_counts_scenarios_and_their_failures(report: Report) -> None:
    root = etree.fromstring(junit([report]))
    (suite,) = root.findall("testsuite")
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("small", "3", "2")
    names = {case.get("name"): case.find("failure") for case in suite}
    assert names["A 试一试"] is None
    assert names["B 试一试"] is not None
    assert "state：应为 draft，实际 closed" in (names["B 试一试"].text or "")
    assert "Flow_large" in (names["走到每条连线"].text or "")


def test_junit_holds_what_xml_cannot(report: Report) -> None:
    failure = report.failures[0]
    odd = scenarios.Failure(failure.file, 1, 1, "步", "值", "a\x00b\x1b", "<&>")
    broken = scenarios.Outcome("A", "题", "a.yaml", (odd,), report.traces[0])
    told = etree.fromstring(junit([Report((broken,), report.plan, partial=True)])).find(".//failure")
    assert told is not None
    assert "<&>" in (told.text or "")


class Reading(HTMLParser):
    """Every tag with its attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_needs_nothing_beside_itself(report: Report) -> None:
    page = html_report([report])
    read = Reading(page)
    assert {"script", "link", "img", "iframe"} & {tag for tag, _ in read.tags} == set()
    given = {name for _, attributes in read.tags for name in attributes}
    assert {"src", "href", "onload", "onclick"} & given == set()
    assert "url(http" not in page
    assert "@import" not in page


def test_the_page_tells_results_and_everything_that_was_missed(report: Report) -> None:
    words = "".join(Reading(html_report([report])).words)
    for told in (
        "小流程（small）：未通过",
        "Flow_large（Gw_small → 核对）",
        "Timer_late",
        "state：应为 draft，实际 closed",
    ):
        assert told in words
    assert "流程图文件里没有图形" in words


def test_names_of_designers_are_text_and_never_markup(report: Report) -> None:
    outcome = report.outcomes[0]
    evil = scenarios.Outcome("<b>", '"><script>x</script>', "f", outcome.failures, outcome.trace)
    page = html_report([Report((evil,), report.plan)])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_drawing_has_every_node_and_flow_and_paints_what_was_taken(plan: Plan) -> None:
    root = etree.fromstring(draw(plan, {"Task_accept": 3}, {"Flow_objected": 1}))
    groups = [
        (title.text or "", group.get("class"))
        for group in root.iter(f"{SVG}g")
        for title in group.iterfind(f"{SVG}title")
    ]
    taken = {told for told, mark in groups if "taken" in (mark or "")}
    assert taken == {"形式审查：经过 3 次", "有（Flow_objected）：走过 1 次"}
    assert sum("没有走到" in told for told, _ in groups) == len(plan.flows) - 1
    assert sum("没有经过" in told for told, _ in groups) == len(plan.nodes) - 1
    assert next(text.text for text in root.iterfind(f"{SVG}g[@class='frame']/{SVG}text")) == plan.title


def test_the_drawing_tells_what_an_event_waits_for_and_how_often_a_task_is_held(plan: Plan) -> None:
    svg = etree.fromstring(draw(plan, {}, {}).encode())

    def marks(title: str) -> list[str]:
        group = next(g for g in svg.iter(f"{SVG}g") if (g.findtext(f"{SVG}title") or "").startswith(title))
        return [one.get("class") + " " + (one.get("d") or one.text or "") for one in group.iter() if one.get("class")][
            1:
        ]

    clock, arrow = marks("到期未补"), marks("再次告知")
    assert clock[0].startswith("mark") and arrow[0].startswith("thrown")
    assert clock[0].split(" m")[1] != arrow[0].split(" m")[1]
    assert "mark |||" in marks("逐人提出联审意见")


def test_several_packages_are_added_up(report: Report) -> None:
    assert total([report, report]) == "scenarios 2/4 flows 6/14"


def test_packages_are_found_by_their_manifest(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "package.toml").write_text("")
    (tmp_path / "other").mkdir()
    assert package_folders(tmp_path) == [tmp_path / "a", tmp_path / "b"]
    with pytest.raises(Invalid) as caught:
        package_folders(tmp_path / "other")
    assert caught.value.code == "scenario.no-package"


def test_watching_tells_what_was_changed_added_and_removed(tmp_path: Path) -> None:
    """Time is passed by whoever watches, so that nobody waits: each sleep is one look later."""
    (tmp_path / "scenarios").mkdir()
    old, new, register = tmp_path / "scenarios/a.yaml", tmp_path / "b.yaml", tmp_path / "clauses.toml"
    old.write_text("1")
    todo = [
        lambda: None,
        lambda: old.write_text("12"),
        lambda: new.write_text("n"),
        old.unlink,
        lambda: register.write_text(""),
    ]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        todo.pop(0)()

    watch = Watch([tmp_path / "scenarios", new, register], sleep)
    assert [watch.wait() for _ in range(4)] == [[old], [new], [old], [register]]
    assert len(slept) == 5
