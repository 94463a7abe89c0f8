"""What every loader promises, and what each one makes of its kind of file."""

import csv
import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.parser import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from citewell import plugins
from citewell.documents.loader import Article, Loader, Skipped
from citewell.documents.loading import ALIASES
from citewell.errors import LoadError

SENTENCE = "The tide rose to 3.2 metres at the harbour on Tuesday, the agency said in its report."
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>The tide rose | Harbour News</title><meta property="og:title" content="The tide rose">
<meta property="article:published_time" content="2020-09-22T10:00:00Z">
<link rel="canonical" href="https://news.example/tide"><script>var a = "a tracking script";</script></head>
<body><header><nav><ul><li><a href="/">Home page</a></li><li><a href="/s">Sports menu</a></li></ul></nav>
</header>
<main><article><h1>The tide rose</h1><p>{SENTENCE}</p><h2>Damage</h2>
<p>Nobody was hurt &amp; two boats were lost, <b>said</b> a <a href="/x">spokesman</a> at the harbour.</p>
<table><tr><td>Boat</td><td>Anna</td></tr></table>
<p>The second boat had been repaired in 2019 by its owner, who lives in Kiel and said so.</p>
</article></main><footer>Imprint and privacy policy</footer></body></html>"""


def pdf(*pages: list[str]) -> bytes:
    """Write a PDF by hand: each page a list of lines."""
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{5 + 2 * n} 0 R' for n in range(len(pages)))}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Title(The tide)/CreationDate(D:20200922101500Z)>>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET"
        parts.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {6 + 2 * number} 0 R>>"
        )
        parts.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    body, offsets = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj{part}endobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return body + (
        f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {len(parts) + 1}/Root 1 0 R/Info 4 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("ascii")


def word() -> bytes:
    """Write a Word document with a heading, a table between paragraphs, and properties."""
    document = docx.Document()
    document.core_properties.title = "The tide"
    document.core_properties.created = datetime(2020, 9, 22, 10)  # noqa: DTZ001 - python-docx takes naive ones
    document.add_heading("Damage", 1)
    document.add_paragraph("Two boats were lost.")
    table = document.add_table(2, 2)
    for row, names in zip(table.rows, [("Boat", "Built"), ("Anna", "1987")], strict=True):
        for cell, name in zip(row.cells, names, strict=True):
            cell.text = name
    document.add_paragraph("Nobody was hurt.")
    return saved(document.save)


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Change one part of a zip archive."""

    def write(buffer: io.BytesIO) -> None:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as old,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for part in old.namelist():
                new.writestr(part, change(old.read(part)) if part == name else old.read(part))

    return saved(write)


def workbook() -> bytes:
    """Write a workbook with a table."""
    book = openpyxl.Workbook()
    for row in (["Boat", "Built"], ["Anna", 1987], ["Bertha", 2019]):
        book.active.append(row)
    return saved(book.save)


def opendocument() -> bytes:
    """Write a text of OpenDocument."""
    names = [("office", "office"), ("text", "text")]
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in names
    )
    body = f"<office:body><office:text><text:p>{SENTENCE}</text:p></office:text></office:body>"
    parts = {"content.xml": f"<office:document-content {spaces}>{body}</office:document-content>"}
    return archive(parts)


def book() -> bytes:
    """Write a book of two chapters."""
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="b/p.opf"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>The tide</dc:title><dc:creator>A. Berg</dc:creator><dc:date>2020-09-22</dc:date>"
        "</metadata>"
        '<manifest><item id="two" href="2.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="one" href="t/1.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="one"/><itemref idref="two"/></spine></package>'
    )
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'
    return archive(
        {
            "META-INF/container.xml": container,
            "b/p.opf": package,
            "b/t/1.xhtml": page.format(f"<h1>Damage</h1><p>{SENTENCE}</p>"),
            "b/2.xhtml": page.format("<h1>Help</h1><p>It holds 10<sup>5</sup> litres.</p>"),
        }
    )


def archive(parts: dict[str, str]) -> bytes:
    """Write an archive."""

    def write(buffer: io.BytesIO) -> None:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, text in parts.items():
                packed.writestr(name, text)

    return saved(write)


def mail(text: str = SENTENCE, kind: str = "plain") -> bytes:
    """Write a mail with an attachment."""
    message = EmailMessage()
    message["From"] = "Anna Berg <a@news.example>"
    message["Subject"] = "The tide"
    message["Date"] = "Tue, 22 Sep 2020 10:00:00 +0200"
    message.set_content(text, subtype=kind)
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    return message.as_bytes()


