"""A PDF is read in the order in which a reader reads it: columns, pages, tables, headings."""

from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import wrap

import pytest
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ListFlowable, ListItem, PageBreak, Spacer

from citewell.documents.structure import Outline
from papers import drawn, flowing, lines, pages_of, paragraph, read, table

HARBOUR = (
    "The harbour authority closed the northern quay on 3 May after divers found cracks in eleven of its "
    "forty piles. Repairs will cost 2.6 million euros and take until autumn, the engineer said. The mayor "
    "wrote to the ministry, which has not replied."
)
FISHERMEN = (
    "Fishermen who used the quay were moved to the old basin. The cooperative counted 37 boats there on "
    "Monday and said the basin has room for only twenty of them. Nobody knows where the others will go in "
    "winter."
)
COUNCIL = (
    "The council meets again in June and will hear the divers then. Its budget for the port was cut by a "
    "tenth last year, and the reserve was spent on the lighthouse, which had lost its roof in a storm."
)


# Columns.


def columns(  # noqa: PLR0913 - how columns are set
    canvas: Canvas,
    texts: Sequence[str],
    *,
    width: int,
    gap: float,
    y: float = 700,
    size: float = 10,
    mixed: bool,
) -> None:
    """Write texts beside each other, `width` characters a line; mixed draws line by line."""
    canvas.setFont("Helvetica", size)
    cut = [wrap(text, width) for text in texts]
    step = width * size * 0.5 + gap
    places = [(row, column) for column in range(len(cut)) for row in range(len(cut[column]))]
    for row, column in sorted(places) if mixed else places:
        canvas.drawString(40 + column * step, y - 1.2 * size * row, cut[column][row])


@pytest.mark.parametrize("mixed", [True, False])
@pytest.mark.parametrize(
    ("texts", "width", "gap", "size"),
    [
        ([HARBOUR, FISHERMEN], 44, 30, 10),
        ([HARBOUR, FISHERMEN], 48, 12, 9),
        ([FISHERMEN, COUNCIL], 40, 20, 11),
        ([HARBOUR, COUNCIL], 34, 60, 12),
        ([HARBOUR, FISHERMEN, COUNCIL], 30, 16, 9),
        ([COUNCIL, HARBOUR, FISHERMEN], 26, 20, 10),
        ([HARBOUR, FISHERMEN[:56], COUNCIL], 30, 18, 9),
    ],
)
@pytest.mark.parametrize(
    "title", ["", "A quay is closed, and the boats of the town have no place to go in winter"]
)
def test_columns_are_read_one_after_the_other(  # noqa: PLR0913, PLR0917 - as the table says
    texts: list[str],
    width: int,
    gap: float,
    size: float,
    mixed: bool,  # noqa: FBT001
    title: str,
    tmp_path: Path,
) -> None:
    def draw(canvas: Canvas) -> None:
        if title:
            canvas.setFont("Helvetica", 14)
            canvas.drawString(40, 740, title)
        columns(canvas, texts, width=width, gap=gap, size=size, mixed=mixed)

    found = read(tmp_path, drawn(draw)).text.split("\n\n")

    assert found == [*([title] if title else []), *texts]


