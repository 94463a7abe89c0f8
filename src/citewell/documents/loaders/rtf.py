"""Read Rich Text Format as a person sees it.

citewell has its own parser. The libraries for the format leave out notes, and return words without their
looks, so that struck-out and hidden words would pass for text.
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
        """Yield the article; blank lines separate its paragraphs, line ends the rows of a table."""
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