WHOLE: dict[str, bytes] = {
    "txt": SENTENCE.encode(),
    "md": f"---\ntitle: The tide\n---\n{SENTENCE}\n".encode(),
    "html": PAGE.encode(),
    "pdf": pdf([SENTENCE]),
    "docx": word(),
    "xlsx": workbook(),
    "odt": opendocument(),
    "rtf": ("{\\rtf1\\ansi\\ansicpg1252 " + SENTENCE + "\\par Nobody was hurt.\\par}").encode(),
    "epub": book(),
    "eml": mail(),
    "jsonl": json.dumps({"text": SENTENCE, "title": "The tide"}).encode(),
    "csv": f'id,text\n7,"{SENTENCE}"\n'.encode(),
}


def read(tmp_path: Path, name: str, data: bytes | str) -> list[Article]:
    """Write a file and load all its articles with the loader of its suffix."""
    parts = read_parts(tmp_path, name, data)
    return [part for part in parts if isinstance(part, Article)]


def read_parts(tmp_path: Path, name: str, data: bytes | str) -> list[Article | Skipped]:
    """Write a file and load it with the loader of its suffix."""
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    suffix = path.suffix.removeprefix(".")
    loader: Loader = plugins.load("loaders", ALIASES.get(suffix, suffix))
    return list(loader.load(path))


def one(tmp_path: Path, name: str, data: bytes | str) -> Article:
    (article,) = read(tmp_path, name, data)
    return article


# Every loader.


def test_every_loader_has_a_file_here() -> None:
    assert set(plugins.names("loaders")) == set(WHOLE)


@pytest.mark.parametrize("name", plugins.names("loaders"))
def test_a_loader_is_found_by_each_suffix_that_it_declares(name: str) -> None:
    loader: Loader = plugins.load("loaders", name)
    suffixes = [suffix.removeprefix(".") for suffix in loader.suffixes]

    assert {ALIASES.get(suffix, suffix) for suffix in suffixes} == {name}
    assert set(suffixes) == {name} | {alias for alias, of in ALIASES.items() if of == name}


@pytest.mark.parametrize("name", plugins.names("loaders"))
def test_a_loader_reads_its_kind_twice_the_same(name: str, tmp_path: Path) -> None:
    first = read(tmp_path, f"tide.{name}", WHOLE[name])

    assert any(article.text.strip() for article in first)
    assert read(tmp_path, f"tide.{name}", WHOLE[name]) == first


