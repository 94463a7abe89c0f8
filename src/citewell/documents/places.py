"""Write the place of a passage, to be found and read in front of it.

The text of a report may never say which report it is: its title does. The place is for the encoder, the word
index and the reader. Nothing of it is ever cited.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

from citewell.documents.document import first_words
from citewell.documents.passages import Passage, TokenSpans

Part: TypeAlias = Literal["title", "headings", "table", "date"]
SEPARATOR = " | "  # one token that seldom stands in a title, a heading or a text
SHARE = 5  # a place takes at most one in so many tokens
MAX_PLACE_TOKENS = 48  # what a passage of 180 tokens leaves of the 254 that the default encoder reads


def write_place(parts: Iterable[str]) -> str:
    """Return what is read in front of a passage.

    >>> write_place(["Victoria (Australia)", "", "Climate"])
    'Victoria (Australia) | Climate | '
    """
    return "".join(part + SEPARATOR for part in parts if part)


def place_parts(passage: Passage, kinds: Sequence[Part]) -> list[str]:
    """Return the parts of a passage's place, in the order of `kinds`, each once.

    A part with which the passage itself begins is left out, and so is a title made of the article's first
    words: it names nothing.
    """
    document, place = passage.document, passage.place
    title = document.title if document.title != first_words(document.text) else ""
    found = {
        "title": (title,),
        "headings": place.headings,
        "table": (place.table.replace(SEPARATOR, ", "),),
        "date": (document.published,),
    }
    begins = " ".join(passage.text[: 2 * max(map(len, (title, *place.headings)))].split())
    parts = (part for kind in kinds for part in found[kind])
    return [part for part in dict.fromkeys(parts) if part and not begins.startswith(part)]


def fit_place(parts: Sequence[str], token_spans: TokenSpans, room: int) -> str:
    """Write as much of a place as fits into `room` tokens: the first and the last part count most.

    >>> from citewell.text.words import word_spans
    >>> fit_place(["Annual report", "Fleet", "Tugs"], word_spans, 3)
    'Annual report | Tugs | '
    """
    for chosen in _shorter(parts):
        written = write_place(chosen)
        if len(token_spans(written)) <= room:
            return written
    if not parts:
        return ""
    # Two tokens are left for the separator, which may be more than one.
    ends = [span.end for span in token_spans(parts[0])][: max(0, room - 2)]
    return write_place([parts[0][: ends[-1]]]) if ends else ""


def _shorter(parts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the parts, then fewer and fewer: the first stays, and those behind it go from the highest on."""
    yield parts
    for left in range(2, len(parts)):
        yield [parts[0], *parts[left:]]
    if len(parts) > 1:
        yield parts[:1]
