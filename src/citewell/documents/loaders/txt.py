"""Read plain text: the file is the article."""

from collections.abc import Iterator
from pathlib import Path

from citewell.documents.loader import Article
from citewell.text.decoding import decode


class TextLoader:
    """One article a file, with nothing but its text."""

    suffixes = (".txt", ".text")

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article."""
        decoded = decode(path.read_bytes())
        yield Article(text=decoded.text, warnings=decoded.warnings)


def create() -> TextLoader:
    """Return the loader."""
    return TextLoader()
