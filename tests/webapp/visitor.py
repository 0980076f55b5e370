"""Somebody at a browser without scripts: reads pages, follows links, fills forms in and presses buttons."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from flask import Flask
from lxml import html
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

MOST_REDIRECTS = 5


@dataclass
class Page:
    """What the last request answered."""

    response: TestResponse
    url: str

    def __post_init__(self) -> None:
        is_html = self.response.mimetype == "text/html"
        self.root = html.document_fromstring(self.response.get_data(as_text=True)) if is_html else None

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def data(self) -> bytes:
        return self.response.data

    @property
    def tree(self) -> Any:
        assert self.root is not None, f"no page of HTML at {self.url}"
        return self.root

    @property
    def title(self) -> str:
        return _words(self.tree.find(".//title"))

    @property
    def heading(self) -> str:
        return _words(self.tree.find(".//h1"))

    @property
    def text(self) -> str:
        """What can be read on the page, without the head."""
        return _words(self.tree.find("body"))

    @property
    def errors(self) -> list[str]:
        """The lines of the summary at the top."""
        return [_words(line) for summary in self.tree.find_class("hs-errors") for line in summary.iter("li")]

    def part(self, kind: str) -> str:
        """What can be read in the first part of that class."""
        found = self.tree.find_class(kind)
        assert found, f"no {kind} on {self.url}"
        return _words(found[0])

    def section(self, title: str) -> str:
        """What can be read in the section that its heading with this id names."""
        found = self.tree.xpath("//*[@aria-labelledby=$title]", title=title)
        assert found, f"no section {title} on {self.url}"
        return _words(found[0])

    def links(self) -> list[str]:
        return [_words(link) for link in self.tree.iter("a")]

    def value(self, name: str) -> str:
        """What stands in an input."""
        found = self.tree.xpath("//*[@name=$name]", name=name)
        assert found, f"no input {name} on {self.url}"
        chosen = [one for one in found if one.get("checked") is not None] or found
        text = str(chosen[0].value or "")
        return text.removeprefix("\n") if chosen[0].tag == "textarea" else text


@dataclass
class Visitor:
    """A session; `page` is the page that is open."""

    app: Flask
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    # --- going about ---

    def open(self, url: str) -> Page:
        return self._arrive(self.client.get(url), url)

    def follow(self, words: str) -> Page:
        """Follow the first link with these words in it."""
        for link in self.page.tree.iter("a"):
            if words in _words(link):
                return self.open(urljoin(self.page.url, link.get("href")).partition("#")[0])
        raise AssertionError(f"no link “{words}” on {self.page.url}; there are {self.page.links()}")

    def press(self, words: str, /, files: dict[str, Any] | None = None, **fields: Any) -> Page:
        """Press a button, with these answers in its form: text, a list for several, None to leave out."""
        button = self._button(words)
        form = next(one for one in button.iterancestors("form"))
        data = _controls(form)
        for name, value in fields.items():
            self._fill(data, form, name, value)
        if button.get("name"):
            data.add(button.get("name"), button.get("value") or "")
        for name, (file_name, content) in (files or {}).items():
            assert form.xpath(".//input[@type='file'][@name=$name]", name=name), f"no upload {name}"
            data.add(name, (BytesIO(content), file_name))
        url = urljoin(self.page.url, button.get("formaction") or form.get("action") or self.page.url)
        if (form.get("method") or "get").lower() == "get":
            return self._arrive(self.client.get(url, query_string=data), url)
        kind = form.get("enctype") or "application/x-www-form-urlencoded"
        return self._arrive(self.client.post(url, data=data, content_type=kind), url)

    def forget_session(self) -> None:
        """What a browser does when the session's cookie has expired."""
        self.client.delete_cookie("huishen")

    def sign_in(self, login: str, password: str) -> Page:
        self.open("/session/sign-in")
        return self.press("登录", login=login, password=password)

    # --- the machinery ---

    def _arrive(self, response: TestResponse, url: str) -> Page:
        for _ in range(MOST_REDIRECTS):
            if response.status_code not in {301, 302, 303}:
                break
            url = urljoin(url, response.headers["Location"]).partition("#")[0]
            response = self.client.get(url)
        self.page = Page(response, url)
        return self.page

    def _button(self, words: str) -> Any:
        buttons = [one for one in self.page.tree.iter("button") if one.get("class") != "hs-default"]
        for button in [b for b in buttons if _words(b) == words] or [b for b in buttons if words in _words(b)]:
            assert button.get("aria-disabled") is None, f"“{words}” cannot be pressed on {self.page.url}"
            return button
        raise AssertionError(f"no button “{words}” on {self.page.url}; there are {[_words(b) for b in buttons]}")

    def _fill(self, data: MultiDict[str, Any], form: Any, name: str, value: Any) -> None:
        known = form.xpath(".//*[@name=$name]", name=name)
        assert known, f"no input {name} in the form on {self.page.url}"
        values = value if isinstance(value, list) else [value]
        if known[0].get("type") in {"radio", "checkbox"}:
            offered = {one.get("value") for one in known}
            assert all(one is None or one in offered for one in values), f"{name} offers {offered}"
        data.setlist(name, [one for one in values if one is not None])
        if value is None:
            data.poplist(name)


def _controls(form: Any) -> MultiDict[str, Any]:
    """What a browser would send of a form that nobody touched, without its buttons and uploads."""
    data: MultiDict[str, Any] = MultiDict()
    for control in form.xpath(".//input|.//textarea|.//select"):
        name, kind = control.get("name"), control.get("type")
        if not name or kind in {"submit", "file"} or control.get("disabled") is not None:
            continue
        if kind in {"radio", "checkbox"} and control.get("checked") is None:
            continue
        if control.tag == "textarea":
            data.add(name, (control.text or "").removeprefix("\n"))
        else:
            data.add(name, control.value if control.value is not None else "")
    return data


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