@pytest.mark.parametrize("name", plugins.names("loaders"))
def test_a_missing_file_is_an_os_error_and_not_damage(name: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(plugins.load("loaders", name).load(tmp_path / f"none.{name}"))


@pytest.mark.parametrize("name", plugins.names("loaders"))
def test_a_picture_under_any_suffix_is_refused(name: str, tmp_path: Path) -> None:
    picture = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + random.Random(1).randbytes(900)

    with pytest.raises(LoadError):
        read(tmp_path, f"picture.{name}", picture)


@pytest.mark.parametrize("name", plugins.names("loaders"))
def test_a_file_cut_anywhere_is_read_or_refused(name: str, tmp_path: Path) -> None:
    data = WHOLE[name]
    for end in range(0, len(data), max(1, len(data) // 150)):
        try:
            articles = read(tmp_path, f"cut.{name}", data[:end])
        except LoadError:
            continue
        assert all(isinstance(article.text, str) for article in articles)


@pytest.mark.parametrize("name", plugins.names("loaders"))
def test_a_file_with_flipped_bits_is_read_or_refused(name: str, tmp_path: Path) -> None:
    noise = random.Random(f"flip {name}")
    for _ in range(150):
        data = bytearray(WHOLE[name])
        for _ in range(noise.randrange(1, 6)):
            data[noise.randrange(len(data))] ^= 1 << noise.randrange(8)
        try:
            read(tmp_path, f"flipped.{name}", bytes(data))
        except LoadError:
            continue


@pytest.mark.parametrize(
    "part", ["word/document.xml", "[Content_Types].xml", "_rels/.rels", "docProps/core.xml"]
)
def test_a_word_document_with_a_damaged_part_is_read_or_refused(part: str, tmp_path: Path) -> None:
    noise = random.Random(part)
    refused = 0
    for _ in range(40):
        start = noise.random()

        def damage(data: bytes, start: float = start) -> bytes:
            at = int(start * len(data))
            return data[:at] + data[at + noise.randrange(1, 60) :]

        try:
            read(tmp_path, "damaged.docx", with_part(WHOLE["docx"], part, damage))
        except LoadError:
            refused += 1
    assert refused


# Markdown.


def test_front_matter_becomes_fields_and_leaves_the_text(tmp_path: Path) -> None:
    front = (
        '---\r\ntitle: "The tide: a report"\r\ndate: 2020-09-22 # last\r\nurl: https://news.example/tide\r\n'
    )
    more = "tags:\r\n  - sea\r\n- wind\r\nauthor: [a, b]\r\ndraft: null\r\n---\r\n"

    article = one(tmp_path, "tide.md", f"{front}{more}# Damage\r\n\r\nTwo **boats** were lost.\r\n")

    assert article.text == "Damage\n\nTwo boats were lost."
    assert article.title == "The tide: a report"
    assert article.published == "2020-09-22"
    assert article.source == "https://news.example/tide"


@pytest.mark.parametrize(
    "text",
    [
        "---\nIt rose: then it fell.\nNobody was hurt.\n---\nEnd.\n",
        "---\n---\nEnd.\n",
        "---\nNote: it rose.\nIt fell.\n---\nEnd.\n",
        "---\ntitle: never closed\n",
    ],
)
def test_a_text_that_begins_with_a_rule_stays_whole(text: str, tmp_path: Path) -> None:
    words = re.findall(r"\w+", text)
    assert re.findall(r"\w+", one(tmp_path, "tide.md", text).text) == words


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Intro.\n\n## The **tide** [rose](https://x.example) ##\n", "The tide rose"),
        ("The tide\n========\n\nIt rose.\n", "The tide"),
        ("```\n# a comment\n```\n# The tide\n", "The tide"),
        ("#hashtag\n\nNo heading.\n", ""),
        ("| a |\n|---|\n", ""),
        ("> It rose.\n---\n", ""),
        ("It rose\n--\n", "It rose"),
    ],
)
def test_the_first_heading_is_the_title(text: str, title: str, tmp_path: Path) -> None:
    article = one(tmp_path, "tide.markdown", text)

    assert article.title == title
    assert title in article.text


# HTML.


def test_a_page_gives_the_article_without_menus_scripts_and_footers(tmp_path: Path) -> None:
    article = one(tmp_path, "tide.htm", PAGE)

    assert SENTENCE in article.text
    assert "Nobody was hurt & two boats were lost, said a spokesman at the harbour." in article.text
    assert "Anna" in article.text
    for menu in ("Home page", "Sports menu", "Imprint", "tracking", "<"):
        assert menu not in article.text
    assert (article.title, article.published) == ("The tide rose", "2020-09-22")
    assert article.source == "https://news.example/tide"


def test_a_date_in_the_text_is_no_date_of_publication(tmp_path: Path) -> None:
    page = re.sub(r"<meta property=.article:.*", "", PAGE).replace("on Tuesday", "on 3 March 1999")

    assert one(tmp_path, "tide.html", page).published == ""


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("windows-1251", "cp1251"),
        ("shift_jis", "shift_jis"),
        ("x-sjis", "cp932"),
        ("windows-1251", "utf-8"),
        ("nonsense", "utf-16"),
        ("windows-1252", "cp1251"),
    ],
)
def test_a_page_is_decoded_as_it_declares_unless_that_is_not_true(
    declared: str, encoding: str, tmp_path: Path
) -> None:
    sentence = "Прилив поднялся до трёх метров во вторник, сообщили в порту. " * 3
    page = f'<html><head><meta charset="{declared}"></head><body><p>{sentence}</p></body></html>'

    assert "Прилив поднялся" in one(tmp_path, "tide.html", page.encode(encoding)).text


@pytest.mark.parametrize("declared", ["undefined", "punycode", "hex"])
def test_a_page_that_declares_what_decodes_nothing_is_read_all_the_same(
    declared: str, tmp_path: Path
) -> None:
    text = "Der Sturm war größer. " * 9
    page = f'<html><head><meta charset="{declared}"></head><body><p>{text}</p></body></html>'
    assert "größer" in one(tmp_path, "tide.html", page.encode("cp1252")).text


