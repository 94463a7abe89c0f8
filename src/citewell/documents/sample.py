"""Hold the sample article, from which citewell answers when no other is indexed or named."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from citewell.documents.document import Document, document
from citewell.text.decoding import decode

NAME = "operation-disruptor.txt"
TITLE = "Operation DisrupTor"
NOTICE = (
    f"No index here: answering from the sample article '{TITLE}'. Index your own with: citewell index PATH"
)


@cache
def sample_article() -> Document:
    """Return the sample article, read once."""
    # A wheel holds the file beside this one. A clone has it in `corpus/` only, so that git keeps it once.
    shipped, cloned = files("citewell.documents") / NAME, Path(__file__).parents[3] / "corpus" / NAME
    data = (shipped if shipped.is_file() else cloned).read_bytes()
    return document(decode(data).text, id=NAME.removesuffix(".txt"), title=TITLE, source=NAME)
