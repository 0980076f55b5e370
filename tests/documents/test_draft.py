"""The Word draft: everything that the document says, nothing that would make it look signed."""

import io
import re
from datetime import UTC
from typing import Any

import pytest
from docx import Document

from engine import documents
from engine.documents.draft import UNSIGNED
from tests.documents import samples
from tests.documents.conftest import NOW


def opened(kind: str) -> Any:
    return Document(io.BytesIO(documents.word_draft(samples.content(kind), NOW)))


def words(draft: Any) -> str:
    texts = [paragraph.text for paragraph in draft.paragraphs]
    texts += [cell.text for table in draft.tables for row in table.rows for cell in row.cells]
    return re.sub(r"\s", "", "".join(texts))


@pytest.mark.parametrize("kind", samples.KINDS)
def test_a_draft_says_everything_that_the_document_says(kind: str) -> None:
    said = words(opened(kind))
    for line in samples.content(kind).text().split("\n"):
        for part in line.removeprefix("附件：").split("\t"):
            if not re.match(r"签发人|\d{6}$|特急$|中共南屿省委社会工作部办公室$", part):
                assert re.sub(r"\s", "", part) in said


@pytest.mark.parametrize("kind", ["D06", "D01"])
def test_a_draft_says_on_every_page_that_it_is_unsigned(kind: str) -> None:
    draft = opened(kind)
    assert [section.header.paragraphs[0].text for section in draft.sections] == [UNSIGNED]
    assert draft.core_properties.content_status == "草稿"
    assert "验证码" not in words(draft)


def test_equal_drafts_say_the_same_moment_and_no_clock_s() -> None:
    draft = opened("D06")
    assert draft.core_properties.created.replace(tzinfo=UTC) == NOW
    assert draft.core_properties.author == "中共南屿省委社会工作部"
