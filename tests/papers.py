"""PDFs to read, made as programs make them."""

import io
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from citewell.documents.loader import Article
from citewell.documents.loaders.pdf import PdfLoader

Draw = Callable[[Canvas], object]


def drawn(*pages: Draw, compress: int = 0) -> bytes:
    """Return a PDF whose pages are drawn by functions."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=compress, invariant=1)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def flowing(parts: Iterable[object], **options: object) -> bytes:
    """Return a PDF of paragraphs and tables."""
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1, **options).build(list(parts))
    return buffer.getvalue()


def paragraph(text: str, size: float = 10, **style: object) -> Paragraph:
    """Return a paragraph of reportlab's markup."""
    return Paragraph(text, ParagraphStyle("plain", fontSize=size, leading=1.2 * size, **style))


def table(
    rows: Sequence[Sequence[object]], style: Sequence[tuple[object, ...]] = (), **options: object
) -> Table:
    """Return a table."""
    return Table([list(row) for row in rows], style=list(style), **options)


def lines(canvas: Canvas, texts: Iterable[str], *, x: float = 72, y: float = 760, size: float = 11) -> float:
    """Write lines under each other, and return the height of the next."""
    canvas.setFont("Helvetica", size)
    for text in texts:
        canvas.drawString(x, y, text)
        y -= 1.3 * size
    return y


def read(folder: Path, data: bytes) -> Article:
    """Return the article of a PDF."""
    path = folder / "paper.pdf"
    path.write_bytes(data)
    (article,) = PdfLoader().load(path)
    return article


def pages_of(count: int, draw: Callable[[Canvas, int], object]) -> list[Draw]:
    """Return the functions that draw pages, each with its number."""
    return [partial(_numbered, draw, number) for number in range(1, count + 1)]


def _numbered(draw: Callable[[Canvas, int], object], number: int, canvas: Canvas) -> None:
    draw(canvas, number)
