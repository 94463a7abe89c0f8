"""Read PDF files: the text that a person sees on their pages, in the order of reading.

The steps are in `citewell.documents.pdf`. Scans are read where the extra `ocr` is there; formulas are not.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import PDFStream, resolve1

from citewell.documents.loader import Article
from citewell.documents.pdf.commands import Interpreter
from citewell.documents.pdf.damage import DAMAGE
from citewell.documents.pdf.facts import bookmarks_of, facts_of, hidden_parts, strike_outs
from citewell.documents.pdf.flow import Block, joined_over_pages, page_blocks
from citewell.documents.pdf.furniture import take_off
from citewell.documents.pdf.glyphs import UNKNOWN
from citewell.documents.pdf.headings import body_size, name_blocks
from citewell.documents.pdf.joining import count_words
from citewell.documents.pdf.lines import Row, rows_of
from citewell.documents.pdf.opening import open_pdf
from citewell.documents.pdf.painting import Fonts, Painter
from citewell.documents.pdf.scans import has_engine, is_scan, read_scans
from citewell.documents.pdf.sheet import FORGOTTEN, Box, Piece, Rule, Sheet
from citewell.documents.pdf.visibility import STRUCK_OUT, part_unseen, told
from citewell.documents.pdf.writing import write
from citewell.errors import LoadError

# A person with a question need not know what pdfminer mends. A program that sets up logging still gets its
# messages.
logging.getLogger("pdfminer").addHandler(logging.NullHandler())

# The filters that may compress a page's commands; all other filters are for pictures.
PACKED = {
    "FlateDecode", "Fl", "LZWDecode", "LZW", "ASCII85Decode", "A85", "ASCIIHexDecode", "AHx",
    "RunLengthDecode", "RL", "Crypt",
}  # fmt: skip
# A picture that covers at least this share of a page may hold text, and is noted as not read.
LARGE = 0.05
# In bytes: the size of an empty stream once it is compressed.
SHORT = 16


class PdfLoader:
    """One article a file; title, author and date from its metadata."""

    suffixes = (".pdf",)

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        data = path.read_bytes()
        try:
            yield article_of(*open_pdf(data))
        except PDFEncryptionError as error:
            message = f"{path.name}: is encrypted; save a copy without a password"
            raise LoadError(message) from error
        except UnreadableError as error:
            message = f"{path.name}: {error}"
            raise LoadError(message) from error
        except DAMAGE as error:
            message = f"{path.name}: is damaged or not a PDF; save it anew, or its text as .txt"
            raise LoadError(message) from error


class UnreadableError(LoadError):
    """A file that is not damaged, but has no text."""


def article_of(document: PDFDocument, found: Sequence[PDFPage]) -> Article:
    """Return the article of a file.

    Args:
        document: The file.
        found: The file's pages.

    Raises:
        UnreadableError: The file has no text.
    """
    warnings: list[str] = []
    sheets = sheets_of(document, found)
    if read := read_scans(sheets):
        warnings.append(f"read by OCR: {on_pages(read)}; letters and figures may differ from the picture's")
    numbers = {page.pageid: number for number, page in enumerate(found, start=1)}
    taken = [(sheet.number, piece) for sheet in sheets for piece in part_unseen(sheet)]
    if not any(letter.isalnum() for sheet in sheets for piece in sheet.pieces for letter in piece.text):
        raise UnreadableError(no_text(sheets, taken))
    warnings += [*told(taken), *notes_of(sheets)]
    struck: dict[int, list[Piece]] = {}
    for number, piece in taken:
        if piece.why == STRUCK_OUT:
            struck.setdefault(number, []).append(piece)
    pages = [
        rows_of(
            [piece for piece in sheet.pieces if piece.turn == 0], sheet.rules, struck.get(sheet.number, ())
        )
        for sheet in sheets
    ]
    body = body_size(pages)
    printed = take_off(pages, [sheet.box for sheet in sheets], body)
    words = count_words(row.text for rows in pages for row in rows)
    blocks: list[Block] = []
    for sheet, rows in zip(sheets, pages, strict=True):
        blocks += page_blocks(sheet.number, rows, sheet.rules, body, words)
        for turned in turned_rows(sheet):
            blocks += page_blocks(sheet.number, turned, (), body, words)
    blocks = joined_over_pages(blocks)
    name_blocks(blocks, bookmarks_of(document, numbers), body)
    labels = {sheet.number: sheet.label or number for sheet, number in zip(sheets, printed, strict=True)}
    builder = write(blocks, labels, words)
    facts = facts_of(document)
    return Article(
        text=builder.text,
        title=facts.title,
        published=facts.published,
        author=facts.author,
        marks=builder.marks,
        warnings=tuple(warnings),
    )


def sheets_of(document: PDFDocument, pages: Sequence[PDFPage]) -> list[Sheet]:
    """Return the text and pictures that are painted on each page of a file."""
    fonts = Fonts()
    painter = Painter(fonts)
    interpreter = Interpreter(fonts, painter, hidden_parts(document))
    sheets: list[Sheet] = []
    for number, page in enumerate(pages, start=1):
        sheet = painter.sheet = Sheet(number, Box(0, 0, 0, 0), label=str(page.label or ""))
        check_packing(page, sheet)
        interpreter.process_page(page)
        if page.annots is not None:
            sheet.rules += [Rule(x0, y, x1, y) for x0, y, x1 in strike_outs(page)]
        sheets.append(sheet)
    return sheets


def check_packing(page: PDFPage, sheet: Sheet) -> None:
    """Mark a sheet as damaged where some of its page's commands cannot be decompressed.

    Raises:
        ValueError: The commands have a filter that is for pictures only.
    """
    for content in map(resolve1, page.contents):
        if not isinstance(content, PDFStream):
            sheet.damaged = True
            continue
        for name, _ in content.get_filters():
            if getattr(name, "name", "") not in PACKED:
                message = f"commands packed with {name}"
                raise ValueError(message)
        was_packed = len(content.rawdata or b"") > SHORT
        sheet.damaged |= was_packed and not content.get_data()


def turned_rows(sheet: Sheet) -> Iterator[list[Row]]:
    """Yield the rows of a page that are not read from left to right, each direction by itself."""
    turned: dict[int, list[Piece]] = {}
    for piece in sheet.pieces:
        if piece.turn:
            turned.setdefault(piece.turn, []).append(piece)
    for turn in sorted(turned):
        yield rows_of(turned[turn])


def no_text(sheets: Sequence[Sheet], taken: Sequence[tuple[int, Piece]]) -> str:
    """Say why a file has no text, and what to do."""
    if all(is_scan(sheet) for sheet in sheets):
        count = f"its {len(sheets):,} pages are pictures" if len(sheets) > 1 else "its page is a picture"
        return f"is a scan: {count} without a text layer; {remedy()}"
    if taken:
        return "has no text that a reader sees: " + "; ".join(told(taken))
    return f"has no text layer, like most scans; {remedy()}"


def remedy() -> str:
    """Say how a scan can be read."""
    if has_engine():  # and it found nothing
        return "OCR found no text in it; scan it anew, or save its text as .txt"
    return "install citewell[ocr] to read it, or run OCR on it first, e.g. ocrmypdf"


def notes_of(sheets: Sequence[Sheet]) -> Iterator[str]:
    """Yield a note on each kind of content that was not read or could not be interpreted."""
    unknown = Counter(
        {sheet.number: sum(piece.text.count(UNKNOWN) for piece in sheet.pieces) for sheet in sheets}
    )
    found = [page for page in sorted(unknown) if unknown[page]]
    if found:
        count = sum(unknown.values())
        what = f"{count:,} characters cannot be known, since their fonts do not say what they are"
        one = "a character cannot be known, since its font does not say what it is"
        yield f"{on_pages(found)}: {what if count > 1 else one}; each stands as {UNKNOWN}"
    empty = [sheet.number for sheet in sheets if not sheet.pieces and is_scan(sheet)]
    if empty:
        yield f"{on_pages(empty)}: a picture without a text layer was not read; {remedy()}"
    seen = [sheet for sheet in sheets if sheet.number not in empty]
    pictures = [
        (sheet.number, sum(box.meet(sheet.box).area > LARGE * sheet.box.area for box, *_ in sheet.pictures))
        for sheet in seen
        if not is_scan(sheet)
    ]
    with_pictures = [page for page, count in pictures if count]
    if with_pictures:
        count = sum(count for _, count in pictures)
        yield f"{on_pages(with_pictures)}: what {count:,} picture{'s' * (count > 1)} may say was not read"
    damaged = [sheet.number for sheet in sheets if sheet.damaged]
    if damaged:
        yield f"{on_pages(damaged)}: some content is damaged and was not read"
    carried = {
        sheet.number: [piece.text for piece in sheet.pieces if piece.mode >= FORGOTTEN] for sheet in sheets
    }
    for page, texts in carried.items():
        if texts:
            words = " ".join(" ".join(texts).split())
            yield f"page {page}: read what most programs do not paint, by an oversight it seems: “{words}”"


def on_pages(pages: Sequence[int]) -> str:
    """Return page numbers in words.

    >>> on_pages([3]), on_pages([1, 2, 5])
    ('page 3', 'pages 1, 2, 5')
    """
    return f"page{'s' * (len(pages) > 1)} {', '.join(map(str, pages))}"


def create() -> PdfLoader:
    """Return the loader."""
    return PdfLoader()
