"""Read PDF files: the words of the text layer, with lines joined to paragraphs again.

Not done: columns that the file itself mixes, tables, and scans, which have no text layer.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from citewell.documents.loader import Article
from citewell.errors import LoadError

# What pypdf mends on its way is no news to who asks an article; a program that logs still hears of it.
logging.getLogger("pypdf").addHandler(logging.NullHandler())

# pypdf: "broken PDF files might cause other Exceptions"; these are what truncated and altered files raise.
DAMAGE = (
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
# Printed letters that are two or three; readers type the latter.
LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"},
)
# A line with that much of the page's width free would have taken the next word: its paragraph ends.
FULL_LINE = 0.85
BULLET = re.compile(r"[-*•▪◦‣]\s")
NUMBERED = re.compile(r"\(?(?:\d{1,3}|[A-Za-z])[.)]\s")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
HYPHEN = re.compile(r"\w[-‐\u00ad]$")
# What is parted by more hyphens than fit in it is no word.
LONGEST_WORD = 1000
ENDS_SENTENCE = re.compile(r"[.!?:;…][\"'”’»)\]]*$")


class PdfLoader:
    """One article a file; title and date from its metadata."""

    suffixes = (".pdf",)

    def load(self, path: Path) -> Iterator[Article]:
        """Yield the article; its pages are parted by blank lines."""
        data = path.read_bytes()
        try:
            reader = PdfReader(io.BytesIO(data))
            pages = [page.extract_text().translate(LIGATURES) for page in reader.pages]
            title, published = metadata(reader)
        except FileNotDecryptedError as error:
            message = f"{path.name}: is encrypted; save a copy without a password"
            raise LoadError(message) from error
        except DependencyError as error:
            message = f"{path.name}: is encrypted or packed as pypdf alone cannot read it ({error})"
            raise LoadError(message) from error
        except DAMAGE as error:
            message = f"{path.name}: is damaged or not a PDF; save it anew, or its text as .txt"
            raise LoadError(message) from error
        if not any(character.isalnum() for page in pages for character in page):
            message = f"{path.name}: has no text layer, like most scans; run OCR on it first, e.g. ocrmypdf"
            raise LoadError(message)
        words = Counter(WORD.findall(" ".join(pages)))
        texts = [join_paragraphs(page.splitlines(), words) for page in pages]
        yield Article(text="\n\n".join(filter(None, texts)), title=title, published=published)


def metadata(reader: PdfReader) -> tuple[str, str]:
    """Return the title and the day of creation, "" where the file does not say."""
    information = reader.metadata
    if information is None:
        return "", ""
    try:
        created = information.creation_date
    except ValueError:
        created = None
    return str(information.title or ""), created.date().isoformat() if created else ""


def join_paragraphs(lines: Sequence[str], words: Counter[str]) -> str:
    """Join the lines of a page to paragraphs, parted by blank lines.

    Args:
        lines: As printed.
        words: How often each word stands in the whole file, for the hyphens at line ends.
    """
    width = max((len(line.strip()) for line in lines), default=0)
    result: list[list[str]] = []
    previous = ""
    for line in (" ".join(line.split()) for line in lines):
        if not line or not previous or _parts(previous, line, width):
            result.append([line])
        else:
            # Only the last word of what is there decides, so no more is copied.
            text = join_lines(result[-1].pop(), line, words)
            end = len(text) - len(line)
            cut = max(text.rfind(" ", 0, end) + 1, end - LONGEST_WORD)
            result[-1] += [text[:cut], text[cut:]]
        previous = line
    return "\n\n".join(filter(None, map("".join, result)))


def _parts(line: str, following: str, width: int) -> bool:
    """Whether a paragraph ends between two printed lines."""
    ends = bool(ENDS_SENTENCE.search(line))
    free = len(line) + 1 + len(following.split(maxsplit=1)[0]) < FULL_LINE * width
    # A number alone on a line is the page's.
    if BULLET.match(following) or line.isdigit() or following.isdigit():
        return True
    if HYPHEN.search(line) or (following[0].islower() and not ends):
        return False
    if NUMBERED.match(following):
        return ends or free
    is_heading = following[0].isupper() and 2 * len(following) < width and not ENDS_SENTENCE.search(following)
    return free or (ends and is_heading)


def join_lines(before: str, after: str, words: Counter[str]) -> str:
    """Join two lines, and the word that a hyphen parts between them.

    The hyphen stays where the file elsewhere writes the word with it more often than without, and
    before a capital or digit; a soft hyphen never does.

    >>> join_lines("the investi-", "gation went on", Counter())
    'the investigation went on'
    >>> join_lines("a well-", "known vendor", Counter({"well-known": 1}))
    'a well-known vendor'
    """
    if before.endswith("\u00ad"):
        return before[:-1] + after
    if not HYPHEN.search(before):
        return f"{before} {after}"
    head = re.split(r"\s", before)[-1].lstrip("\"'“‘«([")
    tail = WORD.match(after)
    kept = after[0].isupper() or after[0].isdigit() or before[-2].isdigit()
    if tail and words[head + tail[0]] > words[head[:-1] + tail[0]]:
        kept = True
    return before + after if kept else before[:-1] + after


def create() -> PdfLoader:
    """Return the loader."""
    return PdfLoader()