def test_what_stands_under_columns_is_read_after_them(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        columns(canvas, [HARBOUR, FISHERMEN], width=44, gap=30, mixed=True)
        lines(canvas, wrap(COUNCIL, 90), x=40, y=560, size=10)

    assert read(tmp_path, drawn(draw)).text.split("\n\n") == [HARBOUR, FISHERMEN, COUNCIL]


# Pages.


HEADS: list[tuple[Callable[[int], str], Callable[[int], str]]] = [
    (lambda _: "VALLEY COURIER | Special report", lambda n: f"Page {n} of 4 Printed 12 September"),
    (lambda _: "Annual report 2023", str),
    (lambda n: f"{n} The harbour report", lambda _: "Confidential"),
    (lambda n: f"The harbour report {n}" if n % 2 else f"{n} J. Moen", lambda _: ""),
    (lambda _: "", lambda n: f"- {n} -"),
    (lambda _: "", lambda n: ["i", "ii", "iii", "iv"][n - 1]),
    (lambda n: f"Doc. 12/2023 p. {n + 40}", lambda _: "Printed on paper"),
]


@pytest.mark.parametrize("size", [7, 9, 11])
@pytest.mark.parametrize("head", range(len(HEADS)))
def test_heads_and_feet_leave_the_sentence_that_they_interrupt(head: int, size: int, tmp_path: Path) -> None:
    printed = wrap(" ".join([HARBOUR, FISHERMEN, COUNCIL] * 2), 80)
    each = -(-len(printed) // 4)

    def draw(canvas: Canvas, number: int) -> None:
        above, below = HEADS[head]
        lines(canvas, [above(number)], y=800, size=size)
        lines(canvas, printed[(number - 1) * each : number * each], y=760)
        lines(canvas, [below(number)], y=50, size=size)

    article = read(tmp_path, drawn(*pages_of(4, draw)))

    assert " ".join(article.text.split()) == " ".join([HARBOUR, FISHERMEN, COUNCIL] * 2)
    pages = [mark for mark in article.marks if mark.kind == "page"]
    assert [mark.level for mark in pages] == [1, 2, 3, 4]
    wanted = {2: 1, 3: 1, 5: "i", 6: 41}.get(head, 1)
    assert pages[0].label == str(wanted)


def test_labels_that_the_file_gives_are_the_pages(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        lines(canvas, [f"This is the text of part {'one two three'.split()[number - 1]}."])
        if number == 1:
            canvas.addPageLabel(0, style="ROMAN_LOWER", start=3)
            canvas.addPageLabel(2, style="ARABIC", start=1)

    article = read(tmp_path, drawn(*pages_of(3, draw)))

    assert [(mark.label, mark.level) for mark in article.marks] == [("iii", 1), ("iv", 2), ("1", 3)]
    assert Outline(article.text, article.marks).place(article.text.index("two")).page == "iv"


def test_a_word_that_two_pages_part_is_whole_and_its_pages_known(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        lines(
            canvas,
            [HARBOUR[:70] + " of the investi-"] if number == 1 else ["gation that the council asked for."],
        )

    article = read(tmp_path, drawn(*pages_of(2, draw)))

    assert "of the investigation that" in article.text
    assert next(article.text[mark.start : mark.end][-7:] for mark in article.marks) == "investi"


def test_numbers_of_the_text_at_the_edge_of_a_page_stay(tmp_path: Path) -> None:
    def draw(canvas: Canvas, number: int) -> None:
        lines(canvas, wrap(HARBOUR, 80), y=120)
        lines(canvas, [["1987", "2014", "1950"][number - 1]], y=50)

    text = read(tmp_path, drawn(*pages_of(3, draw))).text

    assert all(year in text for year in ("1987", "2014", "1950"))


# Tables.


CATCH = [
    ["Harbour", "2021", "2022"],
    ["Skagen", "410", "388"],
    ["Hirtshals", "", "301"],
    ["Thyborøn", "95", "88"],
]
STAFF = [["Name", "Office"], ["Anna Moen", "Bergen"], ["Ole Berg", "Oslo"], ["Kari Lie", "Moss"]]
WIDE = [
    ["Ship", "Built", "Length", "Owner", "State"],
    ["Anna", "1987", "31 m", "Meyer", "sunk"],
    ["Bertha", "1999", "28 m", "Schmidt", "in repair"],
    ["Cora", "2004", "44 m", "Lund", "at sea"],
]
GRID = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
BOOK = [("LINEABOVE", (0, 0), (-1, 0), 1, colors.black), ("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.black)]
STRIPES = ("ROWBACKGROUNDS", (0, 0), (-1, -1), [colors.lightgrey, colors.white])
TIGHT = [("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 0)]
RIGHT = ("ALIGN", (1, 0), (-1, -1), "RIGHT")


@pytest.mark.parametrize("rows", [CATCH, STAFF, WIDE], ids=["catch", "staff", "wide"])
@pytest.mark.parametrize(
    "style", [[], [GRID], BOOK, [STRIPES], TIGHT, [RIGHT], [GRID, RIGHT]],
    ids=["bare", "grid", "book", "stripes", "tight", "right", "grid-right"],
)  # fmt: skip
def test_a_row_of_a_table_is_a_row(
    rows: list[list[str]], style: Sequence[tuple[object, ...]], tmp_path: Path
) -> None:
    data = flowing(
        [
            paragraph(HARBOUR), Spacer(1, 12), paragraph("Table 2: What was found in spring"), Spacer(1, 4),
            table(rows, style), Spacer(1, 12), paragraph(FISHERMEN),
        ]
    )  # fmt: skip

    article = read(tmp_path, data)

    wanted = "\n".join(" ".join(" | ".join(row).split()) for row in rows)
    assert article.text.split("\n\n") == [HARBOUR, "Table 2: What was found in spring", wanted, FISHERMEN]
    (mark,) = [mark for mark in article.marks if mark.kind == "table"]
    assert mark.label == f"Table 2: What was found in spring: {' | '.join(rows[0])}"
    assert article.text[mark.start : mark.end] == wanted


@pytest.mark.parametrize("style", [[GRID], [], BOOK, [STRIPES], [GRID, ("VALIGN", (0, 0), (-1, -1), "TOP")]])
@pytest.mark.parametrize("bullets", [True, False])
def test_the_lines_of_a_cell_stay_in_its_row(
    style: Sequence[tuple[object, ...]],
    bullets: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    def cell(*items: str) -> object:
        if bullets:
            return [
                ListFlowable([ListItem(paragraph(item)) for item in items], bulletType="bullet", start="•")
            ]
        return [paragraph(item) for item in items]

    rows: list[list[object]] = [
        ["Route", "Calls at", "Days"],
        ["North", cell("Bodø", "Tromsø", "Vadsø"), "6"],
        ["South", cell("Moss", "Arendal"), "3"],
        ["West", cell("Bergen", "Stord", "Haugesund"), "5"],
    ]
    text = read(tmp_path, flowing([table(rows, style, colWidths=[80, 160, 60])])).text

    found = [row.replace("• ", "") for row in text.split("\n")]
    assert found == [
        "Route | Calls at | Days",
        "North | Bodø Tromsø Vadsø | 6",
        "South | Moss Arendal | 3",
        "West | Bergen Stord Haugesund | 5",
    ]


# Headings and facts.


def test_bookmarks_give_headings_their_levels(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        y = 760.0
        for level, title, size in (
            (0, "The harbour", 16),
            (1, "Damage", 12),
            (2, "Piles", 11),
            (1, "Costs", 12),
        ):
            canvas.bookmarkPage(title)
            canvas.addOutlineEntry(title, title, level)
            canvas.setFont("Helvetica-Bold", size)
            canvas.drawString(72, y, title)
            y = lines(canvas, wrap(HARBOUR, 80), y=y - 30) - 30

    article = read(tmp_path, drawn(draw))

    headings = [
        (article.text[mark.start : mark.end], mark.level) for mark in article.marks if mark.kind == "heading"
    ]
    assert headings == [("The harbour", 1), ("Damage", 2), ("Piles", 3), ("Costs", 2)]


@pytest.mark.parametrize(
    "sizes",
    [
        [20, 14, 12, 10],
        [16, 13, 10, 10],
        [18, 12, 9, 9],
        [24, 18, 14, 11],
        [15, 12.5, 10.5, 10.5],
        [14, 12, 10, 9],
    ],
)
def test_larger_and_bold_letters_are_headings(sizes: list[float], tmp_path: Path) -> None:
    body = sizes[3]
    parts: list[object] = []
    for size, title in zip(sizes[:3], ("The harbour", "Damage in spring", "Piles"), strict=True):
        parts += [paragraph(f"<b>{title}</b>", size), Spacer(1, 8), paragraph(HARBOUR, body), Spacer(1, 8)]

    article = read(tmp_path, flowing(parts))

    headings = [
        (article.text[mark.start : mark.end], mark.level) for mark in article.marks if mark.kind == "heading"
    ]
    assert headings == [("The harbour", 1), ("Damage in spring", 2), ("Piles", 3)]


@pytest.mark.parametrize(
    ("title", "author", "found"),
    [
        ("The harbour", "Kari Lie", ("The harbour", "Kari Lie")),
        ("Microsoft Word - report_final2.docx", "Administrator", ("", "")),
        ("untitled", "(anonymous)", ("", "")),
        ("report.tex", "user", ("", "")),
        ("Ærø: en ø", "Søren Ørsted", ("Ærø: en ø", "Søren Ørsted")),
        ("", "", ("", "")),
    ],
)
def test_a_title_and_an_author_that_a_program_made_up_are_none(
    title: str, author: str, found: tuple[str, str], tmp_path: Path
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle(title)
        canvas.setAuthor(author)
        lines(canvas, [HARBOUR[:70]])

    article = read(tmp_path, drawn(draw))

    assert (article.title, article.author) == found


def test_a_table_in_the_midst_of_a_sentence_stands_after_it(tmp_path: Path) -> None:
    parts: list[object] = [
        paragraph(HARBOUR[:200]),
        PageBreak(),
        table(CATCH),
        Spacer(1, 14),
        paragraph(HARBOUR[200:]),
    ]

    text = read(tmp_path, flowing(parts)).text

    assert text.split("\n\n")[0] == f"{HARBOUR[:200].strip()} {HARBOUR[200:].strip()}"


def test_lines_of_the_text_that_are_alike_on_two_pages_stay(tmp_path: Path) -> None:
    def draw(canvas: Canvas, _number: int) -> None:
        lines(canvas, ["Annual report"], y=800, size=9)
        lines(canvas, wrap(f"{HARBOUR} {FISHERMEN}", 80), y=760)

    text = " ".join(read(tmp_path, drawn(*pages_of(2, draw))).text.split())

    assert text == " ".join([HARBOUR, FISHERMEN] * 2)


def test_the_last_cell_of_a_drawn_table_keeps_its_lines(tmp_path: Path) -> None:
    long = "Thyborøn and the bays around it, all of them together with the two small islands in the north"
    middle = ("VALIGN", (0, 0), (-1, -1), "MIDDLE")
    rows: list[list[object]] = [["Harbour", "2021"], ["Skagen", "410"], [paragraph(long), "95"]]

    text = read(tmp_path, flowing([table(rows, [GRID, middle], colWidths=[200, 80])])).text

    assert text.split("\n") == ["Harbour | 2021", "Skagen | 410", f"{long} | 95"]


def test_what_is_struck_out_makes_no_table_of_its_lines(tmp_path: Path) -> None:
    parts = [
        paragraph("The rent is <strike>900 euros</strike> 750 euros a month."),
        paragraph("The deposit is <strike>two rents</strike> three rents."),
    ]

    article = read(tmp_path, flowing(parts))

    assert "The rent is 750 euros a month." in article.text
    assert "The deposit is three rents." in article.text
    assert not [mark for mark in article.marks if mark.kind == "table"]


@pytest.mark.parametrize("style", [[GRID], [], BOOK])
def test_a_header_in_the_middle_is_over_its_column(style: list[tuple[object, ...]], tmp_path: Path) -> None:
    middle = ("ALIGN", (0, 0), (-1, 0), "CENTER")

    text = read(tmp_path, flowing([table(STAFF, [*style, middle], colWidths=[200, 200])])).text

    assert text == "\n".join(" | ".join(row) for row in STAFF)
