"""What a PDF shows is what is read: raised signs, struck and hidden text, lost characters, line ends."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from PIL import Image
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

import hostile
from citewell.documents.pdf import scans
from citewell.documents.pdf.joining import join_lines
from citewell.errors import LoadError
from papers import drawn, flowing, lines, pages_of, paragraph, read

SEEN = "The bursar keeps the books."


# Raised signs.


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("It holds 10<super>5</super> becquerels.", "It holds 10⁵ becquerels."),
        ("It holds 3 × 10<super>-12</super> grams.", "It holds 3 × 10⁻¹² grams."),
        ("The plot has 450 m<super>2</super> of land.", "The plot has 450 m² of land."),
        ("The tank holds 75 cm<super>3</super> of oil.", "The tank holds 75 cm³ of oil."),
        ("It falls with 9.8 m s<super>-2</super> here.", "It falls with 9.8 m s⁻² here."),
        ("Write x<super>2</super> + y<super>2</super> here.", "Write x² + y² here."),
        ("Then E = mc<super>2</super> follows.", "Then E = mc² follows."),
        ("A court heard.<super>12</super> The firm left.", "A court heard. The firm left."),
        ("The firm<super>3</super> employs 1,250 people.", "The firm employs 1,250 people."),
        ("It left, they said,<super>4,5</super> at noon.", "It left, they said, at noon."),
        ("“It left”<super>7</super> was all.", "“It left” was all."),
        ("The firm employs 1,250<super>3</super> people.", "The firm employs 1,250 people."),
        ("It fell on the 19<super>th</super> of May.", "It fell on the 19th of May."),
        ("CO<sub>2</sub> fell by 8 %.", "CO₂ fell by 8 %."),
        ("It takes log<sub>2</sub>8 steps.", "It takes log₂8 steps."),
        ("Write x<sub>max</sub> here.", "Write x_max here."),
        ("<super>14</super>C and Ca<super>2+</super> were found.", "¹⁴C and Ca²⁺ were found."),
        ("It grows as 10<super>n</super> here.", "It grows as 10ⁿ here."),
    ],
)
@pytest.mark.parametrize("size", [9, 10, 12])
def test_exponents_stay_raised_and_the_marks_of_notes_go(
    markup: str, text: str, size: int, tmp_path: Path
) -> None:
    assert read(tmp_path, flowing([paragraph(markup, size)])).text == text


@pytest.mark.parametrize(
    ("mark", "sign", "note"),
    [
        ("1", "1", "In the year 2022, part-time staff included."),
        ("3", "3", "Without the yard at Moss."),
        ("12", "12", "See the report of 9 May, page 5, which the board received."),
        ("*", "*", "Not audited."),
        ("†", "†", "Died in 1987."),
        ("2", "2", "Of the 40 who were asked, 12 said no; the others gave no answer at all to the question."),
    ],
)
@pytest.mark.parametrize("line", [True, False])
def test_a_note_leaves_the_text_that_it_interrupts(
    mark: str,
    sign: str,
    note: str,
    line: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        if number == 2:
            lines(canvas, ["in Oslo, and more than that in the yard that it has near the harbour of Moss."])
            return
        lines(canvas, ["The firm was founded in 1950 by two brothers who had worked in the shipyard there."])
        text = canvas.beginText(72, 746)
        text.setFont("Helvetica", 11)
        text.textOut("It employs 1,250 people")
        text.setRise(4)
        text.setFont("Helvetica", 7)
        text.textOut(mark)
        text.setRise(0)
        text.setFont("Helvetica", 11)
        text.textOut(" in Bergen, a few hundred in the north, and about as many")
        canvas.drawText(text)
        if line:
            canvas.line(72, 110, 172, 110)
        foot = canvas.beginText(72, 98)
        foot.setRise(3)
        foot.setFont("Helvetica", 6)
        foot.textOut(sign)
        foot.setRise(0)
        foot.setFont("Helvetica", 8.5)
        foot.textOut(f" {note}")
        canvas.drawText(foot)

    article = read(tmp_path, drawn(*pages_of(2, draw)))

    assert (
        "It employs 1,250 people in Bergen, a few hundred in the north, and about as many in Oslo,"
        in article.text
    )
    (found,) = [one for one in article.marks if one.kind == "note"]
    assert (found.label, article.text[found.start : found.end]) == (sign, note)
    assert [one.level for one in article.marks if one.kind == "page"] == [1, 2, 1]


# Struck text.


def stroke(canvas: Canvas, x0: float, x1: float, y: float) -> None:
    canvas.line(x0, y, x1, y)


def bar(canvas: Canvas, x0: float, x1: float, y: float) -> None:
    canvas.rect(x0, y - 0.4, x1 - x0, 0.8, stroke=0, fill=1)


def two(canvas: Canvas, x0: float, x1: float, y: float) -> None:
    canvas.line(x0, y + 1, x1, y + 1)
    canvas.line(x0, y - 1, x1, y - 1)


def thick(canvas: Canvas, x0: float, x1: float, y: float) -> None:
    canvas.setLineWidth(1.5)
    canvas.line(x0, y, x1, y)


def in_pieces(canvas: Canvas, x0: float, x1: float, y: float) -> None:
    for place in range(10):
        step = (x1 - x0) / 10
        canvas.line(x0 + place * step, y, x0 + (place + 1) * step, y)


def red(canvas: Canvas, x0: float, x1: float, y: float) -> None:
    canvas.setStrokeColorRGB(1, 0, 0)
    canvas.line(x0, y, x1, y)


@pytest.mark.parametrize("strike", [stroke, bar, two, thick, in_pieces, red])
@pytest.mark.parametrize("size", [9, 11, 16])
def test_text_with_a_line_through_it_leaves_the_text_and_is_told(
    strike: Callable[[Canvas, float, float, float], None], size: int, tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        canvas.drawString(72, 700, "The rent is 900 euros 750 euros a month.")
        begin = 72 + canvas.stringWidth("The rent is ", "Helvetica", size)
        strike(canvas, begin, begin + canvas.stringWidth("900 euros", "Helvetica", size), 700 + 0.28 * size)

    article = read(tmp_path, drawn(draw))

    assert article.text == "The rent is 750 euros a month."
    assert any("900 euros" in warning and "struck" in warning for warning in article.warnings)


@pytest.mark.parametrize("height", [-2.0, -1.0, 10.5])
def test_a_line_under_or_over_text_strikes_nothing(height: float, tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, [SEEN], y=700)
        canvas.line(72, 700 + height, 300, 700 + height)

    assert read(tmp_path, drawn(draw)).text == SEEN


# Text that no reader sees.


def white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(72, 600, "A fraud was found.")


def nearly_white(canvas: Canvas) -> None:
    canvas.setFillColor(HexColor("#fdfdfd"))
    canvas.drawString(72, 600, "A fraud was found.")


def without_ink(canvas: Canvas) -> None:
    canvas.setFillColorCMYK(0, 0, 0, 0)
    canvas.drawString(72, 600, "A fraud was found.")


def dark_on_dark(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.1, 0.1, 0.4)
    canvas.rect(60, 590, 300, 30, stroke=0, fill=1)
    canvas.drawString(72, 600, "A fraud was found.")


def unpainted(canvas: Canvas) -> None:
    text = canvas.beginText(72, 600)
    text.setTextRenderMode(3)
    text.textOut("A fraud was found.")
    canvas.drawText(text)


def unpainted_before(canvas: Canvas) -> None:
    before = canvas.beginText(72, 620)
    before.setTextRenderMode(3)
    canvas.drawText(before)
    unset = canvas.beginText(72, 600)
    unset.textOut("A fraud was found.")
    canvas.drawText(unset)


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 0.6)
    canvas.drawString(72, 600, "A fraud was found.")


def shrunk(canvas: Canvas) -> None:
    canvas.scale(0.05, 0.05)
    canvas.drawString(1000, 9000, "A fraud was found.")


def below_the_page(canvas: Canvas) -> None:
    canvas.drawString(72, -40, "A fraud was found.")


def beside_the_page(canvas: Canvas) -> None:
    canvas.drawString(1200, 400, "A fraud was found.")


def behind_a_box(canvas: Canvas) -> None:
    canvas.drawString(72, 600, "A fraud was found.")
    canvas.setFillColorRGB(0.9, 0.9, 0.9)
    canvas.rect(60, 590, 300, 30, stroke=0, fill=1)


def see_through(canvas: Canvas) -> None:
    canvas.setFillColor(Color(0, 0, 0, alpha=0))
    canvas.drawString(72, 600, "A fraud was found.")


def clipped(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.rect(0, 0, 50, 50)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.drawString(72, 600, "A fraud was found.")


@pytest.mark.parametrize(
    "hide",
    [
        white, nearly_white, without_ink, dark_on_dark, unpainted, unpainted_before, tiny, shrunk,
        below_the_page, beside_the_page, behind_a_box, see_through, clipped,
    ],
)  # fmt: skip
def test_text_that_no_reader_sees_is_not_read_and_is_told(
    hide: Callable[[Canvas], None], tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, [SEEN])
        canvas.saveState()
        hide(canvas)
        canvas.restoreState()

    article = read(tmp_path, drawn(draw))

    assert article.text == SEEN
    assert any("no reader sees" in warning for warning in article.warnings)


def test_text_behind_a_mode_that_a_program_forgot_is_read_and_quoted(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for y, text in ((600, "A fraud was found."), (580, SEEN), (560, "He is paid.")):
            written = canvas.beginText(72, y)
            if y == 600:
                written.setTextRenderMode(3)
            written.textOut(text)
            canvas.drawText(written)

    article = read(tmp_path, drawn(draw))

    assert " ".join(article.text.split()) == f"{SEEN} He is paid."
    assert any(f"“{SEEN} He is paid.”" in warning for warning in article.warnings)
    assert not any("fraud" in warning for warning in article.warnings)


def white_on_dark(canvas: Canvas) -> None:
    canvas.rect(60, 740, 400, 40, stroke=0, fill=1)
    canvas.setFillColorRGB(1, 1, 1)


def white_on_a_round_box(canvas: Canvas) -> None:
    canvas.roundRect(60, 740, 400, 40, 8, stroke=0, fill=1)
    canvas.setFillColorRGB(1, 1, 1)


def grey(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.6, 0.6, 0.6)


def on_a_light_row(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.95, 0.95, 0.8)
    canvas.rect(60, 740, 400, 40, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)


def in_light_ink_on_black(canvas: Canvas) -> None:
    canvas.rect(0, 0, 700, 900, stroke=0, fill=1)
    canvas.setFillColorCMYK(0, 0, 0, 0.05)


def outlined(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas._code.append("1 Tr")  # noqa: SLF001 - there is no other way


@pytest.mark.parametrize(
    "show", [white_on_dark, white_on_a_round_box, grey, on_a_light_row, in_light_ink_on_black, outlined]
)
def test_text_that_is_seen_is_read(show: Callable[[Canvas], None], tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        show(canvas)
        lines(canvas, [SEEN])

    article = read(tmp_path, drawn(draw))

    assert (article.text, article.warnings) == (SEEN, ())


# Scans.


def picture(canvas: Canvas, x: float = 0, y: float = 0, width: float = 596, height: float = 843) -> None:
    canvas.drawInlineImage(Image.new("L", (20, 20), 200), x, y, width, height)


def test_a_scan_is_refused_as_one_with_what_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "find_spec", lambda _name: None)
    reason = r"^paper.pdf: is a scan: its 3 pages are pictures without a text layer; install citewell\[ocr\]"
    with pytest.raises(LoadError, match=reason):
        read(tmp_path, drawn(picture, picture, picture))


@pytest.mark.parametrize("under", [True, False])
@pytest.mark.parametrize("mode", [0, 3])
def test_what_a_scan_was_read_as_is_read(mode: int, under: bool, tmp_path: Path) -> None:  # noqa: FBT001
    def draw(canvas: Canvas) -> None:
        if not under:
            picture(canvas)
        text = canvas.beginText(72, 600)
        text.setTextRenderMode(mode)
        text.textOut(SEEN)
        canvas.drawText(text)
        if under:
            picture(canvas)

    assert read(tmp_path, drawn(draw)).text == SEEN


def test_a_page_that_is_a_picture_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "find_spec", lambda _name: None)
    article = read(tmp_path, drawn(lambda canvas: lines(canvas, [SEEN]), picture))

    assert article.text == SEEN
    remedy = "install citewell[ocr] to read it, or run OCR on it first, e.g. ocrmypdf"
    assert article.warnings == (f"page 2: a picture without a text layer was not read; {remedy}",)


def test_a_picture_beside_text_is_told_and_a_small_one_not(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, [SEEN])
        picture(canvas, 72, 300, 300, 200)
        picture(canvas, 400, 700, 40, 40)

    assert read(tmp_path, drawn(draw)).warnings == ("page 1: what 1 picture may say was not read",)


# Characters.


def font_file(
    mapping: dict[int, str | None], names: dict[int, str] | None = None, program: bytes = b""
) -> bytes:
    """Return a PDF in whose font the codes 1, 2, … stand for what a table says; None is no entry."""
    text = "(The tide rose to \\001\\002 metres.) Tj"
    chars = "".join(
        f"<{code:02x}> <{shown.encode('utf-16-be').hex()}>\n"
        for code, shown in mapping.items()
        if shown is not None
    )
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"1 beginbfrange <20> <7e> <0020> endbfrange {len(mapping)} beginbfchar\n{chars}"
        "endbfchar endcmap end end"
    )
    content = f"BT /F1 11 Tf 72 700 Td {text} ET"
    differences = "".join(f"{code}/{name} " for code, name in (names or {}).items())
    encoding = f"/Encoding<</Type/Encoding/Differences[{differences}]>>" if names else ""
    to_unicode = "/ToUnicode 6 0 R" if mapping else ""
    descriptor = (
        "/FontDescriptor<</Type/FontDescriptor/FontName/AB+Own/Flags 4/FontBBox[0 0 9 9]/ItalicAngle 0"
        "/Ascent 7/Descent 0/CapHeight 7/StemV 80/FontFile3 7 0 R>>"
        if program
        else ""
    )
    widths = " ".join(["550"] * 256)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
        f"<</Type/Font/Subtype/Type1/BaseFont/Own/FirstChar 0/LastChar 255/Widths[{widths}]"
        f"{encoding}{to_unicode}{descriptor}>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content.encode()),
        b"<</Length %d>>stream\n%s\nendstream" % (len(cmap), cmap.encode()),
        b"<</Subtype/Type1C/Length %d>>stream\n%s\nendstream" % (len(program), program),
    ]
    return hostile.pdf(objects)


def cff(names: dict[int, str]) -> bytes:
    """Return a CFF program whose own encoding gives codes to glyphs."""
    ascii_names = {
        code: name for code, name in enumerate(StandardEncoding) if name not in {".notdef", *names.values()}
    }
    encoding = {**ascii_names, **names}
    order = [".notdef", *dict.fromkeys(encoding.values())]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(order)
    pen = T2CharStringPen(500, None)
    pen.moveTo((0, 0))
    pen.lineTo((400, 700))
    pen.lineTo((400, 0))
    pen.closePath()
    shape = pen.getCharString()
    builder.setupCFF("Own", {"FullName": "Own"}, dict.fromkeys(order, shape), {})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (500, 0)))
    builder.setupHorizontalHeader(ascent=700, descent=0)
    program = builder.font["CFF "]
    program.cff[0].Encoding = [encoding.get(code, ".notdef") for code in range(256)]
    return bytes(program.compile(builder.font))


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("ﬁ", "fi"), ("ﬄ", "ffl"), ("−", "−"), ("\uf001", "fi"), ("\uf0b7", "•"), ("\uf733", "3"),
        ("\x00", "\ufffd"), ("\x01", "\ufffd"), ("\ue000", "\ufffd"), ("\uf8ff", "\ufffd"), (None, "\ufffd"),
    ],
)  # fmt: skip
def test_no_character_vanishes_and_none_is_made_up(shown: str | None, text: str, tmp_path: Path) -> None:
    article = read(tmp_path, font_file({1: shown, 2: "5"}))

    assert article.text == f"The tide rose to {text}5 metres."
    assert bool(article.warnings) == (text == "\ufffd")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fi", "fi"), ("f_f_i", "ffi"), ("plusminus", "±"), ("threeoldstyle", "3"), ("uni2264", "≤"),
        ("minus", "−"), ("a.sc", "a"), ("g17", "\ufffd"), ("glyph0003", "\ufffd"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("useless", [True, False])
def test_the_names_of_glyphs_tell_where_the_table_does_not(
    name: str,
    text: str,
    useless: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    article = read(tmp_path, font_file({1: "\x00", 2: "\x00"} if useless else {}, {1: name, 2: "five"}))

    assert article.text == f"The tide rose to {text}5 metres."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plusminus", "±"),
        ("fi", "fi"),
        ("multiply", "×"),
        ("lessequal", "≤"),
        ("uni0416", "Ж"),
        ("g9", "\ufffd"),
    ],
)
def test_the_font_program_tells_where_nothing_else_does(name: str, text: str, tmp_path: Path) -> None:
    article = read(tmp_path, font_file({}, program=cff({1: name, 2: "fiveoldstyle"})))

    assert article.text == f"The tide rose to {text}5 metres."


# Line ends.


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("a low-", "income home", "a low-income home"),
        ("a well-", "known man", "a well-known man"),
        ("the pipe-", "line firm", "the pipeline firm"),
        ("the investi-", "gation of", "the investigation of"),
        ("they dis-", "covered it", "they discovered it"),
        ("die Ver-", "waltung hat", "die Verwaltung hat"),
        ("the e-", "mail said", "the e-mail said"),
        ("in Saint-", "Denis it", "in Saint-Denis it"),
        ("it paid 1,200-", "1,500 euros", "it paid 1,200-1,500 euros"),
        ("COVID-", "19 delayed", "COVID-19 delayed"),
        ("ARE DIS-", "CLAIMED. IN", "ARE DISCLAIMED. IN"),
        ("the soft\u00ad", "ware is", "the software is"),
        ("it got 3.", "5 million euros", "it got 3.5 million euros"),
        ("a rise of 0.", "25 % in May", "a rise of 0.25 % in May"),
        ("it cost 1,", "250 euros", "it cost 1,250 euros"),
        ("pages 3–", "5 say so", "pages 3–5 say so"),
        ("It was in 2019.", "12 people left", "It was in 2019. 12 people left"),
        ("the years 1, 2,", "300 and", "the years 1, 2, 300 and"),
        ("see https://example.org/long-", "path/page for", "see https://example.org/long-path/page for"),
        ("see https://example.org/", "page for", "see https://example.org/page for"),
    ],
)
def test_line_ends_part_no_word_and_no_number(before: str, after: str, joined: str) -> None:
    assert join_lines(before, after, Counter()) == joined


@pytest.mark.parametrize(
    ("elsewhere", "joined"),
    [
        ("a long-term plan", "the long-term aim"),
        ("a longterm plan", "the longterm aim"),
        ("none", "the long-term aim"),
    ],
)
def test_the_words_of_the_file_say_whether_a_hyphen_stays(
    elsewhere: str, joined: str, tmp_path: Path
) -> None:
    data = drawn(
        lambda canvas: lines(canvas, [f"There was {elsewhere} and nobody saw the long-", "term aim."])
    )

    assert joined in read(tmp_path, data).text
