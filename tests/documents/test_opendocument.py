"""A text of OpenDocument gives what its reader sees."""

import io
import zipfile
from pathlib import Path

import pytest

from citewell.documents.document import document as checked
from citewell.documents.loader import Article
from citewell.documents.loaders.odt import create
from citewell.errors import LoadError

SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in [
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"), ("meta", "meta"),
    ]
)  # fmt: skip
META = (
    f'<office:document-meta {SPACES} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
    "<meta:initial-creator>A. Berg</meta:initial-creator><dc:title>The tide</dc:title>"
    "<meta:creation-date>2020-09-22T10:00:00</meta:creation-date></office:meta></office:document-meta>"
)


def odt(body: str, styles: str = "", manifest: str = "") -> bytes:
    """Write a text of OpenDocument."""
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr("content.xml", content)
        archive.writestr("meta.xml", META)
    return packed.getvalue()


def load(tmp_path: Path, body: str, styles: str = "", manifest: str = "") -> Article:
    path = tmp_path / "tide.odt"
    path.write_bytes(odt(body, styles, manifest))
    (article,) = create().load(path)
    assert checked(article.text, id="tide", marks=article.marks).text == article.text
    return article


def style(properties: str, name: str = "T1", family: str = "text", more: str = "") -> str:
    return (
        f'<style:style style:name="{name}" style:family="{family}" {more}>'
        f"<style:text-properties {properties}/></style:style>"
    )


@pytest.mark.parametrize(
    ("before", "properties", "inside", "after", "shown"),
    [
        ("It holds 10", 'style:text-position="super 58%"', "5", " Bq.", "It holds 10⁵ Bq."),
        ("It holds 10", 'style:text-position="33% 58%"', "5", " Bq.", "It holds 10⁵ Bq."),
        ("CO", 'style:text-position="sub 58%"', "2", " fell.", "CO₂ fell."),
        ("CO", 'style:text-position="-33% 58%"', "2", " fell.", "CO₂ fell."),
        ("It killed ", 'style:text-line-through-style="solid"', "nine ", "two.", "It killed two."),
        ("It killed ", 'style:text-line-through-type="double"', "nine ", "two.", "It killed two."),
        ("It is ", 'text:display="none"', "Ms Holt ", "there.", "It is there."),
        ("It killed ", 'style:text-line-through-style="solid"', "nine", " two.", "It killed two."),
        ("It is ", 'fo:color="#ffffff"', "Ms Holt ", "there.", "It is there."),
        ("It is ", 'fo:font-size="1pt"', "Ms Holt ", "there.", "It is there."),
        ("It is ", 'fo:color="#ffffff" fo:background-color="#000000"', "two ", "there.", "It is two there."),
        ("It is ", 'style:text-line-through-style="none"', "two ", "there.", "It is two there."),
    ],
)
def test_characters_are_read_as_they_look(
    before: str, properties: str, inside: str, after: str, shown: str, tmp_path: Path
) -> None:
    span = f'<text:span text:style-name="T1">{inside}</text:span>'
    for styles in (
        style(properties),
        style(properties, "T0") + style("", more='style:parent-style-name="T0"'),
    ):
        article = load(tmp_path, f"<text:p>{before}{span}{after}</text:p>", styles)
        assert article.text == shown
        assert bool(article.warnings) == (inside.strip() not in shown and not inside.isdigit())
        assert "Holt" not in str(article.warnings)


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        ("a<text:s text:c='2'/>b", "a  b"),
        ("a<text:tab/>b<text:line-break/>c", "a\tb\nc"),
        ("Orr\u00adfors", "Orrfors"),
        ("a\n  b", "a   b"),
        ("<text:a>here</text:a><text:bookmark/>.", "here."),
        (
            "<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>かん</text:ruby-text></text:ruby>",
            "漢(かん)",
        ),
        ("a<text:hidden-text text:display='none'>secret</text:hidden-text>b", "ab"),
    ],
)
def test_elements_of_a_line(inner: str, shown: str, tmp_path: Path) -> None:
    assert load(tmp_path, f"<text:p>{inner}</text:p>").text == shown


def test_headings_lists_notes_and_boxes_stand_in_order(tmp_path: Path) -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Each cost 5.</text:p>"
        "</text:note-body></text:note>"
    )
    numbers = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"'
        ' style:num-suffix="."/><text:list-level-style-bullet text:level="2"/></text:list-style>'
    )
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Old.</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        f'<text:h text:outline-level="2">Damage</text:h><text:p>Two boats{note}.</text:p>'
        '<text:list text:style-name="L1"><text:list-item><text:p>Anna</text:p><text:list><text:list-item>'
        "<text:p>old</text:p></text:list-item></text:list></text:list-item><text:list-item>"
        "<text:p>Bertha</text:p></text:list-item></text:list>"
        "<text:p>It <draw:frame><draw:text-box><text:p>Boxed.</text:p></draw:text-box></draw:frame>"
        "rose.</text:p>"
    )
    article = load(tmp_path, body, numbers)
    assert (
        article.text
        == "Damage\n\nTwo boats.\n\nEach cost 5.\n\n1. Anna\n  - old\n2. Bertha\n\nIt rose.\n\nBoxed."
    )
    assert [(mark.kind, mark.label, mark.level) for mark in article.marks] == [
        ("heading", "", 2),
        ("note", "1", 0),
    ]
    assert article.warnings == ("What is deleted or moved was left out: “Old.”.",)
    assert (article.title, article.published, article.author) == ("The tide", "2020-09-22", "A. Berg")


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


@pytest.mark.parametrize(
    ("rows", "shown", "label"),
    [
        ([cell("Boat") + cell("Holes"), cell("Anna") + cell("2")], "Boat | Holes\nAnna | 2", "Boat | Holes"),
        (
            [cell("Port") + cell("2021", 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>",
             cell("Skagen") + cell("1") + cell("2")],
            "Port | 2021 | 2021\nSkagen | 1 | 2",
            "Port | 2021 | 2021",
        ),
        (
            [cell("Port") + cell("Year"), cell("Skagen", 'table:number-rows-spanned="2"') + cell("2021"),
             "<table:covered-table-cell/>" + cell("2022")],
            "Port | Year\nSkagen | 2021\nSkagen | 2022",
            "Port | Year",
        ),
        ([cell("A") + cell("", 'table:number-columns-repeated="2"'), cell("1") + cell("2") + cell("3")],
         "A | |\n1 | 2 | 3", "A | |"),
    ],
)  # fmt: skip
def test_tables(rows: list[str], shown: str, label: str, tmp_path: Path) -> None:
    made = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    article = load(tmp_path, f"<table:table>{made}</table:table>")
    (mark,) = article.marks
    assert (article.text, mark.label) == (shown, label)


def test_a_text_with_a_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="has a password"):
        load(tmp_path, "<text:p>a</text:p>", manifest="<file><encryption-data/></file>")