def test_the_paragraphs_of_a_page_stand_apart(tmp_path: Path) -> None:
    blocks = [
        "<h2>Damage</h2>",
        f"<p>{'Two boats were lost in the storm. ' * 8}</p>",
        "<p>Nobody was hurt at all.</p>",
    ]
    page = f"<html><body><article><h1>The tide</h1>{''.join(blocks)}</article></body></html>"
    text = one(tmp_path, "tide.html", page.encode()).text
    assert "Damage\n\nTwo boats" in text
    assert "storm.\n\nNobody was hurt at all." in text


@pytest.mark.parametrize("page", ["", "<html><body></body></html>", "<div>" * 40_000])
def test_a_page_without_an_article_is_refused(page: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"^tide.html: no article found"):
        read(tmp_path, "tide.html", page)


# PDF.


def test_lines_are_joined_to_paragraphs_and_pages_parted(tmp_path: Path) -> None:
    article = one(
        tmp_path,
        "tide.pdf",
        pdf(
            [
                "The tide rose to three metres on Tuesday, and the investi-",
                "gation of the harbour authority found that the well-",
                "known wall of 1987 had held. Nobody was hurt.",
                "Damage",
                "Two boats were lost, among them the Anna of the Meyer-",
                "Schmidt brothers, and COVID-",
                "19 delayed the repair until the spring of 2021.",
                "17",
            ],
            ["The wall is well-known."],
        ),
    )

    assert article.text.split("\n\n") == [
        (
            "The tide rose to three metres on Tuesday, and the investigation of the harbour authority"
            " found that the well-known wall of 1987 had held. Nobody was hurt."
        ),
        "Damage",
        (
            "Two boats were lost, among them the Anna of the Meyer-Schmidt brothers, and COVID-19 delayed"
            " the repair until the spring of 2021."
        ),
        "17",
        "The wall is well-known.",
    ]
    assert (article.title, article.published) == ("The tide", "2020-09-22")


def test_items_of_a_list_stay_apart(tmp_path: Path) -> None:
    lines = [
        "The boats that were lost in the harbour on Tuesday were these two:",
        "• the Anna",
        "• the Bertha",
    ]

    assert one(tmp_path, "tide.pdf", pdf([*lines])).text.split("\n\n") == lines


def test_printed_ligatures_and_soft_hyphens_become_the_letters_that_readers_type(tmp_path: Path) -> None:
    data = pdf(
        ["The \\001rst boat was o\\002ered by the harb\\003", "our to its owner, a Mr. Mc\\003", "Donald."]
    )
    encoding = b"/Encoding<</Differences[1/fi/ff/softhyphen]>>"

    article = one(tmp_path, "tide.pdf", data.replace(b"/Encoding/WinAnsiEncoding", encoding))

    assert article.text == "The first boat was offered by the harbour to its owner, a Mr. McDonald."


def test_an_encrypted_pdf_is_refused_and_one_with_an_empty_password_read(tmp_path: Path) -> None:
    def encrypted(password: str) -> bytes:
        writer = PdfWriter(clone_from=io.BytesIO(WHOLE["pdf"]))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        return saved(writer.write)

    with pytest.raises(LoadError, match=r"^tide.pdf: is encrypted"):
        read(tmp_path, "tide.pdf", encrypted("secret"))
    assert one(tmp_path, "tide.pdf", encrypted("")).text == SENTENCE


def test_a_scan_is_refused_for_its_missing_text_layer(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"^tide.pdf: has no text layer"):
        read(tmp_path, "tide.pdf", pdf([], []))


@pytest.mark.parametrize("data", [b"", b"no PDF", WHOLE["pdf"][:200]], ids=["empty", "foreign", "cut"])
def test_a_damaged_pdf_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"^tide.pdf: is damaged or not a PDF"):
        read(tmp_path, "tide.pdf", data)


@pytest.mark.parametrize(
    "value",
    [b"[]", b"[null]", b"1 0 R", b"99999999999999999999", b"[" * 9999],
    ids=lambda value: value[:9].decode(),
)
def test_a_pdf_with_another_value_anywhere_is_read_or_refused(value: bytes, tmp_path: Path) -> None:
    data, refused = WHOLE["pdf"], 0
    for found in re.finditer(rb"/\w+|\d+ 0 R|\[[^\]]*\]|\d+|\(.*?\)|<<.*?>>", data):
        try:
            read(tmp_path, "tide.pdf", data[: found.start()] + value + data[found.end() :])
        except LoadError:
            refused += 1
    assert refused


