"""Whatever a file holds, loading gives articles that can be stored or a failure of one line."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citewell import plugins
from citewell.documents.loading import load
from citewell.text.normalisation import normalise
from fuzzing import ANY_TEXT, Mutation, mutations, tried

SENTENCE = "The tide rose to 3.2 metres at the harbour on Tuesday, the agency said in its report."
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The tide rose | News</title>
<meta property="article:published_time" content="2020-09-22T10:00:00Z"><link rel="canonical" href="https://a.example/">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "The tide"}}</script></head><body>
<nav><ul><li><a href="/">Home</a></li></ul></nav><main><article><h1>The tide rose</h1><p>{SENTENCE}</p>
<table><tr><td>Boat</td><td>Anna</td></tr></table><ul><li>One</li><li>Two</li></ul>
<blockquote>{SENTENCE}</blockquote>
<p>Nobody was hurt &amp; two boats were lost, <b>said</b> a <a href="/x">spokesman</a>.</p></article></main>
</body></html>"""


def check(path: Path, data: bytes) -> None:
    """Load a file twice: the same each time, whole articles or one line that says why not."""
    path.write_bytes(data)
    loaded = load([path])
    for document in loaded.documents:
        assert normalise(document.text) == document.text
        assert any(map(str.isalnum, document.text))
        for field in (document.id, document.title, document.source, document.published):
            assert field.isprintable() or normalise(field) == field
            field.encode()
        json.dumps([document.text, document.title]).encode()
    for failure in loaded.failures:
        assert failure.reason
        assert "\n" not in failure.reason
        assert len(failure.reason) < 600
    assert bool(loaded.documents) != bool(loaded.failures)
    again = load([path])
    assert (again.documents, again.failures) == (loaded.documents, loaded.failures)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


# Real files, changed.


