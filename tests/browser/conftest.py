"""A real browser before the real application, served on a port of this machine."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, sync_playwright
from werkzeug.serving import make_server

from tests.webapp.conftest import app, passwords, play

__all__ = ["app", "passwords", "play"]

CHROMIUM = Path("/usr/bin/chromium-headless-shell")  # the same engine without windows, at half the cost
ROOT = Path(__file__).parent.parent.parent
RESULTS = ROOT / "test-results" / "pages"
GUIDE_PICTURES = ROOT / "docs" / "pictures"
GUIDE_WIDTH, GUIDE_HEIGHT = 1100, 860  # of a picture in a guide: the head of the page, with its columns
WIDTHS = (1366, 375, 320)
CHECKS = (Path(__file__).parent / "checks.js").read_text(encoding="utf-8")
IMAGES = "() => Promise.all([...document.images].map((one) => one.complete || one.decode().catch(() => null)))"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module; its event loop ends with it, since what signs documents in other tests needs its own."""
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}; bring it with: sudo apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the application."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)


def guide_pictures() -> frozenset[str]:
    """The names of the pictures that the guides show: each is the shot of that name in a walk of these tests."""
    guides = [guide.read_text(encoding="utf-8") for guide in (ROOT / "docs").glob("guide-*.md")]
    return frozenset(name for guide in guides for name in re.findall(r"\(pictures/([a-z-]+)\.png\)", guide))


class Desk:
    """One person's browser; `faults` are what the browser complained about, `kept` the shots that go into the guides."""

    def __init__(
        self, context: BrowserContext, site: str, *, pictures: bool, kept: frozenset[str] = frozenset()
    ) -> None:
        self.page: Page = context.new_page()
        self.site, self.faults, self.pictures, self.kept = site, [], pictures, kept
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _note(self, message: Any) -> None:
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.faults.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(self.site + path)
        return self.page

    def press(self, words: str, *, exact: bool = True) -> None:
        self.page.get_by_role("button", name=words, exact=exact).first.click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def shoot(self, name: str) -> None:
        """The page at every width: one that must be scrolled sideways or that a reader cannot use is a fault.

        With `--pictures` (and `--full`) it is photographed too, for people to look at; with `--guide-pictures` for the
        guide that shows it.
        """
        self.page.wait_for_load_state()  # a click waits for the answer, not for the whole page
        if name in self.kept:
            self._shoot_for_guide(name)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            if self.pictures:
                self.page.evaluate(IMAGES)
                self.page.screenshot(path=RESULTS / f"{name}-{width}.png", full_page=True)
            faults = self.page.evaluate(CHECKS)
            assert not faults, f"{name} at {width}: {json.dumps(faults, ensure_ascii=False)}"
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        assert not self.faults, f"{name}: {self.faults}"

    def _shoot_for_guide(self, name: str) -> None:
        self.page.set_viewport_size({"width": GUIDE_WIDTH, "height": GUIDE_HEIGHT})
        self.page.evaluate(IMAGES)
        self.page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0) }")
        height = min(GUIDE_HEIGHT, self.page.evaluate("() => document.body.scrollHeight"))
        clip: FloatRect = {"x": 0, "y": 0, "width": GUIDE_WIDTH, "height": height}
        self.page.screenshot(path=GUIDE_PICTURES / f"{name}.png", clip=clip)


Enter = Callable[[str | None], Desk]  # a browser for the person of that login, or for nobody


@pytest.fixture
def enter(browser: Browser, site: str, passwords: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Enter]:
    """A browser of their own for somebody: `enter("acceptor")`; none signs nobody in."""
    pictures = request.config.getoption("--pictures") or request.config.getoption("--full")
    kept = guide_pictures() if request.config.getoption("--guide-pictures") else frozenset[str]()
    contexts: list[BrowserContext] = []

    def begin(login: str | None) -> Desk:
        contexts.append(browser.new_context(viewport={"width": 1366, "height": 900}, locale="zh-CN"))
        desk = Desk(contexts[-1], site, pictures=pictures, kept=kept)
        if login is not None:
            desk.open("/session/sign-in")
            desk.page.get_by_label("登录名").fill(login)
            desk.page.get_by_label("口令").fill(passwords[login])
            desk.press("登录")
        return desk

    yield begin
    for context in contexts:
        context.close()