@pytest.mark.parametrize("filter_", ["Nonsense", "FlateDecode", "LZWDecode", "ASCII85Decode", "JBIG2Decode"])
def test_a_pdf_whose_page_cannot_be_unpacked_is_refused(filter_: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError):
        read(tmp_path, "tide.pdf", WHOLE["pdf"].replace(b"<</Length", f"<</Filter/{filter_}/Length".encode()))


@pytest.mark.parametrize("date", ["yesterday", "D:", ""])
def test_a_pdf_with_a_wrong_date_is_read_without_it(date: str, tmp_path: Path) -> None:
    article = one(tmp_path, "tide.pdf", WHOLE["pdf"].replace(b"D:20200922101500Z", date.encode()))

    assert (article.text, article.published) == (SENTENCE, "")


# Word.


def test_a_word_document_gives_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    article = one(tmp_path, "tide.docx", WHOLE["docx"])

    assert article.text == "Damage\n\nTwo boats were lost.\n\nBoat | Built\nAnna | 1987\n\nNobody was hurt."
    assert (article.title, article.published) == ("The tide", "2020-09-22")


def test_inserted_words_and_content_controls_are_read_and_deleted_words_are_not(tmp_path: Path) -> None:
    document = docx.Document()
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = document.element.body
    for xml in (
        (
            "<w:p {}><w:r><w:t>It rose</w:t></w:r><w:ins><w:r><w:t> high</w:t></w:r></w:ins>"
            "<w:del><w:r><w:delText> low</w:delText></w:r></w:del>"
            "<w:moveFrom><w:r><w:t> far</w:t></w:r></w:moveFrom><w:r><w:tab/><w:t>now.</w:t></w:r></w:p>"
        ),
        "<w:sdt {}><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    ):
        body.insert(len(body) - 1, parse_xml(xml.format(namespace)))

    assert one(tmp_path, "tide.docx", saved(document.save)).text == "It rose high\tnow.\n\nIn a control."


def test_a_table_in_a_table_is_read_once(tmp_path: Path) -> None:
    document = docx.Document()
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "Boats"
    outer.cell(0, 1).add_table(1, 2).cell(0, 0).text = "Anna"

    assert one(tmp_path, "tide.docx", saved(document.save)).text == "Boats | Anna"


def test_a_word_document_without_a_title_takes_its_first_heading(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("A note first.")
    document.add_heading("The tide", 1)
    data = saved(document.save)

    assert one(tmp_path, "tide.docx", data).title == "The tide"

    def without(relations: bytes) -> bytes:
        return relations.replace(b"metadata/core-properties", b"metadata/none")

    article = one(tmp_path, "tide.docx", with_part(data, "_rels/.rels", without))
    assert (article.title, article.published) == ("The tide", "")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = with_part(WHOLE["docx"], "word/document.xml", lambda _: bytes(201_000_000))

    assert len(bomb) < 1_000_000
    with pytest.raises(LoadError, match=r"^tide.docx: unpacks to 201,\d{3},\d{3} bytes"):
        read(tmp_path, "tide.docx", bomb)


def test_entities_of_a_word_document_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not tell")

    def attack(data: bytes) -> bytes:
        entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
        return data.replace(b"?>", b"?>" + entity, 1).replace(b"Two boats", b"&e; boats")

    try:
        text = one(tmp_path, "tide.docx", with_part(WHOLE["docx"], "word/document.xml", attack)).text
    except LoadError:
        return
    assert "do not tell" not in text


def patched(data: bytes, **fields: int) -> bytes:
    """Change fields of every entry of a zip archive's table of contents."""
    places = {"flags": (8, 2), "packed_size": (20, 4), "size": (24, 4)}
    result = bytearray(data)
    for entry in re.finditer(rb"PK\x01\x02", data):
        for name, value in fields.items():
            place, length = places[name]
            result[entry.start() + place : entry.start() + place + length] = value.to_bytes(length, "little")
    return bytes(result)


# Where the first part begins, a stored block of 65,535 bytes that the file does not have.
ENDLESS = WHOLE["docx"].replace(WHOLE["docx"][49:54], b"\x00\xff\xff\x00\x00", 1)
FOREIGN = {
    "empty": b"",
    "no zip": b"no zip",
    "cut": WHOLE["docx"][:900],
    "empty zip": saved(lambda buffer: zipfile.ZipFile(buffer, "w").close()),
    "encrypted": patched(WHOLE["docx"], flags=1),
    "endless": patched(ENDLESS, packed_size=99_999, size=99_999),
    "table": with_part(
        WHOLE["docx"], "[Content_Types].xml", lambda data: data.replace(b"document.main", b"sheet")
    ),
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_a_damaged_or_foreign_word_document_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"^tide.docx: is damaged or not a Word document"):
        read(tmp_path, "tide.docx", data)


# Books and mails.


def test_a_book_gives_its_chapters_in_order(tmp_path: Path) -> None:
    article = one(tmp_path, "tide.epub", WHOLE["epub"])
    assert article.text == f"Damage\n\n{SENTENCE}\n\nHelp\n\nIt holds 10⁵ litres."
    assert [article.text[mark.start : mark.end] for mark in article.marks] == ["Damage", "Help"]
    assert (article.title, article.published, article.author) == ("The tide", "2020-09-22", "A. Berg")


def test_the_style_sheets_of_a_book_tell_what_its_reader_sees(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE["epub"])) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    parts["b/t/1.xhtml"] = (
        "<html><head><link rel='stylesheet' href='../s/a%20b.css'/><link rel='stylesheet' href='none.css'/>"
        "</head><body><p>It killed <b class='gone'>nine</b> two, <i class='off'>Ms Holt</i> said.</p>"
        "<img src='a.png'/></body></html>"
    )
    parts["b/s/a b.css"] = ".gone { text-decoration: line-through } .off { display: none }"
    article = one(tmp_path, "tide.epub", archive(parts))
    assert article.text.startswith("It killed two, said.")
    assert article.warnings == (
        "What is struck out was left out: “nine”.",
        "2 words that are formatted so that no reader sees them: left out.",
        "Not read: 1 picture.",
    )


@pytest.mark.parametrize(
    ("method", "refused"),
    [("http://www.w3.org/2001/04/xmlenc#aes128-cbc", True), ("http://www.idpf.org/2008/embedding", False)],
)
def test_a_book_for_one_device_is_refused(method: str, refused: bool, tmp_path: Path) -> None:  # noqa: FBT001
    with zipfile.ZipFile(io.BytesIO(WHOLE["epub"])) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    parts["META-INF/encryption.xml"] = f'<EncryptionMethod Algorithm="{method}"/>'
    if refused:
        with pytest.raises(LoadError, match="is encrypted"):
            read(tmp_path, "tide.epub", archive(parts))
    else:
        assert SENTENCE in one(tmp_path, "tide.epub", archive(parts)).text


def test_a_mail_gives_its_text_and_tells_what_is_attached(tmp_path: Path) -> None:
    article = one(tmp_path, "tide.eml", WHOLE["eml"])
    assert article.text == SENTENCE
    assert (article.title, article.published, article.author) == ("The tide", "2020-09-22", "Anna Berg")
    assert article.warnings == ("Not read: 1 attachment.",)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<p>It holds 10<sup>5</sup> l.</p><p>CO<sub>2</sub></p>", "It holds 10⁵ l.\n\nCO₂"),
        ("<p>It killed <s>nine</s> two.</p>", "It killed two."),
        ("<p>It killed <del>nine </del>two.</p>", "It killed two."),
        ("<p>It is <span style='display: none'>Ms Holt</span>here.</p>", "It is here."),
        ("<p hidden>Ms Holt</p><p>It is here.</p>", "It is here."),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<table><tr><th>Boat</th><th>Holes</th></tr><tr><td>Anna</td><td>2</td></tr></table>",
         "Boat | Holes\nAnna | 2"),
        ("It rose.<br>It fell.", "It rose.\nIt fell."),
        ("<style>p {}</style><div>It <b>rose</b>.</div>", "It rose."),
        ("<style>.x { color: #fff }</style><p>It is <b class=x>Ms Holt</b> here.</p>", "It is here."),
        ("<p>It killed <b style='text-decoration: line-through'>nine</b> two.</p>", "It killed two."),
    ],
)  # fmt: skip
def test_the_html_of_a_mail_is_read_as_it_is_seen(markup: str, shown: str, tmp_path: Path) -> None:
    article = one(tmp_path, "tide.eml", mail(markup, "html"))
    assert " ".join(article.text.split(" ")).replace("  ", " ") == shown
    assert "Holt" not in str(article.warnings)
    assert ("2 words that are" in str(article.warnings)) == ("Holt" in markup)
    assert ("“nine”" in str(article.warnings)) == ("nine" in markup)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"It rose.\n", "is no mail"),
        (b"From: a@b.example\nContent-Type: multipart/encrypted; boundary=x\n\n--x--\n", "is encrypted"),
        (b"From: a@b.example\nContent-Type: application/pkcs7-mime\n\nx\n", "is encrypted"),
    ],
)
def test_what_is_no_mail_or_is_encrypted_is_refused(data: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=reason):
        read(tmp_path, "tide.eml", data)


