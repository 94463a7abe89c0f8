"""A Word document gives what its reader sees: each kind of markup in several forms."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.parser import parse_xml
from pypdf import _codecs

from citewell.documents.document import document as checked
from citewell.documents.loader import Article
from citewell.documents.loaders.docx import create
from citewell.documents.structure import Outline
from citewell.documents.word.numbering import written
from citewell.documents.word.symbols import symbol
from citewell.errors import LoadError

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def style(id_: str, inner: str, kind: str = "paragraph") -> str:
    return f'<w:style w:type="{kind}" w:styleId="{id_}">{inner}</w:style>'


def load(
    tmp_path: Path,
    *blocks: str,
    styles: tuple[str, ...] = (),
    parts: dict[str, str] | None = None,
    change: Callable[[docx.document.Document], None] = lambda _: None,
) -> Article:
    """Write a document of these blocks, styles and parts of notes, and load it."""
    made = docx.Document()
    body = made.element.body
    for block in blocks:
        body.insert(len(body) - 1, parse_xml(block.replace(">", f" {SPACES}>", 1)))
    for one in styles:
        made.styles.element.append(parse_xml(one.replace(">", f" {SPACES}>", 1)))
    for name, inner in (parts or {}).items():
        data = f"<w:{name} {SPACES}>{inner}</w:{name}>".encode()
        kind = getattr(RELATIONSHIP_TYPE, name.upper())
        content = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{name}+xml"
        made.part.relate_to(Part(PackURI(f"/word/{name}.xml"), content, data, made.part.package), kind)
    change(made)
    path = tmp_path / "tide.docx"
    made.save(str(path))
    (article,) = create().load(path)
    if any(map(str.isalnum, article.text)):
        assert checked(article.text, id="tide", marks=article.marks).text == article.text
    return article


def text_of(tmp_path: Path, *runs: str, **more: object) -> str:
    return load(tmp_path, paragraph(*runs), **more).text  # type: ignore[arg-type]


# Raised and lowered characters.

SUPERSCRIPT = '<w:vertAlign w:val="superscript"/>'
SUBSCRIPT = '<w:vertAlign w:val="subscript"/>'


@pytest.mark.parametrize(
    ("before", "raised", "after", "shown"),
    [
        ("It holds 10", ["5"], " becquerels", "It holds 10⁵ becquerels"),
        ("It took 10", ["−", "9"], " seconds", "It took 10⁻⁹ seconds"),
        ("It measures 40 m", ["2"], ".", "It measures 40 m²."),
        ("It flew 3 × 10", ["12"], " km", "It flew 3 × 10¹² km"),
        ("The ion Ca", ["2+"], " is", "The ion Ca²⁺ is"),
        ("It holds 900 kg/m", ["3"], " there", "It holds 900 kg/m³ there"),
        ("The 4", ["th"], " of July", "The 4th of July"),
        ("It employs 1,250", ["3"], " people", "It employs 1,250 people"),
        ("It works in Oslo", ["12"], " today", "It works in Oslo today"),
        ("It rose.", ["7"], " Then it fell", "It rose. Then it fell"),
        ("As he said", ["1", ",", "2"], " it rose", "As he said it rose"),
        ("It rose", ["*"], " again", "It rose again"),
    ],
)
def test_an_exponent_is_raised_and_the_mark_of_a_note_is_not_in_the_text(
    before: str, raised: list[str], after: str, shown: str, tmp_path: Path
) -> None:
    runs = [run(one, SUPERSCRIPT) for one in raised]
    assert text_of(tmp_path, run(before), *runs, run(after)) == shown


@pytest.mark.parametrize("how", ["style", "paragraph", "based", "position", "direct"])
def test_characters_are_raised_by_any_means(how: str, tmp_path: Path) -> None:
    raised = f"<w:rPr>{SUPERSCRIPT}</w:rPr>"
    styles = (
        style("Up", raised, "character"),
        style("Upper", '<w:basedOn w:val="Up"/>', "character"),
        style("UpParagraph", raised),
    )
    properties = {
        "style": '<w:rStyle w:val="Up"/>',
        "based": '<w:rStyle w:val="Upper"/>',
        "position": '<w:position w:val="6"/><w:sz w:val="16"/>',
        "direct": SUPERSCRIPT,
        "paragraph": "",
    }[how]
    plain = '<w:vertAlign w:val="baseline"/>'
    of_paragraph = '<w:pStyle w:val="UpParagraph"/>' if how == "paragraph" else ""
    block = paragraph(
        run("It holds 10", plain), run("5", properties), run(" Bq", plain), properties=of_paragraph
    )
    assert load(tmp_path, block, styles=styles).text == "It holds 10⁵ Bq"


@pytest.mark.parametrize(
    ("before", "lowered", "after", "shown"),
    [
        ("CO", "2", " fell", "CO₂ fell"),
        ("H", "2", "O is", "H₂O is"),
        ("log", "10", " of 5", "log₁₀ of 5"),
        ("C", "6", "H", "C₆H"),
        ("101", "2", " is five", "101₂ is five"),
        ("x", "1", " and", "x₁ and"),
    ],
)
def test_lowered_numbers_are_lowered(
    before: str, lowered: str, after: str, shown: str, tmp_path: Path
) -> None:
    assert text_of(tmp_path, run(before), run(lowered, SUBSCRIPT), run(after)) == shown


# Withdrawn.

WITHDRAWN = [
    (run("nine ", "<w:strike/>"), ()),
    (run("nine ", "<w:dstrike/>"), ()),
    (run("nine ", '<w:strike w:val="true"/>'), ()),
    (run("ni", "<w:strike/>") + run("ne ", "<w:strike/><w:b/>"), ()),
    (run("nine ", '<w:rStyle w:val="Gone"/>'), (style("Gone", "<w:rPr><w:strike/></w:rPr>", "character"),)),
    (
        run("nine ", '<w:rStyle w:val="Going"/>'),
        (
            style("Gone", "<w:rPr><w:dstrike/></w:rPr>", "character"),
            style("Going", '<w:basedOn w:val="Gone"/>', "character"),
        ),
    ),
    ("<w:del><w:r><w:delText>nine </w:delText></w:r></w:del>", ()),
    ("<w:del><w:r><w:t>nine </w:t></w:r></w:del>", ()),
    ("<w:moveFrom><w:r><w:t>nine </w:t></w:r></w:moveFrom>", ()),
    ("<w:ins><w:del><w:r><w:delText>nine </w:delText></w:r></w:del></w:ins>", ()),
    ("<w:hyperlink>" + run("nine ", "<w:strike/>") + "</w:hyperlink>", ()),
]


@pytest.mark.parametrize(("gone", "styles"), WITHDRAWN)
def test_what_is_withdrawn_is_not_said_but_told(gone: str, styles: tuple[str, ...], tmp_path: Path) -> None:
    article = load(tmp_path, paragraph(run("It killed "), gone, run("two people.")), styles=styles)
    assert article.text == "It killed two people."
    assert len(article.warnings) == 1
    assert "“nine”" in article.warnings[0]


@pytest.mark.parametrize(
    "shown",
    [
        run("nine ", '<w:strike w:val="0"/>'),
        run("nine ", '<w:strike w:val="false"/>'),
        run("nine ", '<w:rStyle w:val="Gone"/><w:strike w:val="0"/>'),
        "<w:ins>" + run("nine ") + "</w:ins>",
        "<w:moveTo>" + run("nine ") + "</w:moveTo>",
        run("nine ", "<w:u/><w:b/>"),
        run("nine ", "<w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange>"),
    ],
)
def test_what_is_not_withdrawn_is_said(shown: str, tmp_path: Path) -> None:
    styles = (style("Gone", "<w:rPr><w:strike/></w:rPr>", "character"),)
    article = load(tmp_path, paragraph(run("It killed "), shown, run("people.")), styles=styles)
    assert (article.text, article.warnings) == ("It killed nine people.", ())


def test_many_withdrawals_are_one_warning(tmp_path: Path) -> None:
    blocks = [paragraph(run(f"word {place}", "<w:strike/>"), run(" It rose.")) for place in range(40)]
    (warning,) = load(tmp_path, *blocks).warnings
    assert "“word 0”" in warning
    assert warning.endswith("and 35 more.")


def test_paragraphs_whose_end_was_deleted_are_one(tmp_path: Path) -> None:
    first = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>It went to Halvorsen</w:t></w:r></w:p>"
    assert load(tmp_path, first, paragraph(run(" and Sons."))).text == "It went to Halvorsen and Sons."


def test_a_heading_whose_end_is_hidden_or_that_is_deleted_leaves_its_text_alone(tmp_path: Path) -> None:
    heading, separator = '<w:pStyle w:val="Heading1"/>', "<w:rPr><w:vanish/><w:specVanish/></w:rPr>"
    gone = "<w:del><w:r><w:delText>Old</w:delText></w:r></w:del>"
    article = load(
        tmp_path,
        paragraph(run("Damage."), properties=heading + separator),
        paragraph(run(" Two boats sank.")),
        paragraph(gone, properties=heading + "<w:rPr><w:del/></w:rPr>"),
        paragraph(run("Nobody was hurt.")),
    )
    assert article.text == "Damage.\n\nTwo boats sank.\n\nNobody was hurt."
    assert [article.text[mark.start : mark.end] for mark in article.marks] == ["Damage."]


@pytest.mark.parametrize("what", ["row", "cell"])
def test_a_deleted_row_or_cell_is_told(what: str, tmp_path: Path) -> None:
    of_row = "<w:trPr><w:del/></w:trPr>" if what == "row" else ""
    of_cell = "<w:tcPr><w:cellDel/></w:tcPr>" if what == "cell" else ""
    rows = [
        f"<w:tr>{properties}{cell('Anna', of_cell if properties else '')}{cell('2')}</w:tr>"
        for properties in (of_row or " ", "")
    ]
    article = load(tmp_path, f"<w:tbl>{''.join(rows)}</w:tbl>", paragraph(run("End.")))
    assert article.text.count("Anna") == 1
    assert "“Anna" in article.warnings[0]


# Hidden.

HIDDEN_STYLE = style("Secret", "<w:rPr><w:vanish/></w:rPr>", "character")
HIDDEN = [
    (run("Ms Holt ", "<w:vanish/>"), ()),
    (run("Ms Holt ", '<w:vanish w:val="1"/>'), ()),
    (run("Ms Holt ", "<w:specVanish/>"), ()),
    (run("Ms Holt ", "<w:webHidden/>"), ()),
    (run("Ms Holt ", '<w:rStyle w:val="Secret"/>'), (HIDDEN_STYLE,)),
    (
        run("Ms Holt ", '<w:rStyle w:val="Deeper"/>'),
        (HIDDEN_STYLE, style("Deeper", '<w:basedOn w:val="Secret"/>', "character")),
    ),
    (run("Ms Holt ", '<w:color w:val="FFFFFF"/>'), ()),
    (run("Ms Holt ", '<w:color w:val="FEFEFE"/>'), ()),
    (run("Ms Holt ", '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="FFFFFF"/>'), ()),
    (run("Ms Holt ", '<w:color w:val="000000"/><w:highlight w:val="black"/>'), ()),
    (run("Ms Holt ", '<w:color w:val="000000"/><w:shd w:val="solid" w:color="000000"/>'), ()),
    (run("Ms Holt ", '<w:sz w:val="2"/>'), ()),
    (run("Ms Holt ", '<w:sz w:val="1"/>'), ()),
    (
        run("Ms Holt ", '<w:rStyle w:val="Tiny"/>'),
        (style("Tiny", '<w:rPr><w:sz w:val="2"/></w:rPr>', "character"),),
    ),
]


@pytest.mark.parametrize(("secret", "styles"), HIDDEN)
def test_what_no_reader_sees_is_not_in_the_text_nor_in_a_warning(
    secret: str, styles: tuple[str, ...], tmp_path: Path
) -> None:
    article = load(tmp_path, paragraph(run("The source is "), secret, run("a clerk.")), styles=styles)
    assert article.text == "The source is a clerk."
    (warning,) = article.warnings
    assert warning.startswith("2 words")
    assert "Holt" not in warning


def test_a_paragraph_is_hidden_by_its_style_and_what_it_is_based_on(tmp_path: Path) -> None:
    styles = (
        style("Secret", "<w:rPr><w:vanish/></w:rPr>"),
        style("Deeper", '<w:basedOn w:val="Secret"/><w:rPr><w:b/></w:rPr>'),
        style("Shown", '<w:basedOn w:val="Secret"/><w:rPr><w:vanish w:val="0"/></w:rPr>'),
        style("Circle", '<w:basedOn w:val="Circle"/>'),
    )
    blocks = [
        paragraph(run(f"In {id_}."), properties=f'<w:pStyle w:val="{id_}"/>')
        for id_ in ("Secret", "Deeper", "Shown", "Circle", "None")
    ]
    both = paragraph(run("On and on is off.", '<w:rStyle w:val="Char"/>'),
                     properties='<w:pStyle w:val="Secret"/>')  # fmt: skip
    hidden = style("Char", "<w:rPr><w:vanish/></w:rPr>", "character")
    article = load(tmp_path, *blocks, both, styles=(*styles, hidden))
    assert article.text == "In Shown.\n\nIn Circle.\n\nIn None.\n\nOn and on is off."


def test_what_the_defaults_hide_is_hidden_unless_a_run_says_otherwise(tmp_path: Path) -> None:
    def hide(made: docx.document.Document) -> None:
        defaults = made.styles.element.find(".//{*}rPrDefault/{*}rPr")
        defaults.append(parse_xml(f"<w:vanish {SPACES}/>"))

    block = paragraph(run("Secret. "), run("Shown.", '<w:vanish w:val="0"/>'))
    assert load(tmp_path, block, change=hide).text == "Shown."


DARK = [
    paragraph(run("Two boats.", '<w:color w:val="FFFFFF"/><w:highlight w:val="darkBlue"/>')),
    paragraph(run("Two boats.", '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="1F3864"/>')),
    paragraph(run("Two boats.", '<w:color w:val="FFFFFF"/>'),
              properties='<w:shd w:val="clear" w:fill="1F3864"/>'),
    paragraph(run("Two boats.", '<w:color w:val="FFFFFF"/>'), properties='<w:shd w:val="pct80"/>'),
    paragraph(run("Two boats.", '<w:color w:val="FFFFFF"/>'), properties='<w:pStyle w:val="Dark"/>'),
    (
        '<w:tbl><w:tr><w:tc><w:tcPr><w:shd w:val="clear" w:fill="000000"/></w:tcPr>'
        + paragraph(run("Two boats.", '<w:color w:val="FFFFFF"/>'))
        + "</w:tc></w:tr></w:tbl>"
    ),
    (
        '<w:tbl><w:tblPr><w:tblStyle w:val="DarkTable"/></w:tblPr><w:tr><w:tc>'
        + paragraph(run("Two boats.", '<w:color w:val="FFFFFF"/>'))
        + "</w:tc></w:tr></w:tbl>"
    ),
    paragraph(run("Two boats.", '<w:color w:val="FFFF00"/>')),
    paragraph(run("Two boats.", '<w:color w:val="auto"/>')),
    paragraph(run("Two boats.", '<w:sz w:val="8"/>')),
]  # fmt: skip


@pytest.mark.parametrize("block", DARK)
def test_white_on_dark_and_what_can_be_read_stays(block: str, tmp_path: Path) -> None:
    styles = (
        style("Dark", '<w:pPr><w:shd w:val="clear" w:fill="222222"/></w:pPr>'),
        style("DarkTable", '<w:tblStylePr><w:tcPr><w:shd w:fill="000000"/></w:tcPr></w:tblStylePr>', "table"),
    )
    article = load(tmp_path, block, styles=styles)
    assert (article.text, article.warnings) == ("Two boats.", ())


# Symbols and other characters.


@pytest.mark.parametrize(
    ("font", "code", "shown"),
    [
        ("Symbol", "F06D", "μ"),
        ("Symbol", "F0B1", "±"),
        ("Symbol", "00A3", "≤"),
        ("Symbol", "F0B3", "≥"),
        ("Symbol", "F044", "Δ"),
        ("symbol", "F0AE", "→"),
        ("Wingdings", "F0FC", "✓"),
        ("Wingdings", "F04A", "☺"),
        ("Wingdings 2", "F050", "🗸"),
        ("Times New Roman", "2014", "—"),
        ("House Font", "F041", "\ufffd"),
        ("Symbol", "F0F0", "\ufffd"),
        ("Symbol", "nonsense", "\ufffd"),
    ],
)
def test_a_symbol_is_the_character_that_is_seen(font: str, code: str, shown: str, tmp_path: Path) -> None:
    inserted = f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'
    article = load(tmp_path, paragraph(run("A "), inserted, run(" B")))
    assert article.text == f"A {shown} B"
    assert bool(article.warnings) == (shown == "\ufffd")


def test_every_symbol_of_adobe_is_known() -> None:
    theirs = _codecs.charset_encoding["/Symbol"]
    # These are drawn the same, or Unicode has two characters for one.
    alike = {0x27, 0x2A, 0x44, 0x57, 0x60, 0x7E, 0xBD, 0xBE, 0xF4, 0xE1, 0xF1, 0x61, 0xF0}
    ours = [symbol("Symbol", 0xF000 + code) for code in range(0x21, 0xFF)]
    wrong = [
        (hex(code), mine, other)
        for code, (mine, other) in enumerate(zip(ours, theirs[0x21:0xFF], strict=True), start=0x21)
        if mine != other
        and code not in alike
        and not 0x7F <= code <= 0xA0
        and ord(other[:1] or "\0") < 0xF000
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        ("<w:t>Orr</w:t><w:softHyphen/><w:t>fors</w:t>", "Orrfors"),
        ("<w:t>Orr\u00adfors</w:t>", "Orrfors"),
        ("<w:t>e</w:t><w:noBreakHyphen/><w:t>mail</w:t>", "e-mail"),
        ('<w:t>a</w:t><w:ptab w:alignment="right"/><w:t>b</w:t>', "a\tb"),
        ("<w:t>a</w:t><w:br/><w:t>b</w:t>", "a\nb"),
        ("<w:t>a\nb</w:t>", "a b"),
        ('<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>\uf06d</w:t>', "μ"),
        ('<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>m</w:t>', "μ"),
        ("<w:t>\uf06d</w:t>", "\ufffd"),
        (
            (
                "<w:ruby><w:rt><w:r><w:t>かん</w:t></w:r></w:rt>"
                "<w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby>"
            ),
            "漢(かん)",
        ),
        ("<w:lastRenderedPageBreak/><w:t>a</w:t>", "a"),
    ],
)
def test_a_character_that_is_an_element(inner: str, shown: str, tmp_path: Path) -> None:
    assert text_of(tmp_path, f"<w:r>{inner}</w:r>") == shown


FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
TICKED = (
    '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>'
    "</w:fldChar></w:r>"
)
BEGIN, MIDDLE, END = map(FIELD.format, ("begin", "separate", "end"))


def code(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        ((BEGIN, code("REF cost"), MIDDLE, run("Annex 7"), END), "See Annex 7 here"),
        ((BEGIN, code("HYPERLINK x"), MIDDLE, run("Annex"), run(" 7"), END), "See Annex 7 here"),
        ((BEGIN, code("IF "), BEGIN, code("PAGE"), MIDDLE, run("3"), END, code("=1"), MIDDLE, run("x"), END),
         "See x here"),
        (('<w:fldSimple w:instr="REF a">', run("Annex 7"), "</w:fldSimple>"), "See Annex 7 here"),
        ((BEGIN, code('XE "harbour"'), END), "See  here"),
        ((BEGIN, code('SYMBOL 109 \\f "Symbol" \\s 12'), END), "See μ here"),
        ((BEGIN, code("never ends"), run("Annex 7")), "See Annex 7 here"),
        ((END, run("Annex 7")), "See Annex 7 here"),
        ((TICKED, code("FORMCHECKBOX"), END), "See ☒ here"),
    ],
)  # fmt: skip
def test_a_field_shows_its_result_and_not_its_code(
    inner: tuple[str, ...], shown: str, tmp_path: Path
) -> None:
    assert text_of(tmp_path, run("See "), *inner, run(" here")) == shown


def math(inner: str) -> str:
    return f"<m:oMath>{inner}</m:oMath>"


def letter(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (f"<m:sSup><m:e>{letter('10')}</m:e><m:sup>{letter('5')}</m:sup></m:sSup>", "10⁵"),
        (f"<m:sSup><m:e>{letter('e')}</m:e><m:sup>{letter('−x/2')}</m:sup></m:sSup>", "e^(−x/2)"),
        (f"<m:sSup><m:e>{letter('a+b')}</m:e><m:sup>{letter('2')}</m:sup></m:sSup>", "(a+b)²"),
        (f"<m:sSub><m:e>{letter('x')}</m:e><m:sub>{letter('1')}</m:sub></m:sSub>", "x₁"),
        (f"<m:f><m:num>{letter('a+b')}</m:num><m:den>{letter('2')}</m:den></m:f>", "(a+b)/2"),
        (f"<m:rad><m:deg/><m:e>{letter('x+1')}</m:e></m:rad>", "√(x+1)"),
        (f"<m:rad><m:deg>{letter('3')}</m:deg><m:e>{letter('8')}</m:e></m:rad>", "∛8"),
        (
            f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e>{letter("x")}</m:e></m:d>',
            "[x]",
        ),
        (
            (
                f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{letter("1")}</m:sub>'
                f"<m:sup>{letter('n')}</m:sup><m:e>{letter('x')}</m:e></m:nary>"
            ),
            "∑₁ⁿ x",
        ),
        (f"<m:func><m:fName>{letter('sin')}</m:fName><m:e>{letter('x')}</m:e></m:func>", "sin x"),
        (
            (
                f"<m:m><m:mr><m:e>{letter('1')}</m:e><m:e>{letter('0')}</m:e></m:mr>"
                f"<m:mr><m:e>{letter('0')}</m:e><m:e>{letter('1')}</m:e></m:mr></m:m>"
            ),
            "[1, 0; 0, 1]",
        ),
        ("<m:r><w:rPr><w:vanish/></w:rPr><m:t>secret</m:t></m:r>" + letter("x"), "x"),
    ],
)  # fmt: skip
def test_an_equation_stands_on_the_line(inner: str, shown: str, tmp_path: Path) -> None:
    assert text_of(tmp_path, run("So "), math(inner), run(".")) == f"So {shown}."


# Parts.


def cell(text: str, properties: str = "") -> str:
    inner = text if text.startswith("<") else paragraph(run(text))
    return f"<w:tc>{properties}{inner}</w:tc>"


BOX = "<w:txbxContent>" + paragraph(run("It lasts nine weeks.")) + "</w:txbxContent>"
BOXES = [
    f"<w:r><w:pict><v:shape><v:textbox>{BOX}</v:textbox></v:shape></w:pict></w:r>",
    (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{BOX}</wps:txbx>'
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict>{BOX}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    ),
    (
        f'<mc:AlternateContent><mc:Choice Requires="wps"><w:r><w:drawing>{BOX}</w:drawing></w:r></mc:Choice>'
        "</mc:AlternateContent>"
    ),
]


@pytest.mark.parametrize("box", BOXES)
def test_a_text_box_does_not_part_the_sentence_that_it_hangs_on(box: str, tmp_path: Path) -> None:
    article = load(tmp_path, paragraph(run("It was"), box, run(" closed.")), paragraph(run("End.")))
    assert article.text == "It was closed.\n\nIt lasts nine weeks.\n\nEnd."


NOTES = {
    "footnotes": f'<w:footnote w:type="separator" w:id="0">{paragraph(run("line"))}</w:footnote>'
    f'<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r>{run(" Each cost 1,340 dollars.")}</w:p>'
    "</w:footnote>"
    f'<w:footnote w:id="3">{paragraph(run("Old."))}{paragraph(run("And new."))}</w:footnote>'
    f'<w:footnote w:id="4">{paragraph(run("Nobody refers to it."))}</w:footnote>',
    "endnotes": f'<w:endnote w:id="2">{paragraph(run("They lie in Ostrava."))}</w:endnote>',
}


def reference(kind: str, id_: int, more: str = "", inner: str = "") -> str:
    return f'<w:r><w:rPr>{SUPERSCRIPT}</w:rPr><w:{kind}Reference w:id="{id_}" {more}/>{inner}</w:r>'


def test_notes_stand_behind_their_paragraph_with_their_signs(tmp_path: Path) -> None:
    article = load(
        tmp_path,
        paragraph(run("It bought 900"), reference("footnote", 2), run(" lamps."), reference("endnote", 2)),
        paragraph(run("They are old."), reference("footnote", 3, 'w:customMarkFollows="1"', "<w:t>*</w:t>")),
        paragraph(run("End.")),
        parts=NOTES,
    )
    assert article.text == (
        "It bought 900 lamps.\n\nEach cost 1,340 dollars.\n\nThey lie in Ostrava.\n\n"
        "They are old.\n\nOld.\nAnd new.\n\nEnd."
    )
    notes = [(mark.label, article.text[mark.start : mark.end]) for mark in article.marks]
    assert notes == [
        ("1", "Each cost 1,340 dollars."),
        ("i", "They lie in Ostrava."),
        ("*", "Old.\nAnd new."),
    ]


def test_the_note_of_a_table_stands_behind_it_and_of_withdrawn_words_nowhere(tmp_path: Path) -> None:
    row = f"<w:tr>{cell(paragraph(run('Anna'), reference('footnote', 2)))}{cell('2')}</w:tr>"
    gone = f"<w:del>{reference('footnote', 3)}</w:del>"
    article = load(tmp_path, f"<w:tbl>{row}{row}</w:tbl>", paragraph(run("End."), gone), parts=NOTES)
    assert article.text == "Anna | 2\nAnna | 2\n\nEach cost 1,340 dollars.\n\nEnd."


def test_pictures_and_comments_are_told(tmp_path: Path) -> None:
    drawing = "<w:r><w:drawing><a:blip/></w:drawing></w:r>"
    article = load(tmp_path, paragraph(run("It rose."), drawing, drawing, "<w:r><w:commentReference/></w:r>"))
    assert article.warnings == ("Not read: 2 pictures.", "Not read: 1 comment.")
    assert article.text == "It rose."


# Tables.

SPAN, DOWN, ON = (
    f"<w:tcPr>{inner}</w:tcPr>"
    for inner in ('<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>")
)
LOOK = '<w:tblPr><w:tblLook w:firstRow="1"/></w:tblPr>'


def table(*rows: str, properties: str = LOOK) -> str:
    return f"<w:tbl>{properties}{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


@pytest.mark.parametrize(
    ("made", "shown", "label"),
    [
        (table(cell("Boat") + cell("Holes"), cell("Anna") + cell("2")), "Boat | Holes\nAnna | 2",
         "Boat | Holes"),
        (
            table(cell("Port", DOWN) + cell("2021", SPAN) + cell("2022"), cell("", ON) + cell("spring")
                  + cell("autumn") + cell("spring"),
                  cell("Skagen") + cell("410") + cell("388") + cell("502")),
            "Port | 2021 spring | 2021 autumn | 2022 spring\nSkagen | 410 | 388 | 502",
            "Port | 2021 spring | 2021 autumn | 2022 spring",
        ),
        (
            table(cell("Port") + cell("Year") + cell("Catch"),
                  cell("Skagen", DOWN) + cell("2021") + cell("4"),
                  cell("", ON) + cell("2022") + cell("5")),
            "Port | Year | Catch\nSkagen | 2021 | 4\nSkagen | 2022 | 5",
            "Port | Year | Catch",
        ),
        (
            table(cell("Port") + cell("Catch") + cell("Sold"),
                  cell("North", '<w:tcPr><w:gridSpan w:val="3"/></w:tcPr>'),
                  cell("Skagen") + cell("") + cell("5")),
            "Port | Catch | Sold\nNorth\nSkagen | | 5",
            "Port | Catch | Sold",
        ),
        (
            table(cell("Port") + cell("Catch"),
                  '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell("410")),
            "Port | Catch\n410",
            "Port | Catch",
        ),
        (
            table(cell("A", "<w:tcPr><w:hMerge w:val='restart'/></w:tcPr>")
                  + cell("", "<w:tcPr><w:hMerge w:val='continue'/></w:tcPr>") + cell("B"),
                  cell("1") + cell("2") + cell("3"), cell("4") + cell("5") + cell("6")),
            "A 1 | A 2 | B 3\n4 | 5 | 6",
            "A 1 | A 2 | B 3",
        ),
        (
            table(cell("Boat") + cell("2021") + cell("2022"), cell("Anna") + cell("none", SPAN)),
            "Boat | 2021 | 2022\nAnna | none | none",
            "Boat | 2021 | 2022",
        ),
        (
            table("<w:trPr><w:tblHeader/></w:trPr>" + cell("1") + cell("2"), cell("Anna") + cell("2")),
            "1 | 2\nAnna | 2",
            "1 | 2",
        ),
        (
            table(cell("Boat") + cell("Anna"), cell("Built") + cell("1987"),
                  properties='<w:tblPr><w:tblLook w:firstRow="0"/></w:tblPr>'),
            "Boat | Anna\nBuilt | 1987",
            "",
        ),
    ],
)  # fmt: skip
def test_a_row_is_a_line_and_its_columns_are_right(made: str, shown: str, label: str, tmp_path: Path) -> None:
    article = load(tmp_path, paragraph(run("See.")), made, paragraph(run("End.")))
    assert article.text == f"See.\n\n{shown}\n\nEnd."
    place = Outline(article.text, article.marks).place(article.text.rindex("\n", 0, -6) + 1)
    assert place.table == label


@pytest.mark.parametrize("below", [False, True])
def test_a_caption_goes_into_the_label(below: bool, tmp_path: Path) -> None:  # noqa: FBT001
    caption = paragraph(run("Table 1: Losses"), properties='<w:pStyle w:val="Beschriftung"/>')
    rows = table(cell("Boat") + cell("Holes"), cell("Anna") + cell("2"))
    blocks = [rows, caption] if below else [caption, rows]
    named = style("Beschriftung", '<w:name w:val="caption"/>')
    article = load(tmp_path, *blocks, paragraph(run("End.")), styles=(named,))
    place = Outline(article.text, article.marks).place(article.text.index("Anna"))
    assert place.table == "Table 1: Losses: Boat | Holes"
    assert [mark.kind for mark in article.marks].count("caption") == 1


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (
            paragraph(run("Monday 10 to 18")) + paragraph(run("Sunday closed")),
            "Monday 10 to 18; Sunday closed",
        ),
        (paragraph(run("It rose.")) + paragraph(run("It fell.")), "It rose. It fell."),
        ("<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p>", "a b"),
        (
            paragraph(run("one"), properties='<w:pStyle w:val="ListBullet"/>')
            + paragraph(run("two"), properties='<w:pStyle w:val="ListBullet"/>'),
            "one; two",
        ),
        (
            paragraph(run("one"), properties='<w:pStyle w:val="ListNumber"/>')
            + paragraph(run("two"), properties='<w:pStyle w:val="ListNumber"/>'),
            "1. one; 2. two",
        ),
        (table(cell("x") + cell("y"), cell("1") + cell("2")) + paragraph(run("z")), "x, y; 1, 2; z"),
        (f"<w:sdt><w:sdtContent>{paragraph(run('In a control'))}</w:sdtContent></w:sdt>", "In a control"),
    ],
)
def test_whatever_a_cell_holds_is_on_the_line_of_its_row(content: str, shown: str, tmp_path: Path) -> None:
    rows = table(cell("Day") + cell("Open"), cell("All") + cell(content))
    assert load(tmp_path, rows).text == f"Day | Open\nAll | {shown}"


def test_a_table_of_one_cell_is_a_frame_around_its_text(tmp_path: Path) -> None:
    inner = paragraph(run("Damage"), properties='<w:pStyle w:val="Heading1"/>') + paragraph(run("Two boats."))
    article = load(tmp_path, table(cell(inner)))
    assert article.text == "Damage\n\nTwo boats."
    assert [mark.kind for mark in article.marks] == ["heading"]


# Headings and lists.


@pytest.mark.parametrize(
    ("properties", "level"),
    [
        ('<w:pStyle w:val="Heading1"/>', 1),
        ('<w:pStyle w:val="Heading3"/>', 3),
        ('<w:pStyle w:val="berschrift2"/>', 2),
        ('<w:pStyle w:val="Chapter"/>', 4),
        ('<w:pStyle w:val="BasedOn"/>', 2),
        ('<w:outlineLvl w:val="1"/>', 2),
        ('<w:pStyle w:val="Title"/>', 1),
        ('<w:pStyle w:val="Heading1"/><w:outlineLvl w:val="9"/>', 0),
        ('<w:pStyle w:val="TOCHeading2"/>', 0),
        ("", 0),
    ],
)
def test_a_heading_has_the_level_that_its_style_gives(properties: str, level: int, tmp_path: Path) -> None:
    styles = (
        style("berschrift2", '<w:name w:val="heading 2"/>'),
        style("Chapter", '<w:name w:val="Kapitel"/><w:pPr><w:outlineLvl w:val="3"/></w:pPr>'),
        style("BasedOn", '<w:name w:val="Mein"/><w:basedOn w:val="berschrift2"/>'),
        style("TOCHeading2", '<w:name w:val="TOC Heading 2"/><w:basedOn w:val="Heading1"/><w:pPr>'
              '<w:outlineLvl w:val="9"/></w:pPr>'),
    )  # fmt: skip
    article = load(tmp_path, paragraph(run("Damage"), properties=properties), paragraph(run("It rose.")),
                   styles=styles)  # fmt: skip
    assert [mark.level for mark in article.marks] == [level] * bool(level)
    assert article.title == ("Damage" if level else "")


def numbered(level: int = 0, id_: int = 77) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{id_}"/></w:numPr>'


def with_lists(made: docx.document.Document) -> None:
    """Add a list: 1. a) and one of bullets, and a second list that begins at 5."""
    root = made.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{shown}"/>'
        "</w:lvl>"
        for place, (form, shown) in enumerate(
            [("decimal", "%1."), ("lowerLetter", "%2)"), ("decimal", "%1.%3"), ("bullet", "\uf0b7")]
        )
    )
    root.insert(0, parse_xml(f'<w:abstractNum {SPACES} w:abstractNumId="900">{levels}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {SPACES} w:numId="77"><w:abstractNumId w:val="900"/></w:num>'))
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    root.append(parse_xml(f'<w:num {SPACES} w:numId="78"><w:abstractNumId w:val="900"/>{override}</w:num>'))


def test_a_list_is_counted_as_it_is_shown(tmp_path: Path) -> None:
    at = [(0, 77), (1, 77), (1, 77), (0, 77), (1, 77), (3, 77), (0, 78), (0, 78), (2, 78)]
    blocks = [paragraph(run(f"item {place}"), properties=numbered(*where)) for place, where in enumerate(at)]
    blocks.insert(4, paragraph(run(""), properties=numbered()))
    none = paragraph(run("none"), properties=numbered(0, 0))
    assert load(tmp_path, *blocks, none, change=with_lists).text == (
        "1. item 0\n  a) item 1\n  b) item 2\n2. item 3\n  a) item 4\n    - item 5\n\n"
        "5. item 6\n6. item 7\n  6.1 item 8\n\nnone"
    )


def test_an_item_of_a_list_of_its_own_stands_in_the_item_that_it_is_indented_under(tmp_path: Path) -> None:
    made = docx.Document()
    for text, style in [("Adults 12", ""), ("in July 14", " 2"), ("in May 9", " 2"), ("Children 5", "")]:
        made.add_paragraph(text, style=f"List Bullet{style}")
    made.save(str(tmp_path / "a.docx"))
    (article,) = create().load(tmp_path / "a.docx")
    assert article.text == "- Adults 12\n  - in July 14\n  - in May 9\n- Children 5"


def test_numbers_of_lists_are_written_in_every_form() -> None:
    forms = ("decimal", "upperRoman", "lowerLetter", "upperLetter", "decimalZero", "none", "chicago")
    assert [written(29, form) for form in forms] == ["29", "XXIX", "cc", "CC", "29", "", "29"]


# What the file says of itself.


@pytest.mark.parametrize(
    ("created", "published"),
    [
        ("2020-09-22T10:00:00Z", "2020-09-22"),
        ("2013-12-23T23:15:00Z", ""),
        ("2013-12-24T08:00:00Z", "2013-12-24"),
        ("1601-01-01T00:00:00Z", ""),
        ("1980-01-01T00:00:00Z", ""),
        ("nonsense", ""),
    ],
)
def test_the_day_of_a_template_is_no_day_of_publication(created: str, published: str, tmp_path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("It rose.")
    made.core_properties.author = "A. Berg"
    made.save(str(tmp_path / "a.docx"))
    changed = tmp_path / "b.docx"
    with zipfile.ZipFile(tmp_path / "a.docx") as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"2013-12-23T23:15:00Z", created.encode()))
    (article,) = create().load(changed)
    assert (article.published, article.author) == (published, "A. Berg")


def test_the_name_of_a_program_is_no_author(tmp_path: Path) -> None:
    assert load(tmp_path, paragraph(run("It rose."))).author == ""


def test_a_document_with_a_password_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "tide.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900))
    with pytest.raises(LoadError, match="has a password, or is of an older format"):
        list(create().load(path))
