"""Read Word documents: paragraphs, headings and tables in their order.

The words are taken from the elements themselves: python-docx leaves out those of tracked insertions
and content controls. Headers, footers, footnotes and comments are not read.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from citewell.documents.loader import Article
from citewell.errors import LoadError

# Ten times the largest file that is read: more is a zip bomb, or pictures. XML in memory is larger again.
MAX_UNPACKED_BYTES = 200_000_000
# What truncated, altered and foreign files raise: lxml's XMLSyntaxError is a SyntaxError, zipfile raises
# RuntimeError for an encrypted part and NotImplementedError for an unknown compression.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
TEXT = {qn("w:t"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"}
MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
# Properties, what tracked changes took out, and the second copy of a text box for old programs.
LEFT_OUT = {
    qn("w:pPr"),
    qn("w:rPr"),
    qn("w:del"),
    qn("w:moveFrom"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}


class DocxLoader:
    """One article a file; title and date from its core properties, else the first title or heading."""

    suffixes = (".docx",)

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article; its paragraphs are parted by blank lines, a table's rows by line ends."""
        data = path.read_bytes()
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                # zipfile reads no more of a part than is declared here.
                unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                message = f"{path.name}: unpacks to {unpacked:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}"
                raise LoadError(message)
            document = docx.Document(io.BytesIO(data))
            text = "\n\n".join(filter(None, map(str.strip, block_texts(document.element.body))))
            title, published = properties(document)
            title = title or heading(document)
        except DAMAGE as error:
            message = f"{path.name}: is damaged or not a Word document; save it anew, or its text as .txt"
            raise LoadError(message) from error
        yield Article(text=text, title=title, published=published)


def properties(document: WordDocument) -> tuple[str, str]:
    """Return the title and the day of creation, "" where the file does not say."""
    try:
        # Without this look python-docx makes up properties for a file that has none.
        document.part.package.part_related_by(RELATIONSHIP_TYPE.CORE_PROPERTIES)
    except KeyError:
        return "", ""
    core = document.core_properties
    return core.title, core.created.date().isoformat() if core.created else ""


def heading(document: WordDocument) -> str:
    """Return the first paragraph that is styled as a title or heading; "" when there is none."""
    names: dict[str, str] = {}
    # One after another: a list of all paragraphs takes as much memory again as their XML.
    for element in document.element.body.iterchildren(PARAGRAPH):
        style = element.style
        if not style:
            continue  # most have none, and the default one is no heading
        if style not in names:
            found = Paragraph(element, document).style
            names[style] = (found.name or "") if found else ""
        if names[style].startswith(("Title", "Heading")) and (
            text := Paragraph(element, document).text.strip()
        ):
            return text
    return ""


def block_texts(element: Any) -> Iterator[str]:
    """Yield the text of each paragraph and table, in order."""
    for child in element:
        if child.tag == PARAGRAPH:
            yield paragraph_text(child)
        elif child.tag == TABLE:
            rows = ([cell_text(one) for one in nearest_below(row, CELL)] for row in nearest_below(child, ROW))
            yield "\n".join(" | ".join(cells).strip() for cells in rows if any(cells))
        elif child.tag not in LEFT_OUT:
            yield from block_texts(child)


def nearest_below(element: Any, tag: str) -> Iterator[Any]:
    """Yield the nearest elements of a kind below one: not the rows of a table in a table."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in LEFT_OUT:
            yield from nearest_below(child, tag)


def cell_text(element: Any) -> str:
    """Return a cell's text on one line, so that a row is one line."""
    return " ".join(" ".join(block_texts(element)).split())


def paragraph_text(element: Any) -> str:
    """Return the text of a paragraph, that of the text boxes in it on lines of their own."""
    pieces = []
    for child in element:
        if child.tag in TEXT:
            pieces.append(child.text or "")
        elif child.tag in MARKS:
            pieces.append(MARKS[child.tag])
        elif child.tag not in LEFT_OUT:
            inner = paragraph_text(child)
            pieces.append(f"\n{inner}\n" if child.tag == PARAGRAPH else inner)
    return "".join(pieces)


def create() -> DocxLoader:
    """Return the loader."""
    return DocxLoader()
