"""Read Rich Text Format as its reader sees it.

A reader of our own: the libraries for the format give its words without their looks, so that struck and
hidden words would be told as said, and leave notes out.
"""

from collections.abc import Iterator
from pathlib import Path

from citewell.documents.loader import Article
from citewell.documents.rich_text import RichTextReader
from citewell.errors import LoadError

BEGIN = b"{\\rtf"


class RtfLoader:
    """One article a file; title, author and date from its information group."""

    suffixes = (".rtf",)

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article; its paragraphs are parted by blank lines, a table's rows by line ends."""
        data = path.read_bytes()
        if data.lstrip()[:5].lower() != BEGIN:
            message = f"{path.name}: is no Rich Text; save it anew, or its text as .txt"
            raise LoadError(message)
        reader = RichTextReader()
        reader.read(data.lstrip().decode("latin-1"))
        yield Article(
            text=reader.builder.text,
            title=reader.about.get("title", "").strip(),
            published=reader.published,
            author=reader.about.get("author", "").strip(),
            marks=reader.builder.marks,
            warnings=reader.remarks.sentences,
        )


def create() -> RtfLoader:
    """Return the loader."""
    return RtfLoader()