# Tables in documents.


def table_in_word() -> bytes:
    """Write a document with a table."""
    document = docx.Document()
    table = document.add_table(3, 2)
    for row, cells in zip(table.rows, BOATS, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    return saved(document.save)


def table_in_opendocument() -> bytes:
    """Write a text of OpenDocument with a table."""
    rows = "".join(
        "<t:table-row>"
        + "".join(f"<t:table-cell><x:p>{one}</x:p></t:table-cell>" for one in row)
        + "</t:table-row>"
        for row in BOATS
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("o", "office"), ("t", "table"), ("x", "text"))
    )
    body = f"<o:body><o:text><t:table>{rows}</t:table></o:text></o:body>"
    return archive({"content.xml": f"<o:document-content {spaces}>{body}</o:document-content>"})


BOATS = [["Boat", "Built"], ["Anna", "1987"], ["Bertha", "2019"]]
_ROWS = "".join(f"<tr><td>{'<td>'.join(row)}</tr>" for row in BOATS).replace("td>", "th>", 2)
TABLES = {
    "html": f"<main><h1>Boats</h1><table>{_ROWS}</table></main>".encode(),
    "eml": mail(f"<table>{_ROWS}</table>", "html"),
    "md": b"| Boat | Built |\n|---|---|\n| Anna | 1987 |\n| Bertha | 2019 |\n",
    "txt": "\n".join("\t".join(row) for row in BOATS).encode(),
    "docx": table_in_word(),
    "odt": table_in_opendocument(),
    "xlsx": WHOLE["xlsx"],
    "rtf": (
        r"{\rtf1"
        + "".join(rf"\trowd\intbl {row[0]}\cell {row[1]}\cell\row" for row in BOATS)
        + r"\pard End.\par}"
    ).encode(),
}


