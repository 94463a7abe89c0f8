"""Pages that are pictures are read by OCR where it is installed, and what was read so is told."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from citewell.documents.confinement import Allowance, Confinement
from citewell.documents.loading import Found
from citewell.documents.pdf import scans
from citewell.documents.pdf.sheet import Box
from citewell.settings import Settings
from papers import drawn, lines, read

SEEN = "The bursar keeps the books."
SCANNED = (
    "The ferry Bertha carried 1,250 passengers in",
    "March 2021. Nobody was hurt.",
    "",
    "The harbour of Lund earned 40 % of that.",
)
needs_engine = pytest.mark.skipif(not scans.has_engine(), reason="needs citewell[ocr]")


def scan() -> Image.Image:
    """Return an A4 page of 150 dots an inch."""
    page = Image.new("L", (1240, 1754), 240)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(32)
    for place, line in enumerate(SCANNED):
        pen.text((120, 195 + 45 * place), line, fill=20, font=font)
    return page


def picture(canvas: Canvas, image: Image.Image | None = None) -> None:
    canvas.drawImage(ImageReader(image or Image.new("L", (20, 20), 200)), 0, 0, 596, 843)


def test_lines_of_an_engine_become_paragraphs_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The lowest line first, and one without a letter that goes down, which the engine finds lower.
    found = [
        scans.ReadLine("It earned 40 %.", Box(60, 500, 160, 512)),
        scans.ReadLine("The ferry Bertha carried 1,250 passengers in March", Box(60, 600, 300, 612)),
        scans.ReadLine("as no storm came, more than in March of the year", Box(60, 586, 296, 595)),
        scans.ReadLine("before, and nobody was hurt.", Box(60, 572, 180, 584)),
    ]
    monkeypatch.setattr(scans, "has_engine", lambda: True)
    monkeypatch.setattr(scans, "_recogniser", lambda: lambda _sheet: found)

    article = read(tmp_path, drawn(lambda canvas: lines(canvas, [SEEN]), picture))

    assert article.text == f"{SEEN}\n\n{' '.join(line.text for line in found[1:])}\n\nIt earned 40 %."
    assert article.warnings == ("read by OCR: page 2; letters and figures may differ from the picture's",)


@needs_engine
def test_a_scan_is_read_within_the_limits_of_a_visitors_file(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(drawn(lambda canvas: lines(canvas, [SEEN]), lambda canvas: picture(canvas, scan())))

    settings = Settings()
    # Not as nice as for a visitor: beside other tests it would wait too long.
    allowance = Allowance(settings.own_memory_mb, settings.own_seconds)
    with Confinement(allowance, settings.own_limits) as confinement:
        found = confinement.read(path, path.name)

    assert isinstance(found, Found), found
    assert found.articles[0].text == f"{SEEN}\n\n{' '.join(SCANNED[:2])}\n\n{SCANNED[3]}"
    assert found.warnings == ("read by OCR: page 2; letters and figures may differ from the picture's",)
    assert [mark.level for mark in found.articles[0].marks if mark.kind == "page"] == [1, 2]


@needs_engine
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "JPEG"])
@pytest.mark.parametrize("turn", [0, 90, 180])
def test_a_picture_is_painted_as_the_page_shows_it(mode: str, turn: int, tmp_path: Path) -> None:
    from citewell.documents.loaders.pdf import sheets_of  # noqa: PLC0415 - needs the engine
    from citewell.documents.pdf.opening import open_pdf  # noqa: PLC0415
    from citewell.documents.pdf.recognition import paint  # noqa: PLC0415

    image = Image.new("RGB", (300, 400), "white")
    image.paste("black", (30, 40, 60, 80))
    image = image.rotate(-turn, expand=True)
    if mode == "JPEG":
        image.save(tmp_path / "a.jpg", quality=95)
        source = ImageReader(tmp_path / "a.jpg")
    else:
        source = ImageReader(image.convert(mode))

    def draw(canvas: Canvas) -> None:
        canvas.translate(*{0: (0, 0), 90: (300, 0), 180: (300, 400)}[turn])
        canvas.rotate(turn)
        canvas.drawImage(source, 0, 0, *((400, 300) if turn == 90 else (300, 400)))

    (sheet,) = sheets_of(*open_pdf(drawn(draw)))
    canvas, dots = paint(sheet)

    height = sheet.box.y1 - sheet.box.y0
    dark = canvas.point(lambda level: 255 * (level < 128)).getbbox()
    assert dark is not None
    assert [edge / dots for edge in dark] == pytest.approx([30, height - 360, 60, height - 320], abs=2)
