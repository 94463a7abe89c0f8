"""Parse the reply of a language model into text, markers and the short answer."""

import re
from collections.abc import Iterable, Iterator

from citewell.generation.generator import Marker, ShortAnswer
from citewell.generation.prompts import SHORT

# Longer numbers are no markers.
DIGITS = 3
NUMBERS = rf"\d{{1,{DIGITS}}}(?:\s*[,;]\s*\d{{1,{DIGITS}}})*"
MARK = re.compile(rf"\[\s*(?:[Pp]assages?\s+)?(?P<numbers>{NUMBERS})\s*\]|(?P<line>\n\s*{SHORT}\s*)")
# An unfinished marker or an unfinished beginning of the last line, at the end of the text so far.
OPEN = re.compile(r"(?:\s*\[[\s\w,;]{0,24}|\s*(?:S|Sh|Sho|Shor|Short)?)$")
FIRST = re.compile(rf"[\s.,;]*{SHORT}\s*")


def first_line(chunks: Iterable[str]) -> str:
    r"""Return the first line that is not empty, and stop reading after it.

    >>> first_line(["\nWhere", " is it?\n", "In"])
    'Where is it?'
    """
    said = ""
    for chunk in chunks:
        said = (said + chunk).lstrip()
        if "\n" in said:
            break
    return said.partition("\n")[0].strip()


def parse_pieces(chunks: Iterable[str]) -> Iterator[str | Marker | ShortAnswer]:
    r"""Parse a model's reply as it comes, and yield text, markers and the short answer.

    Text that may still become a marker or the line of the short answer is held back. Each run of white space
    becomes one space. Full stops behind a marker are dropped, since the statement has ended.

    >>> list(parse_pieces(["It rose [", "2]", ".\nSho", "rt: it rose"]))
    ['It rose', Marker(number=2), ShortAnswer(text='it rose')]
    """
    held, fresh = "", True
    stream = iter(chunks)
    for chunk in stream:
        found, held, is_short = split_certain(held + chunk, fresh=fresh)
        for piece in tidy(found, fresh=fresh):
            fresh = isinstance(piece, Marker)
            yield piece
        if is_short:
            short = " ".join((held + "".join(stream)).split()).strip(" .")
            if short:
                yield ShortAnswer(short)
            return
    found, held, _ = split_certain(held, fresh=fresh, ended=True)
    yield from tidy(found, fresh=fresh)


def split_certain(held: str, *, fresh: bool, ended: bool = False) -> tuple[list[str | Marker], str, bool]:
    """Return the pieces that are certain, the rest, and whether the rest is the short answer.

    Args:
        held: Text that has come and is not parsed yet.
        fresh: Whether the text stands at the beginning or behind a marker.
        ended: Whether the reply has ended.
    """
    waits = None if ended else OPEN.search(held)
    cut = waits.start() if waits else len(held)
    found: list[str | Marker] = []
    at = 0
    while True:
        line = FIRST.match(held, at, cut) if fresh else None
        if line:
            return found, held[line.end() :], True
        match = MARK.search(held, at, cut)
        if not match:
            return [*found, held[at:cut]], held[cut:], False
        found.append(held[at : match.start()].rstrip())
        if match["line"]:
            return found, held[match.end() :], True
        found += [Marker(int(number)) for number in re.findall(r"\d+", match["numbers"])]
        at, fresh = match.end(), True


def tidy(found: Iterable[str | Marker], *, fresh: bool) -> Iterator[str | Marker]:
    """Drop empty text, and the punctuation and spaces that begin a statement."""
    for piece in found:
        if isinstance(piece, Marker):
            fresh = True
            yield piece
            continue
        text = re.sub(r"\s+", " ", piece)
        text = text.lstrip(" .,;") if fresh else text
        if text:
            fresh = False
            yield text