@pytest.mark.parametrize("suffix", TABLES)
def test_a_header_row_is_the_label_of_the_rows_below_it(suffix: str, tmp_path: Path) -> None:
    article = one(tmp_path, f"tide.{suffix}", TABLES[suffix])
    (mark,) = (mark for mark in article.marks if mark.kind == "table")
    between = "\t" if suffix == "txt" else " | "
    assert mark.label == "Boat | Built"
    assert article.text[mark.start : mark.end] == f"Anna{between}1987\nBertha{between}2019"
    assert article.text[: mark.start].endswith(f"Boat{between}Built\n")


# JSON lines and tables.


def test_a_line_of_json_is_an_article_with_its_fields(tmp_path: Path) -> None:
    records = [
        {"text": "It rose.\u2028Then it fell.", "id": 7, "title": "Tide", "url": "https://x.example"},
        {"body": "Two.", "date": "2020-09-22T10:00:00Z", "source": "wire", "title": None},
        {"content": "Three.", "published": "last week", "extra": [1]},
    ]
    lines = "\n\n".join(json.dumps(record, ensure_ascii=False) for record in records)

    assert read(tmp_path, "tide.jsonl", "\ufeff" + lines + "\r\n") == [
        Article("It rose.\u2028Then it fell.", title="Tide", source="https://x.example", id="7"),
        Article("Two.", source="wire", published="2020-09-22", id="2"),
        Article("Three.", id="3"),
    ]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{", "is not JSON: .* at character 2"),
        ("[1]", "is not an object but list"),
        ("{}", "has no 'text'; there are: no fields"),
        ('{"headline": "x"}', "has no 'text'; there are: 'headline'"),
        ('{"text": 5}', "'text' is not a string but int"),
        ('{"text": "a", "id": true}', "'id' is not a string but bool"),
        ('{"text": ' + "[" * 100_000, "is nested too deeply|is not JSON"),
        ('{"text": "a", "id": ' + "1" * 5000 + "}", "digits"),
    ],
)
def test_a_malformed_line_is_named_and_the_others_are_read(line: str, wrong: str, tmp_path: Path) -> None:
    lines = f'{{"text": "It rose."}}\n\n{line}\n{{"text": "It fell."}}'
    first, bad, last = read_parts(tmp_path, "tide.jsonl", lines)

    assert (first, last) == (Article("It rose.", id="1"), Article("It fell.", id="3"))
    assert isinstance(bad, Skipped)
    assert re.match(rf"line 3: .*({wrong})", bad.reason)


