"""Write the raised and lowered characters of a line, and leave out the signs of notes that the page has."""

import re
from collections.abc import Collection, Sequence

from citewell.documents.pdf.lines import Run
from citewell.text.raised import write_lowered, write_raised

_PARTED = re.compile(r"[\s,;]+|(?<=\d)[-–](?=\d)")


def text_of(runs: Sequence[Run], signs: Collection[str]) -> str:
    """Return the text of runs; `citewell.text.raised` says what becomes of raised and lowered characters.

    Args:
        runs: The characters on the line, and the raised and lowered ones.
        signs: The signs of the notes on the page.
    """
    text = ""
    for place, run in enumerate(runs):
        after = runs[place + 1].text if place + 1 < len(runs) else ""
        if run.level == 0:
            text += run.text
        elif run.level < 0:
            text += write_lowered(text, run.text, after)
        elif not _are_of_notes(text, run.text, signs):
            text += write_raised(text, run.text, after)
    return text


def _are_of_notes(before: str, raised: str, signs: Collection[str]) -> bool:
    """Whether raised characters are signs of notes on the page: 3, or 3–5, but not the power of 10⁵."""
    parts = [part for part in _PARTED.split(raised.strip()) if part]
    is_power = raised.strip().isdecimal() and write_raised(before, raised) != ""
    return bool(parts) and not is_power and all(part.strip("[]()") in signs for part in parts)
