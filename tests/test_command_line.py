"""`huishen` from outside: what each command says, and the code that it ends with. 0 done, 1 the answer is no, 2 wrong use, 3 a part is missing."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from engine import cases, store
from engine.errors import Forbidden
from engine.identity import authenticate, find_actor
from engine.installation import fonts_folder, open_installation
from engine.store import tables
from tests.installations import BPMN, ROOT, START, opened
from webapp.cli import group

PACKAGE = BPMN / "leader_review"
FINDING = re.compile(r"[^:]+: [^:]+: [a-z]+\.[a-z-]+: .+[。；].*")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HUISHEN_") and name != "HUISHEN_FONTS"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def begun(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration with one case begun, so that its record holds something."""
    office = opened(shutil.copytree(prepared, tmp_path_factory.mktemp("command-line") / "instance", symlinks=True))
    cases.start(office.installation, office.actor("coldchain"), "leader_review", store.new_id())
    office.installation.database.dispose()
    return office.installation.folder


@pytest.fixture
def instance(begun: Path, tmp_path: Path) -> Path:
    return shutil.copytree(begun, tmp_path / "instance", symlinks=True)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package and of the register beside it, to be changed."""
    shutil.copytree(BPMN, tmp_path / "bpmn")
    return tmp_path / "bpmn" / "leader_review"


def huishen(*arguments: str | Path, instance: Path | None = None, **variables: str) -> Result:
    """Run it; whatever it does, it ends with a code of its own and not with an error of Python."""
    start = [] if instance is None else ["--instance", str(instance)]
    result = CliRunner().invoke(group, [*start, *map(str, arguments)], env=variables)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert "Traceback" not in result.output
    return result


def commands(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, *path, name)


def replace_once(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def change_an_event(instance: Path) -> None:
    database = store.open_database(f"sqlite:///{instance / 'huishen.db'}")
    with store.writing(database) as transaction:
        changed = transaction.execute(sa.update(tables.event).where(tables.event.c.seq == 1).values(kind="case.closed"))
        assert changed.rowcount
    database.dispose()


def signs_in(instance: Path, login: str, password: str) -> bool:
    database = store.open_database(f"sqlite:///{instance / 'huishen.db'}")
    try:
        return authenticate(database, login, password, START).login == login
    except Forbidden:
        return False
    finally:
        database.dispose()


# --- help and wrong use ----------------------------------------------------------------------------------------------


def test_the_commands_are_those_of_the_manual():
    assert {" ".join(path) for path in commands(group) if path} == {
        *(
            "serve",
            "worker",
            "new",
            "check",
            "deploy",
            "scenario",
            "verify",
            "export",
            "demonstration",
            "message",
            "move",
        ),
        *("audit", "audit verify", "audit replay", "calendar", "calendar import", "calendar show"),
        *("organisation", "organisation add", "organisation list", "dmn", "dmn tck", "dmn explain"),
        *("user", "user add", "user password", "user list"),
        *("handover", "jobs", "jobs list", "jobs retry", "search", "search rebuild"),
        *("document", "document revoke", "document export", "archive", "archive make", "archive verify"),
        *("key", "key list", "key replace", "key withdraw", "key root", "key revocations"),
    }


@pytest.mark.parametrize("path", list(commands(group)), ids=" ".join)
def test_help_is_in_chinese_down_to_every_option(path):
    result = huishen(*path, "--help")
    assert result.exit_code == 0
    said, _, options = result.output.partition("Options:")
    assert CHINESE.search(said)
    entries = re.split(r"\n  (?=-)", options.partition("Commands:")[0])[1:]
    assert entries
    assert [entry for entry in entries if not CHINESE.search(entry)] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["check"],
        ["check", "no/such/folder"],
        ["check", PACKAGE, "--clauses", BPMN],
        ["scenario", PACKAGE, "--colour"],
        ["scenario"],
        ["calendar", "import", "no-such-file.toml"],
        ["calendar", "show", "next"],
        ["verify", PACKAGE],
        ["serve", "--port", "0"],
        ["document", "revoke", "屿社工函〔2026〕1号"],
        ["verify", PACKAGE / "package.toml", "--register", PACKAGE / "package.toml"],
        ["key", "replace", "seal-authority"],
        ["archive", "make", "LR-2026-0001"],
        ["user", "add", "someone", "某人"],
        ["organisation", "add", "someone", "某单位"],
    ],
    ids=lambda arguments: " ".join(map(str, arguments[:2])),
)
def test_wrong_use_ends_with_two(arguments, tmp_path):
    assert huishen(*arguments, instance=tmp_path).exit_code == 2


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_of_a_good_package_ends_with_zero():
    result = huishen("check", PACKAGE)
    assert result.exit_code == 0
    assert "错误 0 处" in result.output


def test_check_takes_a_single_diagram(tmp_path):
    file = tmp_path / "one.bpmn"
    file.write_bytes((BPMN / "leader_review/process.bpmn").read_bytes())
    assert huishen("check", file).exit_code == 0
    file.write_bytes(file.read_bytes().replace(b"exclusiveGateway", b"complexGateway"))
    result = huishen("check", file)
    assert result.exit_code == 1
    assert "workflow.element-unsupported" in result.output


def test_check_of_a_broken_package_names_every_fault_and_ends_with_one(package):
    (package / "forms/serve.form").unlink()
    replace_once(package / "package.toml", 'items = "candidates"', "items = 5")
    replace_once(package / "scenarios/LS01.yaml", "do: Task_accept", "do: Task_nowhere")
    result = huishen("check", package)
    *findings, count = result.output.splitlines()
    assert result.exit_code == 1
    assert all(FINDING.fullmatch(line) for line in findings), findings
    assert {"package.toml", "process.bpmn", "scenarios/LS01.yaml"} <= {line.split(":")[0] for line in findings}
    assert re.fullmatch(rf"{re.escape(str(package))}：错误 \d+ 处，提醒 \d+ 处", count)


def test_check_reads_the_register_that_it_is_given(package, tmp_path):
    register = tmp_path / "other.toml"
    register.write_text("")
    result = huishen("check", package, "--clauses", register)
    assert result.exit_code == 1
    assert "package.toml" in result.output
    register.write_bytes(b"\xff[[[")
    assert huishen("check", package, "--clauses", register).exit_code == 1


def empty_folder(place: Path) -> Path:
    place.mkdir()
    return place


def archive_that_climbs_out(place: Path) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("../process.bpmn", "<a/>")
    return place


def doctype(place: Path) -> Path:
    place.mkdir()
    entity = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    for name in ("process.bpmn", "decisions/a.dmn", "documents/a.html"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(entity)
    return place


def bytes_of_every_kind(place: Path) -> Path:
    place.write_bytes(bytes(range(256)) * 64)
    return place


def folder_of_bytes(place: Path) -> Path:
    place.mkdir()
    for name in ("package.toml", "process.bpmn", "forms/a.form", "decisions/a.dmn", "scenarios/a.yaml"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_bytes(bytes(range(256)) * 4)
    return place


def link_to_a_secret(place: Path) -> Path:
    place.mkdir()
    (place / "package.toml").symlink_to("/etc/passwd")
    return place


@pytest.mark.parametrize("command", ["check", "deploy"])
@pytest.mark.parametrize(
    "make",
    [empty_folder, archive_that_climbs_out, doctype, bytes_of_every_kind, folder_of_bytes, link_to_a_secret],
    ids=lambda make: make.__name__,
)
def test_garbage_is_answered_with_findings(make, command, tmp_path):
    result = huishen(command, make(tmp_path / "garbage"), instance=tmp_path / "instance")
    findings = [line for line in result.output.splitlines() if "错误" not in line]
    assert result.exit_code == 1
    assert findings
    assert all(FINDING.fullmatch(line) for line in findings), findings
    assert "root:" not in result.output


def test_a_process_of_its_own_shows_no_traceback_either(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "webapp.cli", "check", bytes_of_every_kind(tmp_path / "garbage")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.startswith("garbage: -: source.archive: ")
    assert "Traceback" not in run.stderr


# --- deploy and export -----------------------------------------------------------------------------------------------


def test_a_package_deployed_twice_is_the_same_version(package, instance):
    replace_once(package / "README.md", "\n", "\n\n")
    first, second = huishen("deploy", package, instance=instance), huishen("deploy", package, instance=instance)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "已启用新版本" in first.output
    assert "内容与已有版本相同" in second.output
    assert first.output.split("：")[0] == second.output.split("：")[0]


def test_the_register_deployed_twice_is_the_same_version(package, instance):
    register = package.parent / "clauses.toml"
    register.write_bytes(register.read_bytes() + b"\n# looked over again\n")
    first, second = huishen("deploy", register, instance=instance), huishen("deploy", register, instance=instance)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "已启用新版本" in first.output
    assert "内容与现行版本相同" in second.output


def test_a_register_that_does_not_hold_is_not_deployed(instance, tmp_path):
    register = tmp_path / "clauses.toml"
    register.write_text('[[clause]]\nid = "X-1"\n')
    result = huishen("deploy", register, instance=instance)
    assert result.exit_code == 1
    assert "X-1" in result.output


def test_export_gives_the_folder_back_byte_for_byte(package, instance, tmp_path):
    assert huishen("deploy", package, instance=instance).exit_code == 0
    assert huishen("export", "leader_review", tmp_path / "out", instance=instance).exit_code == 0
    assert contents(tmp_path / "out") == contents(package)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_export_overwrites_nothing_and_knows_what_is_in_force(instance, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").write_text("mine")
    assert huishen("export", "leader_review", tmp_path / "out", instance=instance).exit_code == 1
    assert contents(tmp_path / "out") == {"mine": b"mine"}
    assert huishen("export", "unheard_of", tmp_path / "other", instance=instance).exit_code == 1


def test_a_new_package_is_made_beside_the_others_and_passes_the_check(package):
    folder = package.parent / "event_review"
    made = huishen("new", folder, "--title", "行业展会备案")
    assert made.exit_code == 0
    assert all(name in made.output for name in contents(folder))
    assert f"huishen check {folder}" in made.output
    checked = huishen("check", folder)
    assert checked.output.splitlines() == [f"{folder}：错误 0 处，提醒 0 处"]
    again = huishen("new", folder)
    assert (again.exit_code, "已有内容" in again.output) == (1, True)


def test_a_new_package_takes_no_prefix_of_its_neighbours(package):
    refused = huishen("new", package.parent / "long_run")
    assert (refused.exit_code, "LR 已有流程包在用" in refused.output) == (1, True)
    assert not (package.parent / "long_run").exists()
    assert huishen("new", package.parent / "long_run", "--prefix", "LRN").exit_code == 0


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_person_is_added_listed_and_given_another_password(instance):
    secret = {"HUISHEN_PASSWORD": "a-long-first-password"}
    added = huishen("user", "add", "newcomer", "新来人", "--post", "acceptor@department", instance=instance, **secret)
    assert added.exit_code == 0
    assert "newcomer（新来人）" in added.output
    listed = huishen("user", "list", instance=instance).output.splitlines()
    assert "newcomer\t新来人\t受理岗（中共南屿省委社会工作部）\t" in listed
    secret = {"HUISHEN_PASSWORD": "a-long-second-password"}
    assert huishen("user", "password", "newcomer", instance=instance, **secret).exit_code == 0
    assert not signs_in(instance, "newcomer", "a-long-first-password")
    assert signs_in(instance, "newcomer", "a-long-second-password")


def test_an_installation_without_the_demonstration_is_set_up_by_commands_alone(tmp_path):
    def run(*arguments: str | Path, **variables: str) -> Result:
        done = huishen(*arguments, instance=tmp_path / "own", **variables)
        assert done.exit_code == 0, done.output
        return done

    run("organisation", "add", "department", "中共某省委社会工作部", "--kind", "department")
    code = "51990000MJ000000XN"
    run("organisation", "add", "assoc_a", "某省冷链物流行业协会", "--kind", "association", "--uscc", code)
    secret = {"HUISHEN_PASSWORD": "a-long-first-password"}
    run("user", "add", "zhou", "周明敏", "--post", "acceptor@department", "--title", "受理岗", **secret)
    run("user", "add", "luo", "罗知夏", "--post", "applicant@assoc_a", "--title", "协会经办人", **secret)
    run("deploy", BPMN / "clauses.toml")
    run("deploy", PACKAGE)
    assert f"assoc_a\t某省冷链物流行业协会\tassociation\t{code}" in run("organisation", "list").output
    own = open_installation(tmp_path / "own")
    with store.reading(own.database) as transaction:
        actor = find_actor(transaction, "luo", date(9999, 1, 1))
    assert actor is not None
    assert cases.start(own, actor, "leader_review", store.new_id()).task_id
    assert own.calendar().published >= {2025, 2026}
    own.database.dispose()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["department", "重名", "--kind", "department"], 1),
        (["assoc_new", "某协会", "--kind", "association"], 1),
        (["assoc_new", "某协会", "--kind", "association", "--uscc", "51990000MJ000000X1"], 1),
        (["assoc_new", "某协会", "--kind", "club"], 2),
    ],
    ids=["key taken", "no credit code", "wrong credit code", "unknown kind"],
)
def test_organisations_that_cannot_be_are_refused(arguments, code, instance):
    assert huishen("organisation", "add", *arguments, instance=instance).exit_code == code
    assert "assoc_new" not in huishen("organisation", "list", instance=instance).output


def test_a_password_may_be_typed_twice_at_the_prompt(instance):
    typed = CliRunner().invoke(
        group, ["--instance", str(instance), "user", "password", "acceptor"], input="typed-by-hand-1\ntyped-by-hand-1\n"
    )
    assert typed.exit_code == 0
    assert "typed-by-hand-1" not in typed.output
    assert signs_in(instance, "acceptor", "typed-by-hand-1")


def test_a_new_post_needs_a_title(instance):
    arguments = ["user", "add", "newcomer", "新来人", "--post", "archivist@department"]
    secret = {"HUISHEN_PASSWORD": "a-long-first-password"}
    refused = huishen(*arguments, instance=instance, **secret)
    assert refused.exit_code == 1
    assert "newcomer" not in huishen("user", "list", instance=instance).output
    assert huishen(*arguments, "--title", "档案岗", instance=instance, **secret).exit_code == 0
    assert "档案岗（中共南屿省委社会工作部）" in huishen("user", "list", instance=instance).output


@pytest.mark.parametrize(
    ("arguments", "password"),
    [
        (["user", "add", "acceptor", "重名", "--post", "acceptor@department"], "a-long-password-1"),
        (["user", "add", "newcomer", "新来人", "--post", "acceptor@department"], "short"),
        (["user", "add", "newcomer", "新来人", "--post", "x@nowhere", "--title", "岗"], "a-long-password-1"),
        (["user", "password", "nobody"], "a-long-password-1"),
        (["user", "password", "acceptor"], "short"),
    ],
    ids=["login taken", "short password", "no such organisation", "nobody", "short new password"],
)
def test_people_that_cannot_be_are_refused(arguments, password, instance):
    before = huishen("user", "list", instance=instance).output
    result = huishen(*arguments, instance=instance, HUISHEN_PASSWORD=password)
    assert result.exit_code == 1
    assert CHINESE.search(result.output)
    assert huishen("user", "list", instance=instance).output == before


# --- documents and the record ----------------------------------------------------------------------------------------


def test_verify_of_a_file_that_is_not_ours_ends_with_one(instance, tmp_path):
    stranger = tmp_path / "stranger.pdf"
    stranger.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    said = huishen("verify", stranger, instance=instance)
    assert said.exit_code == 1
    assert CHINESE.search(said.output)
    as_json = huishen("verify", stranger, "--json", instance=instance)
    assert as_json.exit_code == 1
    assert '"code": "ours.valid"' not in as_json.output


def test_verify_without_keys_is_a_missing_part(tmp_path):
    stranger = bytes_of_every_kind(tmp_path / "stranger.pdf")
    assert huishen("verify", stranger, instance=tmp_path / "instance").exit_code == 3


def test_revoking_what_does_not_exist_ends_with_one(instance):
    assert huishen("document", "revoke", "屿社工函〔2026〕99号", "--reason", "写错", instance=instance).exit_code == 1


def test_verifying_a_whole_record_ends_with_zero_and_a_changed_one_with_one(instance):
    whole = huishen("audit", "verify", instance=instance)
    assert (whole.exit_code, whole.output) == (0, "记录完好：事件链、检查点和各表一致\n")
    assert huishen("audit", "verify", "--latest", "f" * 64, instance=instance).exit_code == 1
    change_an_event(instance)
    changed = huishen("audit", "verify", instance=instance)
    assert changed.exit_code == 1
    assert re.search(r"^\w+ #1: audit\.changed: 第 1 条事件", changed.output, re.M)


def test_replaying_names_what_is_stored_otherwise_than_the_events_say(instance):
    whole = huishen("audit", "replay", instance=instance)
    assert (whole.exit_code, whole.output) == (0, "已由事件重建 1 件案件：与库中一致\n")
    database = store.open_database(f"sqlite:///{instance / 'huishen.db'}")
    with store.writing(database) as transaction:
        transaction.execute(sa.update(tables.task).values(state="completed"))
    database.dispose()
    changed = huishen("audit", "replay", instance=instance)
    assert changed.exit_code == 1
    assert "待办“填报申请”的状态：按事件应为 待办，库中是 已办。" in changed.output
    assert changed.output.splitlines()[-1] == "已由事件重建 1 件案件：1 处不符"
    assert "发现 1 处问题" in huishen("audit", "verify", instance=instance).output
    assert huishen("audit", "replay", "--case", "LR-2026-9999", instance=instance).exit_code == 1


def test_running_cases_move_to_a_new_version_after_a_dry_run(instance, package):
    assert huishen("move", "leader_review", instance=instance).output.endswith("：已迁移 0 件，不能迁移 0 件\n")
    replace_once(package / "process.bpmn", 'id="Task_submit" name="填报申请"', 'id="Task_submit" name="填写申请"')
    deployed = huishen("deploy", package, instance=instance)
    assert deployed.exit_code == 0
    planned = huishen("move", "leader_review", "--dry-run", instance=instance)
    assert planned.exit_code == 0
    version = re.findall(r"[0-9a-f]{12}", deployed.output)[0]
    named = huishen("move", "leader_review", "--dry-run", "--to", version, instance=instance)
    assert named.output == planned.output
    for wrong in ("0" * 12, version[:4]):
        refused = huishen("move", "leader_review", "--to", wrong, instance=instance)
        assert (refused.exit_code, "没有流程 leader_review 的版本" in refused.stderr) == (1, True)
    assert "  待办 填报申请 保留（名称改为 填写申请）\n" in planned.output
    assert "：可以迁移 1 件，不能迁移 0 件\n" in planned.output
    done = huishen("move", "leader_review", instance=instance)
    assert (done.exit_code, done.output) == (0, planned.output.replace("可以迁移", "已迁移"))
    assert huishen("audit", "verify", instance=instance).exit_code == 0
    assert "已迁移 0 件" in huishen("move", "leader_review", instance=instance).output


def test_a_case_that_cannot_move_is_told_with_the_reason(instance, package):
    shutil.rmtree(package / "scenarios")
    for path in (package / "process.bpmn", package / "package.toml"):
        path.write_text(path.read_text().replace('"Task_submit"', '"Task_apply"'))
    assert huishen("deploy", package, instance=instance).exit_code == 0
    for arguments in (["--dry-run"], []):
        result = huishen("move", "leader_review", *arguments, instance=instance)
        assert result.exit_code == 1
        assert "  不能迁移：案件停在“填报申请”（Task_submit），而新版没有这个节点。\n" in result.output
    assert huishen("move", "leader_review", "--case", "LR-2026-9999", instance=instance).exit_code == 1
    assert huishen("move", "no_such_package", instance=instance).exit_code == 1


ARRANGEMENT = """\
year = 2027
source = "国办发明电〔2026〕7号"
[[off]]
name = "元旦"
from = 2027-01-01
to = 2027-01-03
"""


def test_working_days_are_imported_and_shown(instance, tmp_path):
    file = tmp_path / "2027.toml"
    file.write_text(ARRANGEMENT)
    before = huishen("calendar", "show", "2027", instance=instance)
    assert (before.exit_code, before.output) == (1, "2027 年：尚无正式安排，按周一至周五预估，工作日 261 天\n")
    done = huishen("calendar", "import", file, instance=instance)
    assert done.exit_code == 0
    assert done.output == ("2027 年工作日安排（国办发明电〔2026〕7号）已导入：变动 3 天，重算后有变动的案件 0 件\n")
    first, *days = huishen("calendar", "show", "2027", instance=instance).output.splitlines()
    assert first == "2027 年：已公布，工作日 260 天"
    assert days[0] == "2027-01-01 周五 休 元旦（国办发明电〔2026〕7号）"
    assert huishen("calendar", "show", "2026", instance=instance).exit_code == 0


def test_a_file_with_faults_imports_nothing_and_tells_each(instance, tmp_path):
    file = tmp_path / "2027.toml"
    file.write_text(ARRANGEMENT.replace("source", "sauce") + '[[work]]\nname = "x"\nfrom = 2027-01-04\n')
    result = huishen("calendar", "import", file, instance=instance)
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 3
    assert all(FINDING.fullmatch(line) for line in result.output.splitlines())
    assert huishen("calendar", "show", "2027", instance=instance).exit_code == 1


def test_worker_once_does_what_is_due_and_ends(instance):
    result = huishen("worker", "--once", instance=instance)
    assert result.exit_code == 0
    assert re.fullmatch(r"完成 \d+ 项后台任务\n", result.output)


# --- scenarios -------------------------------------------------------------------------------------------------------


def test_one_scenario_is_run_and_counted():
    result = huishen("scenario", PACKAGE, "--only", "LS01")
    assert result.exit_code == 0
    assert re.fullmatch(r"scenarios 1/1 flows \d+/\d+", result.output.splitlines()[-1])


def test_a_wrong_expectation_is_told_with_file_step_expected_and_actual(package):
    scenario = package / "scenarios/LS01.yaml"
    replace_once(scenario, "open: [Task_accept]", "open: [Task_sign]")
    line = scenario.read_text().splitlines().index("  - do: Task_submit") + 1
    result = huishen("scenario", package, "--only", "LS01")
    assert result.exit_code == 1
    place = f"scenarios/LS01.yaml 第 1 步（do Task_submit），第 {line} 行"
    assert f"{place}，open：应为 [Task_sign]，实际 [Task_accept]" in result.output
    assert result.output.splitlines()[-1].startswith("scenarios 0/1 flows ")


def test_all_packages_are_run_and_the_reports_written(package, tmp_path):
    for scenario in package.parent.glob("*/scenarios/*.yaml"):
        if scenario.name not in {"LS05.yaml", "JC02.yaml"}:
            scenario.unlink()
    xml, page = tmp_path / "out.xml", tmp_path / "out.html"
    result = huishen("scenario", package.parent, "--all", "--junit", xml, "--html", page)
    assert result.exit_code == 1
    assert re.fullmatch(r"scenarios 2/2 flows \d+/\d+", result.output.splitlines()[-1])
    assert "没有走到的连线：" in result.output
    assert 'name="LS05 ' in xml.read_text()
    assert "<svg" in page.read_text()
    assert huishen("scenario", package, "--all").exit_code == 1


def test_watching_runs_again_when_a_file_changes_and_outlives_one_that_is_broken(package, monkeypatch):
    scenario = package / "scenarios/LS05.yaml"
    whole, turns = scenario.read_text(), iter(["id: [", None])

    def sleep(_seconds):
        text = next(turns, "")
        if text == "":
            raise KeyboardInterrupt
        scenario.write_text(whole + "\n" if text is None else text)

    monkeypatch.setattr("time.sleep", sleep)
    result = huishen("scenario", package, "--only", "LS05", "--watch")
    assert result.exit_code == 0
    assert result.output.count("通过 LS05") == 2
    assert result.output.count("LS05.yaml 有变化，再次运行") == 2
    assert "scenarios/LS05.yaml" in result.output
    assert result.output.endswith("已停止\n")


def test_scenarios_that_are_not_there_are_named(package):
    result = huishen("scenario", PACKAGE, "--only", "LS99")
    assert result.exit_code == 1
    assert "LS99" in result.output
    (package / "scenarios/LS01.yaml").write_text("id: [")
    broken = huishen("scenario", package)
    assert broken.exit_code == 1
    assert "scenarios/LS01.yaml" in broken.output


def test_rendering_uses_the_fonts_of_the_installation(tmp_path, monkeypatch):
    monkeypatch.delenv("HUISHEN_FONTS", raising=False)
    result = huishen("scenario", PACKAGE, "--only", "LS01", "--render", instance=tmp_path)
    assert result.exit_code == 3
    assert f"script/fonts {tmp_path / 'fonts'}" in result.output


@pytest.mark.full
def test_a_rendered_scenario_holds():
    fonts = fonts_folder(ROOT / "instance")
    result = huishen("scenario", PACKAGE, "--only", "LS01", "--render", HUISHEN_FONTS=str(fonts))
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1].startswith("scenarios 1/1 ")


# --- the demonstration and the web server ----------------------------------------------------------------------------


def test_the_demonstration_prepared_again_keeps_what_is_there(instance):
    before = (instance / "demo-accounts.txt").read_bytes(), huishen("user", "list", instance=instance).output
    result = huishen("demonstration", "--no-serve", instance=instance)
    assert result.exit_code == 0
    assert str(instance / "demo-accounts.txt") in result.output
    assert ((instance / "demo-accounts.txt").read_bytes(), huishen("user", "list", instance=instance).output) == before


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_serve_on_a_port_that_is_taken_says_so(taken_port, instance):
    result = huishen("serve", "--port", str(taken_port), instance=instance)
    assert result.exit_code == 3
    assert "端口" in result.output
    assert "已启动" not in result.output


def test_serve_answers_when_it_says_that_it_has_started_and_ends_when_interrupted(instance):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    arguments = [sys.executable, "-m", "webapp.cli", "--instance", str(instance), "serve", "--port", str(port)]
    # a process that a shell put in the background ignores interrupts, and its children inherit that
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    server = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    signal.signal(signal.SIGINT, inherited)
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == f"会审已启动：http://127.0.0.1:{port}/ ，按 Ctrl+C 结束\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as answer:
            assert answer.status == 200
            assert "会审" in answer.read().decode()
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=60)
    finally:
        server.kill()
    assert "Traceback" not in errors
    assert server.returncode == 0


# --- settings --------------------------------------------------------------------------------------------------------


def test_settings_that_cannot_be_read_are_explained(tmp_path):
    (tmp_path / "settings.toml").write_text("public_url = [")
    broken = huishen("user", "list", instance=tmp_path)
    assert broken.exit_code == 1
    assert "settings.toml" in broken.output
    (tmp_path / "settings.toml").write_text('colour = "red"')
    unknown = huishen("user", "list", instance=tmp_path)
    assert unknown.exit_code == 1
    assert "colour" in unknown.output


@pytest.mark.parametrize("url", ["nonsense", "oracle://nobody@127.0.0.1/x", "sqlite:////no/such/folder/x.db"])
def test_a_database_that_cannot_be_opened_is_a_missing_part(url, tmp_path):
    result = huishen("user", "list", instance=tmp_path, HUISHEN_DATABASE_URL=url)
    assert result.exit_code == 3
    assert "database_url" in result.output