def pdf(*streams: bytes, font: bytes = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>") -> bytes:
    """Write a PDF by hand: each page a stream of operators."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * number) for number in range(len(streams)))
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(streams), kids),
        font,
        b"<</Title(The tide)/CreationDate(D:20200922101500Z)>>",
    ]
    for number, stream in enumerate(streams):
        parts.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
            b"/Contents %d 0 R>>" % (6 + 2 * number)
        )
        parts.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    body, offsets = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj%sendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size %d/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, table) + end


def word() -> bytes:
    """Write a Word document with a heading, a table and a list."""
    document = docx.Document()
    document.core_properties.title = "The tide"
    document.add_heading("Damage", 1)
    document.add_paragraph(SENTENCE)
    document.add_table(1, 2).rows[0].cells[0].text = "Boat"
    document.add_paragraph("Nobody was hurt.", style="List Bullet")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def operators(*lines: str) -> bytes:
    """Return a page of text."""
    return f"BT /F1 12 Tf 14 TL 72 720 Td {' '.join(f'({line}) Tj T*' for line in lines)} ET".encode()


def packed(parts: dict[str, str]) -> bytes:
    """Write an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def workbook() -> bytes:
    """Write a workbook with a table."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in (["Boat", "Built"], ["Anna", 1987], ["Bertha", 2019]):
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


ODF = "urn:oasis:names:tc:opendocument:xmlns"
WHOLE: dict[str, bytes] = {
    "txt": SENTENCE.encode(),
    "md": f"---\ntitle: The tide\ndate: 2020-09-22\n---\n# Damage\n\n{SENTENCE}\n\n- one\n- two\n".encode(),
    "html": PAGE.encode(),
    "pdf": pdf(operators(SENTENCE, "Nobody was hurt."), operators("1")),
    "docx": word(),
    "xlsx": workbook(),
    "odt": packed(
        {
            "content.xml": (
                f'<o:document-content xmlns:o="{ODF}:office:1.0" xmlns:t="{ODF}:text:1.0"><o:body><o:text>'
                f"<t:p>{SENTENCE}</t:p></o:text></o:body></o:document-content>"
            )
        }
    ),
    "rtf": ("{\\rtf1\\ansi\\ansicpg1252 " + SENTENCE + "\\par Nobody was hurt.\\par}").encode(),
    "epub": packed(
        {
            "META-INF/container.xml": (
                f'<container xmlns="{ODF}:container"><rootfile full-path="p"/></container>'
            ),
            "p": (
                '<package xmlns="http://www.idpf.org/2007/opf"><item id="a" href="a" media-type="text/html"/>'
                '<itemref idref="a"/></package>'
            ),
            "a": PAGE,
        }
    ),
    "eml": f"From: a@b.example\nSubject: A\nDate: Tue, 22 Sep 2020 10:00:00 +0200\n\n{SENTENCE}\n".encode(),
    "jsonl": "".join(json.dumps({"text": SENTENCE, "title": title}) + "\n" for title in ("A", "B")).encode(),
    "csv": f'id,text,published\n7,"{SENTENCE}",2020-09-22\n'.encode(),
}
# What means something in a format.
TOKENS: dict[str, list[bytes]] = {
    "xlsx": [b"<row/>", b"<c r='ZZ9'/>", b"PK\x05\x06", b"\x00", b"\xff", b"t='s'", b"<v>1e999</v>"],
    "odt": [b"<t:p/>", b"<t:h>", b"PK\x05\x06", b"\x00", b"\xff", b"&lol;", b"<t:s t:c='99999999'/>"],
    "epub": [b"<item/>", b"../..", b"PK\x05\x06", b"\x00", b"\xff", b"&lol;", b"<sup>", b"<td>"],
    "rtf": [b"{", b"}", b"\\u55357?", b"\\'ff", b"\\v ", b"\\footnote", b"\\cell", b"\\row", b"\\bin99999",
            b"\\uc99 ", b"\\*", b"\\f1", b"\\ansicpg0", b"\\outlinelevel1", b"\\super 5", b"\\info"],
    "eml": [b"\n\n", b"\n", b"Content-Type: multipart/mixed; boundary=a\n", b"--a", b"=?utf-8?q?=", b"\xff",
            b"Content-Transfer-Encoding: base64\n", b"From: <", b"charset=undefined", b"<p>"],
    "txt": [b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\r", b"\xe2\x80\xa8", b"\x93", b"\xed\xa0\xbd"],
    "md": [b"---\n", b"```\n", b"# ", b"[a](b", b"title: ", b"\n...\n", b"|", b"===", b"\xff\xfe"],
    "html": [
        b"<p>", b"</p>", b"<article>", b"</body>", b"<!--", b"-->", b"<![CDATA[", b"&#0;", b"&#x110000;",
        b"&#xd800;", b"<script>", b'<meta charset="utf-16">', b'<meta charset="undefined">', b"<table><tr>",
        b"<svg>", b"<br/>", b'<a href="', b"<?xml ?>", b"<!DOCTYPE", b"\x00", b"\xff", b"<title>",
        b"<time datetime='99999-1-1'>",
    ],
    "pdf": [
        b"1 0 R", b"2 0 R", b"<<", b">>", b"[", b"(", b"endobj", b"/Length -1", b"/Filter/FlateDecode",
        b"\x00", b"stream\n", b"-99999999999", b"/Encrypt 4 0 R", b"/Type/ObjStm", b"/Kids[2 0 R]", b"1e999",
        b"/Prev 9",
    ],
    "docx": [
        b"<w:p>", b"</w:p>", b"<w:tbl/>", b"<w:tr><w:tc/></w:tr>", b"&lol;", b"<w:t>x</w:t>", b"<w:br/>",
        b"<w:del>", b"<!DOCTYPE x>", b"PK\x05\x06", b"\x00", b"\xff", b"2020-99-99T00:00:00Z",
        b'w:val="Heading1"',
    ],
    "jsonl": [
        b"\n", b"{", b"[" * 40, b'"text"', b"NaN", b"1e999", b"null", b'"\\ud83d"', b"\\u0000", b'"text": {}',
        b"-", b'"published": "0000"', b'"id": 7', b"\xe2\x80\xa8", b"9" * 5000,
    ],
    "csv": [b'"', b",", b";", b"\t", b"\n", b"\r", b"\x00", b"text", b'""', b"\xff\xfe", b"\r\n\r\n"],
}  # fmt: skip


def test_every_loader_is_fuzzed() -> None:
    assert set(plugins.names("loaders")) == set(WHOLE) == set(TOKENS)


@pytest.mark.parametrize("kind", WHOLE)
def test_a_changed_file_is_read_or_refused(folder: Path, kind: str) -> None:
    @given(mutations(TOKENS[kind]))
    @tried(40)
    def changed(change: Mutation) -> None:
        check(folder / f"changed.{kind}", change(WHOLE[kind]))

    changed()


@given(st.binary(max_size=300), st.sampled_from(sorted(WHOLE)))
@tried(60)
def test_any_bytes_are_read_or_refused_under_any_name(folder: Path, data: bytes, kind: str) -> None:
    check(folder / f"any.{kind}", data)


# Files that are well formed, of anything.


@given(
    ANY_TEXT, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
)
@tried(60)
def test_any_text_is_read_or_refused_in_any_encoding(folder: Path, text: str, encoding: str) -> None:
    check(folder / "any.txt", text.encode(encoding, "surrogatepass" if encoding[:3] == "utf" else "replace"))


FIELDS = st.sampled_from(
    ["text", "body", "content", "article", "id", "title", "source", "url", "published", "date", "x"]
)
SCALARS = st.one_of(
    ANY_TEXT,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(
        ["2020-09-22", "0000-00-00", "99999-01-01", "2020-09-22T10:00:00+99:99", "https://a.example/", "../x"]
    ),
)
RECORDS = st.one_of(
    st.dictionaries(FIELDS, SCALARS, max_size=5),
    st.builds(
        lambda text, more: {**more, "text": text}, ANY_TEXT, st.dictionaries(FIELDS, SCALARS, max_size=3)
    ),
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3)
    ),
)


@given(st.lists(RECORDS, max_size=5), st.sampled_from(["\n", "\r\n", "\n\n", "\r"]))
@tried(60)
def test_lines_of_any_json_are_read_or_refused(folder: Path, records: list[Any], between: str) -> None:
    check(folder / "any.jsonl", between.join(map(json.dumps, records)).encode())


@given(
    st.lists(FIELDS, max_size=5),
    st.lists(st.lists(ANY_TEXT, max_size=6), max_size=4),
    st.sampled_from(",;\t"),
)
@tried(60)
def test_any_table_is_read_or_refused(
    folder: Path, header: list[str], rows: Sequence[list[str]], delimiter: str
) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    try:
        writer.writerows([header, *rows])
    except csv.Error:  # a NUL where this Python writes none
        return
    for suffix in ("csv", "tsv"):
        check(folder / f"any.{suffix}", buffer.getvalue().encode(errors="surrogatepass"))


LINES = st.one_of(
    ANY_TEXT,
    st.sampled_from(
        ["---", "...", "```", "# A", "title: A", "date: [", "title: 'x", "- a", "====", "| a |", "<b>", ""]
    ),
)


@given(st.lists(LINES, max_size=12))
@tried(60)
def test_any_markdown_is_read_or_refused(folder: Path, lines: list[str]) -> None:
    check(folder / "any.md", "\n".join(lines).encode(errors="surrogatepass"))


TAGS = st.sampled_from(
    "p div article main section h1 h2 ul li table tr td th a b i em span br hr img pre code blockquote q "
    "form input script style noscript iframe svg math template title meta link base head body html header "
    "footer nav aside figure figcaption time details summary dl dt dd del ins x-y".split()
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        "class id href src content name property datetime style lang rel itemprop data-x charset".split()
    ),
    st.one_of(
        ANY_TEXT,
        st.sampled_from(
            [
                "article",
                "post-content",
                "display:none",
                "og:title",
                "date",
                "author",
                "2020-09-22",
                "http://[",
                "#",
                "//",
            ]
        ),
    ),
    max_size=3,
)


def element(tag: str, attributes: dict[str, str], inner: list[str], closed: bool) -> str:  # noqa: FBT001
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{tag}{said}>{''.join(inner)}{f'</{tag}>' if closed else ''}"


MARKUP = st.recursive(
    st.one_of(ANY_TEXT, st.just(SENTENCE)),
    lambda inner: st.builds(element, TAGS, ATTRIBUTES, st.lists(inner, max_size=4), st.booleans()),
    max_leaves=25,
)


@given(st.lists(MARKUP, min_size=1, max_size=6))
@tried(60)
def test_any_markup_is_read_or_refused(folder: Path, parts: list[str]) -> None:
    check(folder / "any.html", "".join(parts).encode(errors="surrogatepass"))


PARTS = st.sampled_from(
    "p r t tab br tbl tr tc ins del sdt sdtContent pPr rPr hyperlink fldSimple moveTo moveFrom sectPr vanish"
    " strike vertAlign sz color shd sym fldChar instrText ruby rt rubyBase txbxContent tcPr trPr gridSpan"
    " vMerge hMerge numPr numId ilvl outlineLvl pStyle footnoteReference endnoteReference delText"
    " framePr".split()
)
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def part(tag: str, text: str, inner: list[str]) -> str:
    safe = "".join(character for character in text if character.isalnum() or character == " ")
    return f"<w:{tag}>{safe if tag == 't' else ''}{''.join(inner)}</w:{tag}>"


BODY = st.recursive(
    st.builds(part, st.just("t"), ANY_TEXT, st.just([])),
    lambda inner: st.builds(part, PARTS, ANY_TEXT, st.lists(inner, max_size=4)),
    max_leaves=25,
)


def rezipped(data: bytes, name: str, change: Mutation) -> bytes:
    """Change one part of a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.namelist():
            new.writestr(member, change(old.read(member)) if member == name else old.read(member))
    return buffer.getvalue()


@given(st.lists(BODY, max_size=6))
@tried(40)
def test_a_word_document_of_any_elements_is_read_or_refused(folder: Path, parts: list[str]) -> None:
    body = f'<w:document xmlns:w="{NAMESPACE}"><w:body>{"".join(parts)}</w:body></w:document>'
    check(folder / "any.docx", rezipped(WHOLE["docx"], "word/document.xml", lambda _: body.encode()))


@given(
    st.sampled_from(
        ["word/document.xml", "docProps/core.xml", "[Content_Types].xml", "word/styles.xml", "_rels/.rels"]
    ),
    mutations(TOKENS["docx"]),
)
@tried(40)
def test_a_word_document_with_a_changed_part_is_read_or_refused(
    folder: Path, name: str, change: Mutation
) -> None:
    check(folder / "changed.docx", rezipped(WHOLE["docx"], name, change))


OPERATORS = st.one_of(
    st.sampled_from(
        "BT ET Tj TJ ' \" Td TD Tm T* Tf TL Tc Tw Tz Ts q Q cm Do BI ID EI BDC EMC re f /F1 /X 12 0 -1 1e9"
        " [ ] << >> (a) (\\\\ (tide) <00> <4> <FEFF> [(a)-300(b)] 1 0 0 1 72 720".split()
    ),
    st.builds("({})".format, st.text(max_size=9)),
)


@given(st.lists(st.lists(OPERATORS, max_size=25), min_size=1, max_size=3))
@tried(60)
def test_a_pdf_of_any_operators_is_read_or_refused(folder: Path, pages: list[list[str]]) -> None:
    streams = [" ".join(["BT /F1 12 Tf", *page, "(tide) Tj ET"]).encode(errors="replace") for page in pages]
    check(folder / "any.pdf", pdf(*streams))


# What was found, the smallest input of each.
FOUND: list[tuple[str, bytes]] = [
    ("header.csv", b'\r\n"0\n"\r\n'),  # the line end of a column's name stood in the failure's reason
    ("columns.csv", b",".join(b"column" for _ in range(1000)) + b"\n1\n"),  # as did all the columns
    ("html.html", b"<iframe><html>"),  # lxml's AssertionError ended the loading
]


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_fuzzing_found_is_read_or_refused(folder: Path, name: str, data: bytes) -> None:
    check(folder / name, data)
