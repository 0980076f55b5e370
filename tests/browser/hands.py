"""The hands of everybody in a browser: opens what waits for a post, answers its form as a scenario does, sends it off."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from engine.walkthrough import sample_page
from tests.browser.conftest import Desk, Enter
from tests.cases.playing import Play
from tests.webapp.test_applying import fields, flat_rows

MOST_PAGES = 15  # of one section
MOST_TRIES = 3  # of one page


class Hands:
    """One case and the people through whose pages it goes."""

    def __init__(self, enter: Enter, play: Play, passwords: Mapping[str, str], folder: Path) -> None:
        self.enter, self.play, self.passwords, self.folder = enter, play, passwords, folder
        self.case_id = ""
        self.desks: dict[str, Desk] = {}

    def desk(self, login: str) -> Desk:
        """Where somebody is signed in already; after days have passed nobody is."""
        if login not in self.desks:
            self.desks[login] = self.enter(login)
        return self.desks[login]

    def days_pass(self, days: int) -> None:
        self.play.later(days=days)
        self.desks.clear()

    def work_off(self) -> None:
        self.aside(self.play.office.work_off)

    def aside(self, act: Callable[[], object]) -> None:
        """Without the browser, whose loop runs in this thread: signing needs one of its own."""
        with ThreadPoolExecutor(1) as other:
            other.submit(act).result()

    def open(self, node: str, item: str | None = None) -> Desk:
        """The page of a task, before the person whose it is."""
        task = self.play.task(self.case_id, node, item)
        desk = self.desk(self.play.holder(task.post).login)
        desk.open(f"/desk/tasks/{task.id}")
        return desk

    def do(self, node: str, values: Mapping[str, Any] | None = None, item: str | None = None, shot: str = "") -> Desk:
        """One task: opened, filled in, photographed where that is asked for, sent off."""
        desk = self.open(node, item)
        given = self.play.answers.get(node, {}) if values is None else values
        answers = {name: value for name, value in given.items() if name != "attachments"}
        add_rows(desk, answers, self.folder)
        for _ in range(MOST_TRIES):  # an answer may call for another, which comes by itself, or when it is missed
            fill(desk.page, answers, given.get("attachments", {}), self.folder)
            self.prove(desk)
            if shot:
                desk.shoot(shot)
            if not (faults := send(desk)):
                break
        assert not faults, faults
        expect(desk.page.get_by_text("已办理")).to_be_visible()
        self.work_off()
        return desk

    def do_all(self, node: str, values: Mapping[str, Any], shot: str = "") -> None:
        """Every open task of a node, the first with a picture."""
        for task in [one for one in self.play.open(self.case_id) if one.node == node]:
            self.do(node, values, task.item, shot)
            shot = ""

    def sign(self, shot: str = "") -> None:
        desk = self.open("Task_sign")
        desk.press("取号并生成待签文本")
        choose(desk.page.get_by_role("checkbox").first)
        self.prove(desk)
        if shot:
            desk.shoot(shot)
        desk.press("签名", exact=False)
        desk.page.wait_for_url("**/desk/")

    def seal(self) -> None:
        desk = self.open("Task_seal")
        choose(desk.page.get_by_role("checkbox").first)
        self.prove(desk)
        desk.press("用印", exact=False)
        desk.page.wait_for_url("**/desk/")

    def prove(self, desk: Desk) -> None:
        """The password, where the page asks for it."""
        asked = desk.page.get_by_label("登录口令")
        if asked.count():
            login = next(login for login, other in self.desks.items() if other is desk)
            asked.fill(self.passwords[login])

    def apply(self, desk: Desk, values: Mapping[str, Any], files: Mapping[str, str]) -> None:
        """A form of the portal, page after page, from its list of tasks and back; lists member by member."""
        home = desk.page.url
        own = {name: file for name, file in files.items() if "/" not in name}
        sections = desk.page.locator("main .hs-tasks a[href*='/form/']").evaluate_all("all => all.map(a => a.href)")
        for address in dict.fromkeys(sections):
            desk.page.goto(address)
            if not desk.page.get_by_role("button", name="添加").count() or desk.page.locator("[name$='-_row']").count():
                self._pages(desk, home, values, own)
                continue
            for row in values[address.rsplit("/", 1)[1]]:
                desk.page.goto(address)
                desk.press("添加", exact=False)
                self._pages(desk, home, row, {})
        desk.page.goto(home)

    def _pages(self, desk: Desk, home: str, values: Mapping[str, Any], files: Mapping[str, str]) -> None:
        for _ in range(MOST_PAGES):
            if not desk.page.get_by_role("button", name="保存并继续").count():
                return
            go_on(desk, values, files, self.folder)
        raise AssertionError(f"{home}: does not come to an end")


def send(desk: Desk) -> list[str]:
    """What the page finds wrong."""
    desk.page.locator("form[data-guard] .hs-buttons button[type=submit]").first.click()
    desk.page.wait_for_load_state()
    return desk.page.locator(".hs-errors").all_inner_texts()


def choose(control: Locator) -> None:
    """By the keyboard: a click may fall where the control was before the page moved, or on the foot of a long form."""
    if not control.is_checked():
        control.press("Space")
    expect(control).to_be_checked()


def fill(page: Page, values: Mapping[str, Any], files: Mapping[str, str], folder: Path) -> None:
    """Answer what the page asks, by the names of its inputs; what an answer calls for is answered in the next round."""
    asked = set(page.locator("main [name]").evaluate_all("all => all.map((one) => one.name)"))
    for name, text in fields({**flat_rows(dict(values)), **given_rows(values)}).items():
        if text is None or name not in asked:
            continue
        control = page.locator(f"main [name='{name}']").first
        if control.get_attribute("type") in {"radio", "checkbox"}:
            choose(page.locator(f"main [name='{name}'][value='{text}']"))
        elif control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(text)
        else:
            control.fill(text)
    for name in asked & files.keys():
        (folder / files[name]).write_bytes(sample_page(files[name]))
        page.locator(f"main input[type=file][name='{name}']").set_input_files(folder / files[name])


def declare(desk: Desk, shot: str = "") -> None:
    """The answers are looked at once more, declared and submitted."""
    desk.follow("核对并提交")
    if shot:
        desk.shoot(shot)
    choose(desk.page.get_by_role("checkbox"))
    desk.press("声明并提交")


def given_rows(values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to lists whose rows the case gives, under the names of their inputs."""
    found: dict[str, Any] = {}
    for name, rows in values.items():
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict) and "key" in row:
                slug = sha256(str(row["key"]).encode()).hexdigest()[:10]
                found |= {f"{name}-{slug}-{key}": one for key, one in row.items() if key not in {"key", "label"}}
    return found


def add_rows(desk: Desk, values: Mapping[str, Any], folder: Path) -> None:
    """As many rows as are answered, in every list of the page to which rows can be added."""
    for name, rows in values.items():
        add = desk.page.locator(f"button[value='add:{name}']")
        while isinstance(rows, list) and add.count():
            if desk.page.locator(f"[name^='{name}-'][name$='-_row']").count() >= len(rows):
                break
            fill(desk.page, values, {}, folder)
            add.click()
            desk.page.wait_for_load_state()


def go_on(desk: Desk, values: Mapping[str, Any], files: Mapping[str, str], folder: Path) -> None:
    """Fill the page in, with as many rows as there are, until it is saved."""
    before = desk.page.url
    for _ in range(6):
        add_rows(desk, values, folder)
        fill(desk.page, values, files, folder)
        desk.press("保存并继续")
        desk.page.wait_for_load_state()
        if desk.page.url != before:
            return
    raise AssertionError(f"{before}: {desk.page.locator('.hs-errors').all_inner_texts()}")
