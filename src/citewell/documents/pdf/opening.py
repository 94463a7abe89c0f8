"""Open a PDF, also one whose list of objects is wrong."""

import io

from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFNoValidXRef
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psparser import KWD, PSKeyword

from citewell.documents.pdf.damage import DAMAGE

# Some programs write these words without a space, and other programs still read the files.
GLUED = KWD(b"endstreamendobj")


class Parser(PDFParser):
    """Reads objects."""

    def do_keyword(self, pos: int, token: PSKeyword) -> None:
        """Handle a keyword."""
        super().do_keyword(pos, self.KEYWORD_ENDOBJ if token is GLUED else token)


class Searched(PDFDocument):
    """A file whose objects are searched for, since its list of objects is wrong."""

    def find_xref(self, parser: PDFParser) -> int:  # noqa: ARG002 - as pdfminer calls it
        """Say that there is no list."""
        message = "not asked"
        raise PDFNoValidXRef(message)


def open_pdf(data: bytes) -> tuple[PDFDocument, list[PDFPage]]:
    """Return a file and its pages.

    Raises:
        PDFEncryptionError: The file needs a password.
        Exception: One of DAMAGE: the file is no PDF or has no pages.
    """
    try:
        document = PDFDocument(Parser(io.BytesIO(data)))
        pages = list(PDFPage.create_pages(document))
        if pages and all(page.attrs.get("Contents") is None or page.contents for page in pages):
            return document, pages
    except PDFEncryptionError:
        raise
    except DAMAGE:
        pass
    document = Searched(Parser(io.BytesIO(data)))
    pages = list(PDFPage.create_pages(document))
    if not pages:
        message = "the file has no pages"
        raise ValueError(message)
    return document, pages
