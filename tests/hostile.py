"""Make files that take much memory or time for their size: each is small to send and dear to read."""

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELATIONSHIPS = (
    '<?xml version="1.0"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="word/document.xml"/></Relationships>'
)


def word_document(body: bytes, *, before: bytes = b"", more: dict[str, bytes] | None = None) -> bytes:
    """Return a .docx with a body of WordprocessingML; `before` stands in front of its root."""
    root = f'<w:document xmlns:w="{WORD}"><w:body>'.encode()
    whole = b'<?xml version="1.0"?>' + before + root + body + b"</w:body></w:document>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONSHIPS)
        archive.writestr("word/document.xml", whole)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return packed.getvalue()


def docx_of_paragraphs(count: int = 4_500_000) -> bytes:
    """Return a tiny file of very many empty paragraphs: small as XML, large in memory."""
    return word_document(b"<w:p><w:r><w:t>It rose.</w:t></w:r></w:p>" + b"<w:p/>" * count)


def docx_of_text(characters: int = 60_000_000) -> bytes:
    """Return a small file with one paragraph of very many words."""
    return word_document(b"<w:p><w:r><w:t>" + b"It rose. " * (characters // 9) + b"</w:t></w:r></w:p>")


def docx_nested(depth: int = 200_000) -> bytes:
    """Return content controls within content controls."""
    return word_document(b"<w:sdt>" * depth + b"<w:p/>" + b"</w:sdt>" * depth)


def docx_of_entities(levels: int = 9) -> bytes:
    """Return a billion laughs: entities that stand for ten of each other."""
    entities = b'<!ENTITY a0 "It rose. ">' + b"".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">'.encode() for level in range(1, levels + 1)
    )
    body = f"<w:p><w:r><w:t>&a{levels};</w:t></w:r></w:p>".encode()
    return word_document(body, before=b"<!DOCTYPE w [" + entities + b"]>")


def docx_that_lies(size: int = 400_000_000) -> bytes:
    """Return an archive whose directory says that a part has 10 bytes, where it unpacks to many."""
    data = bytearray(word_document(b"<w:p><w:r><w:t>It rose.</w:t></w:r></w:p>" + b" " * size))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.getinfo("word/document.xml")
        real = part.file_size.to_bytes(4, "little")
    for at in (
        part.header_offset + 22,
        data.rindex(b"PK\x01\x02", 0, data.rindex(b"word/document.xml")) + 24,
    ):
        assert data[at : at + 4] == real
        data[at : at + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def docx_of_parts(count: int = 100_000) -> bytes:
    """Return an archive of very many empty parts."""
    return word_document(
        b"<w:p><w:r><w:t>It rose.</w:t></w:r></w:p>",
        more={f"word/{place}.xml": b"" for place in range(count)},
    )


def html_of_attributes(count: int = 120_000) -> bytes:
    """Return a page with very many attributes on one tag; libxml2 looks each up among those before."""
    attributes = " ".join(f'a{place}="{place % 10}"' for place in range(count))
    return f"<html><body><p {attributes}>The tide rose at Kiel.</p></body></html>".encode()


def html_unclosed(size: int = 3_400_000) -> bytes:
    """Return a page of paragraphs that nobody closes."""
    return b"<html><body>" + b"<p>" * (size // 3)


def html_nested(depth: int = 300_000) -> bytes:
    """Return boxes within boxes, with a text inside."""
    return b"<html><body>" + b"<div>" * depth + b"The tide rose at Kiel." + b"</div>" * depth


def html_page(size: int = 18_000_000) -> bytes:
    """Return an ordinary page, but for its size."""
    paragraph = "<p>On day {} the tide at Kiel rose to {} metres, said the harbour master of the town.</p>\n"
    pieces, length, day = [], 0, 0
    while length < size:
        day += 1
        pieces.append(paragraph.format(day, day % 7))
        length += len(pieces[-1])
    head = "<html><head><title>The tide</title></head><body><article>"
    return f"{head}{''.join(pieces)}</article></body></html>".encode()


def jsonl_of_lines(count: int = 100_000) -> bytes:
    """Return very many small articles."""
    return b"".join(b'{"text": "On day %d the tide rose."}\n' % place for place in range(count))


def jsonl_of_one_id(count: int = 100_000) -> bytes:
    """Return very many small articles that all bear one name."""
    return b"".join(b'{"id": "tide", "text": "On day %d the tide rose."}\n' % place for place in range(count))


def jsonl_nested(depth: int = 3_000_000) -> bytes:
    """Return a list in a list in a list."""
    return b'{"text": ' + b"[" * depth + b"]" * depth + b"}"


def csv_of_cells(columns: int = 3_000_000) -> bytes:
    """Return a table with very many columns."""
    return b"text" + b",c" * columns + b"\nIt rose." + b",1" * columns + b"\n"


def csv_of_one_field(size: int = 19_000_000) -> bytes:
    """Return a table whose one field has no end."""
    return b'text\n"' + b"It rose. " * (size // 9)


def text_of_one_word(letters: int = 5_000_000) -> bytes:
    """Return a word as long as a library."""
    return b"a" * letters


def text_of_sentences(count: int = 2_000_000) -> bytes:
    """Return very many very short sentences."""
    return b"It rose. " * count


def text_of_marks(count: int = 2_000_000) -> bytes:
    """Return one letter with very many accents, which Unicode's composition sorts."""
    return b"a" + "\u0301\u0323".encode() * count


def markdown_of_brackets(size: int = 5_000_000) -> bytes:
    """Return what begins very many links and ends none."""
    return b"# The tide\n\n" + b"[" * size


def pdf(objects: list[bytes]) -> bytes:
    """Return a PDF of these objects; the first is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def stream(data: bytes) -> bytes:
    """Return a packed stream of a PDF."""
    packed = zlib.compress(data, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"


def pdf_of_content(content: bytes, pages: int = 1) -> bytes:
    """Return a PDF whose pages all show one content."""
    kids = b" ".join(b"%d 0 R" % (place + 5) for place in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
    return pdf(
        [
            CATALOGUE,
            b"<< /Type /Pages /Count %d /Kids [%b] /MediaBox [0 0 612 792] >>" % (pages, kids),
            FONT,
            stream(content),
            *[page] * pages,
        ]
    )


def pdf_of_text(lines: int = 1_500_000) -> bytes:
    """Return a small PDF with a page of very many lines."""
    return pdf_of_content(b"BT /F1 9 Tf 50 700 Td " + b"(The tide rose.) Tj 0 -9 Td " * lines + b"ET")


def pdf_of_pages(pages: int = 60_000) -> bytes:
    """Return a PDF of very many pages that share one content."""
    return pdf_of_content(b"BT /F1 9 Tf 50 700 Td (The tide rose at Kiel.) Tj ET", pages)


def pdf_of_repeats(pages: int = 5_000) -> bytes:
    """Return a PDF whose every page shows the same long text again."""
    return pdf_of_content(b"BT /F1 9 Tf 50 700 Td " + b"(The tide rose.) Tj 0 -9 Td " * 5_000 + b"ET", pages)


def pdf_bomb(size: int = 2_000_000_000) -> bytes:
    """Return a PDF whose content unpacks to gigabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(size // 10_000_000)) + packer.flush()
    content = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)
    page = b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R >>"
    return pdf([CATALOGUE, b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>", content, page])


def pdf_nested(depth: int = 300_000) -> bytes:
    """Return a PDF with lists in lists."""
    pages = b"<< /Type /Pages /Count 0 /Kids " + b"[" * depth + b"]" * depth + b" >>"
    return pdf([CATALOGUE, pages])


ODF = "urn:oasis:names:tc:opendocument:xmlns"


def odt(body: bytes, *, before: bytes = b"") -> bytes:
    """Return a text of OpenDocument; `before` stands in front of its root."""
    root = f'<o:c xmlns:o="{ODF}:office:1.0" xmlns:t="{ODF}:text:1.0"><o:body><o:text>'.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("content.xml", before + root + body + b"</o:text></o:body></o:c>")
    return packed.getvalue()


def odt_nested(depth: int = 200_000) -> bytes:
    """Return sections within sections."""
    return odt(b"<t:section>" * depth + b"<t:p>It rose.</t:p>" + b"</t:section>" * depth)


def odt_of_entities(levels: int = 9) -> bytes:
    """Return a billion laughs."""
    entities = b'<!ENTITY a0 "It rose. ">' + b"".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">'.encode() for level in range(1, levels + 1)
    )
    return odt(f"<t:p>&a{levels};</t:p>".encode(), before=b"<!DOCTYPE o [" + entities + b"]>")


def rtf_of_braces(depth: int = 3_000_000) -> bytes:
    """Return groups within groups."""
    return b"{\\rtf1 It rose." + b"{" * depth


def eml_of_parts(depth: int = 2_000) -> bytes:
    """Return a mail whose parts hold parts."""
    heads = (
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (place, place) for place in range(depth)
    )
    return b"From: a@b.example\n" + b"".join(heads) + b"\nIt rose.\n"


def xlsx_of_corner() -> bytes:
    """Return a sheet whose one cell stands in its last corner."""
    book, packed = openpyxl.Workbook(), io.BytesIO()
    book.active.cell(1_048_576, 16_384, "It rose.")
    book.save(packed)
    return packed.getvalue()


# What each is called as a file; the ones of the first group are those that were found first.
FILES: dict[str, Callable[[], bytes]] = {
    "paragraphs.docx": docx_of_paragraphs,
    "attributes.html": html_of_attributes,
    "unclosed.html": html_unclosed,
    "lines.jsonl": jsonl_of_lines,
    "word.txt": text_of_one_word,
    "page.html": html_page,
    "text.docx": docx_of_text,
    "nested.docx": docx_nested,
    "entities.docx": docx_of_entities,
    "lies.docx": docx_that_lies,
    "parts.docx": docx_of_parts,
    "nested.html": html_nested,
    "same.jsonl": jsonl_of_one_id,
    "nested.jsonl": jsonl_nested,
    "cells.csv": csv_of_cells,
    "field.csv": csv_of_one_field,
    "sentences.txt": text_of_sentences,
    "marks.txt": text_of_marks,
    "brackets.md": markdown_of_brackets,
    "text.pdf": pdf_of_text,
    "pages.pdf": pdf_of_pages,
    "repeats.pdf": pdf_of_repeats,
    "bomb.pdf": pdf_bomb,
    "nested.pdf": pdf_nested,
    "nested.odt": odt_nested,
    "entities.odt": odt_of_entities,
    "braces.rtf": rtf_of_braces,
    "parts.eml": eml_of_parts,
    "corner.xlsx": xlsx_of_corner,
}


def write(folder: Path, name: str) -> Path:
    """Make one of the files in a folder."""
    path = folder / name
    path.write_bytes(FILES[name]())
    return path
