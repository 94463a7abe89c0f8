"""Time the reading of PDFs beside pypdf's, which says the same letters without what a reader sees of them.

    python benchmarks/pdfs.py [FILE.pdf ...]

Without files it makes one of forty pages. One line a file: pages, milliseconds of computing of each, and
how many times as long ours takes. Both read a file once before it is timed.
"""

import argparse
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pypdf import PdfReader
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from citewell.documents.loaders.pdf import PdfLoader

SENTENCES = (
    "The tide rose to 3.2 metres at the harbour on Tuesday, the agency said in its report of May. " * 9
)


def main() -> None:
    """Time each file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files
    with tempfile.TemporaryDirectory() as folder:
        for path in files or [made(Path(folder))]:
            pages = len(PdfReader(path).pages)
            theirs, ours = milliseconds(with_pypdf, path), milliseconds(with_citewell, path)
            print(
                f"{path.name}: {pages} pages, pypdf {theirs:.0f} ms, citewell {ours:.0f} ms, "
                f"{ours / theirs:.1f} times"
            )


def made(folder: Path) -> Path:
    """Write a file of paragraphs and tables."""
    style = ParagraphStyle("plain", fontSize=10, leading=12)
    rows = [[f"{row}", "Skagen", "410", "388"] for row in range(8)]
    parts = [part for _ in range(110) for part in (Paragraph(SENTENCES, style), Table(rows))]
    path = folder / "made.pdf"
    SimpleDocTemplate(str(path)).build(parts)
    return path


def milliseconds(read: Callable[[Path], object], path: Path) -> float:
    """Return the time of computing of the second reading."""
    read(path)
    began = time.process_time()
    read(path)
    return 1000 * (time.process_time() - began)


def with_pypdf(path: Path) -> object:
    """Read the letters alone."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages]


def with_citewell(path: Path) -> object:
    """Read what a reader sees."""
    return list(PdfLoader().load(path))


if __name__ == "__main__":
    main()
