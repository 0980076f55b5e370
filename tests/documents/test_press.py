"""The press: fonts and libraries that are missing, characters that are missing, equal bytes, a process with limits."""

import io
import json
import os
import signal
import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest

from engine import documents
from engine.documents import Content, Frame, MissingGlyph, Paragraph, Press, RenderFailed, Run
from engine.documents import fonts as fonts_module
from engine.errors import Unavailable
from tests.documents import samples
from tests.documents.office import Office


def test_missing_fonts_are_told_with_the_line_that_brings_them(tmp_path: Path, frame: Frame) -> None:
    press = Press(tmp_path, isolated=False)
    with pytest.raises(Unavailable) as caught:
        press.render(samples.content("D01"), frame)
    assert f"script/fonts {tmp_path}" in caught.value.message


def test_a_missing_library_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch, fonts: Path) -> None:
    monkeypatch.setattr(fonts_module, "LIBRARIES", {"libnothere.so.9": "libnothere9"})
    with pytest.raises(Unavailable, match="apt-get install -y --no-install-recommends libnothere9"):
        Press(fonts, isolated=False).check(samples.content("D01"))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"to": "\U0001f600："}, "主送单位"),
        ({"title": ("关于\U0001f600",)}, "标题"),
        ({"blocks": (Paragraph((Run("甲"),)), Paragraph((Run("\U0001f600"),)))}, "正文第 2 段"),
        ({"signer": "\U0001f600"}, "署名"),
    ],
)
def test_a_character_without_glyph_is_refused_with_its_place(
    press: Press, change: dict[str, object], where: str
) -> None:
    with pytest.raises(MissingGlyph) as caught:
        press.check(replace(samples.content("D06"), **change))  # type: ignore[arg-type]
    assert caught.value.details == {"character": "\U0001f600", "code_point": "U+1F600", "where": where}
    assert "U+1F600" in caught.value.message


def test_the_name_of_a_candidate_without_glyph_is_found_in_its_row(press: Press) -> None:
    values = samples.values()
    values["items"][1]["name"] = "陈\U00031350"
    content = samples.template("D06").compose(values)
    with pytest.raises(MissingGlyph) as caught:
        press.check(replace(content, blocks=()))
    assert "表第 2 行“姓名”" in caught.value.details["where"]


def test_equal_input_gives_equal_bytes(fonts: Path, office: Office) -> None:
    content = samples.content("D06")
    again = Press(fonts, isolated=False).render(content, office.frame())
    assert again.pdf == office.rendered(content).pdf


def test_the_file_is_a_pdf_a_3b_with_the_decision_inside(press: Press, frame: Frame) -> None:
    record = {"outcome": "approved", "age": Decimal(55), "share": Decimal("37.5"), "on": date(2026, 11, 23)}
    rendered = press.render(samples.content("D06"), replace(frame, record=record))
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        assert json.loads(pdf.attachments["decision.json"].get_file().read_bytes()) == {
            "outcome": "approved",
            "age": 55,
            "share": "37.5",
            "on": "2026-11-23",
        }
        [associated] = pdf.Root.AF
        assert associated.AFRelationship == "/Data"
        assert len(pdf.pages) == rendered.pages


def test_the_code_to_scan_has_address_code_and_the_decisions_digest(frame: Frame) -> None:
    assert frame.scan().startswith(frame.verify_url + "?d=")
    other = replace(frame, record={"outcome": "rejected"})
    assert other.scan() != frame.scan()
    bare = replace(frame, verify_url="https://shenhe.example.gov.cn/verify?lang=zh")
    assert "&code=7Q4M-2K9P-XC31&d=" in bare.scan()


# A process of its own


def process_of(press: Press) -> int:
    assert press._worker and press._worker.process.pid
    return press._worker.process.pid


def test_the_isolated_press_prints_the_same_bytes(fonts: Path, office: Office) -> None:
    content = samples.content("D01")
    with Press(fonts) as isolated:
        rendered = isolated.render(content, office.frame())
        assert rendered == office.rendered(content)
        assert isolated.render(content, office.frame()).pdf == rendered.pdf


def test_errors_of_the_process_arrive_as_they_are(fonts: Path, frame: Frame) -> None:
    with Press(fonts) as isolated:
        with pytest.raises(documents.ComposeError) as caught:
            isolated.render(samples.content("D01"), replace(frame, code=""))
        assert caught.value.code == "document.frame"
        assert isolated.render(samples.content("D01"), frame).pages == 1


def enormous() -> Content:
    table = documents.Table((documents.Column("甲"), documents.Column("乙")), (("材料" * 60, "材料" * 60),) * 300)
    return replace(samples.content("D02"), blocks=(table,))


def test_a_process_without_enough_memory_is_a_failure_in_words(fonts: Path, frame: Frame) -> None:
    with Press(fonts, memory_limit=150 * 2**20) as isolated, pytest.raises(RenderFailed, match="内存"):
        isolated.render(samples.content("D01"), frame)


def test_a_document_beyond_its_time_fails_and_the_next_one_is_printed(fonts: Path, frame: Frame) -> None:
    with Press(fonts, time_limit=1.0) as isolated:
        isolated.render(samples.content("D01"), frame)
        with pytest.raises(RenderFailed) as caught:
            isolated.render(enormous(), frame)
        assert caught.value.code == "document.timeout"
        assert isolated.render(samples.content("D01"), frame).pages == 1


def test_a_document_beyond_its_memory_fails_and_the_next_one_is_printed(fonts: Path, frame: Frame) -> None:
    with Press(fonts, memory_limit=400 * 2**20) as isolated:
        assert isolated.render(samples.content("D01"), frame).pages == 1
        with pytest.raises(RenderFailed, match="内存"):
            isolated.render(samples.content("D01"), replace(frame, record={"note": "甲" * 20 * 2**20}))
        assert isolated.render(samples.content("D01"), frame).pages == 1


def test_a_process_that_died_is_started_anew(fonts: Path, frame: Frame) -> None:
    with Press(fonts) as isolated:
        isolated.render(samples.content("D01"), frame)
        os.kill(process_of(isolated), signal.SIGKILL)
        assert isolated.render(samples.content("D01"), frame).pages == 1


def test_threads_share_one_press(fonts: Path, office: Office) -> None:
    kinds, printed = ["D01", "D13", "D01", "D13"], {}
    with Press(fonts) as isolated:

        def one(position: int) -> None:
            printed[position] = isolated.render(samples.content(kinds[position]), office.frame()).sha256

        threads = [threading.Thread(target=one, args=(position,)) for position in range(len(kinds))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert printed[0] == printed[2] != printed[1] == printed[3]


def test_the_process_is_given_no_secrets(fonts: Path, frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUISHEN_KEY_PASSPHRASE", "secret")
    with Press(fonts) as isolated:
        isolated.render(samples.content("D01"), frame)
        environment = Path(f"/proc/{process_of(isolated)}/environ").read_bytes()
    assert b"HUISHEN" not in environment
