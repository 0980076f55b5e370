"""The QR code of a printed page, read back from the picture of the page module by module."""

from itertools import groupby

import pypdfium2
import pytest
import segno
from PIL import Image

from tests.documents import samples
from tests.documents.office import Office

MM = 600 / 25.4  # pixels of a millimetre
SIDE = 20  # mm


def expected(office: Office) -> list[list[bool]]:
    code = segno.make(office.frame().scan(), error="m", micro=False)
    return [[bool(field) for field in row] for row in code.matrix]


def modules(page: Image.Image, size: int) -> list[list[bool]]:
    """The dark fields of the code: the only ink at the core's left edge that is as high as it is wide."""
    strip = page.crop((int(27.5 * MM), 0, int(48.2 * MM), page.height)).point(lambda grey: 255 if grey < 128 else 0)
    inked = [strip.crop((0, y, strip.width, y + 1)).getbbox() is not None for y in range(strip.height)]
    runs = [list(run) for dark, run in groupby(range(strip.height), key=inked.__getitem__) if dark]
    (rows,) = [run for run in runs if abs(len(run) / MM - SIDE) < 0.1]
    box = strip.crop((0, rows[0], strip.width, rows[-1] + 1)).getbbox()
    assert box
    code = strip.crop((box[0], rows[0], box[2], rows[-1] + 1))
    steps = [(n + 0.5) / size for n in range(size)]
    return [[code.getpixel((int(x * code.width), int(y * code.height))) == 255 for x in steps] for y in steps]


@pytest.mark.parametrize("kind", ["D01", "D06"])
def test_the_code_on_the_page_holds_address_code_and_digest(office: Office, kind: str) -> None:
    with pypdfium2.PdfDocument(office.rendered(samples.content(kind)).pdf) as pdf:
        page = pdf[len(pdf) - 1].render(scale=600 / 72).to_pil().convert("L")
    matrix = expected(office)
    assert modules(page, len(matrix)) == matrix