# Files are written: how long that takes says nothing.
@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(str.strip),
        min_size=1,
    )
)
def test_any_texts_come_back_from_a_table_and_from_json_lines(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([["id", "text"], *([str(n), text] for n, text in enumerate(texts))])
    lines = "\n".join(json.dumps({"text": text}) for text in texts)

    # A mark at the start says which encoding it is: what is binary by chance is another test's matter.
    assert [article.text for article in read(folder, "a.csv", "\ufeff" + buffer.getvalue())] == texts
    assert [article.text for article in read(folder, "a.jsonl", "\ufeff" + lines)] == texts


@pytest.mark.parametrize(
    ("name", "delimiter"),
    [("a.csv", ","), ("a.csv", ";"), ("a.csv", "\t"), ("a.csv", "|"), ("a.csv", ", "), ("a.tsv", "\t")],
)
def test_a_table_names_its_columns_in_the_header(name: str, delimiter: str, tmp_path: Path) -> None:
    rows = [
        ["ID", " Article ", "Title", "url", "date"],
        ["x", '"It rose, then\nfell; ""twice""."', "Tide", "https://x.example", "2020-09-22"],
        [],
        ["", "Short row."],
    ]

    assert read(tmp_path, name, "\n".join(delimiter.join(row) for row in rows)) == [
        Article(
            'It rose, then\nfell; "twice".',
            title="Tide",
            source="https://x.example",
            published="2020-09-22",
            id="x",
        ),
        Article("Short row.", id="2"),
    ]


def test_a_cell_may_be_as_long_as_an_article(tmp_path: Path) -> None:
    assert len(one(tmp_path, "tide.csv", f'text\n"{"word " * 100_000}"\n').text) == 500_000


def test_a_table_without_a_text_is_refused_with_the_line(tmp_path: Path) -> None:
    wrong = "1: no column is called text, body, content or article; there are: name, year"
    with pytest.raises(LoadError, match=f"^tide.csv:{wrong}"):
        read(tmp_path, "tide.csv", "name,year\nAnna,1987\n")
    with pytest.raises(LoadError, match=r"^tide\.csv:1: unexpected end of data"):
        read(tmp_path, "tide.csv", '"text\nIt rose.\n')


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ('1,"two\nlines"\n2,"never closed\n3,It fell.\n', "line 4: unexpected end of data"),
        ('1,It rose.\n2,"a" b\n3,It fell.\n', "line 3: ',' expected after '\"'"),
        ("1,It rose.\n2,It rose, then fell.\n3,It fell.\n", "line 3: the row has 3 cells, the header 2"),
        ("1,It rose.\n2,\n3,It fell.\n", "line 3: has no 'text'"),
    ],
)
def test_a_malformed_row_is_named_and_the_others_are_read(rows: str, wrong: str, tmp_path: Path) -> None:
    first, bad, last = read_parts(tmp_path, "tide.csv", f"id,text\n{rows}")

    assert isinstance(first, Article)
    assert (first.id, last) == ("1", Article("It fell.", id="3"))
    assert isinstance(bad, Skipped)
    assert bad.reason.startswith(wrong)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", ":", "~"])
def test_a_spreadsheets_first_line_names_the_delimiter(mark: str, tmp_path: Path) -> None:
    table = f'sep={mark}\r\nid{mark}text\r\n7{mark}"It rose{mark} then fell."\r\n'

    assert one(tmp_path, "tide.csv", table) == Article(f"It rose{mark} then fell.", id="7")


def test_quotes_behind_a_space_are_quotes(tmp_path: Path) -> None:
    assert one(tmp_path, "tide.csv", 'id,text\n7, "It rose, then fell."\n').text == "It rose, then fell."


@pytest.mark.parametrize("line", ['"a', '"a" b', '"""', '"a ""b', 'a"b', "a,b"])
def test_a_table_of_bad_rows_is_read_in_linear_time(line: str, tmp_path: Path) -> None:
    parts = read_parts(tmp_path, "tide.csv", "text\nIt rose.\n" + f"{line}\n" * 50_000)

    assert parts[0] == Article("It rose.", id="1")


@pytest.mark.parametrize("name", ["none.csv", "none.jsonl"])
def test_an_empty_list_of_articles_gives_none(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, name, "") == []
