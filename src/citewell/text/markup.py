"""Make text safe for a page: no character is markup or changes the direction of the text around it."""

import html
import re
from collections.abc import Callable

from citewell.text.normalisation import TURNING

# Each control is shown by its number, in its own isolate, where it does not change any direction.
STEERING = re.compile(f"[{''.join(sorted(TURNING))}]")


PLACE = "\0"  # occurs in no text: articles and questions lose their control characters


def escape(text: str) -> str:
    """Escape text as HTML without markup, for an element or a quoted attribute."""
    return html.escape(text)


def isolate(text: str) -> str:
    """Return text as an HTML element that isolates its reading direction."""
    return f"<bdi>{reveal_controls(text)}</bdi>"


def fill_gap(sentence: Callable[..., str], gap: str, text: str) -> str:
    """Return a sentence of the page as HTML, with an untrusted text in its gap.

    >>> fill_gap("Understood as: {question}".format, "question", "Who & why?")
    'Understood as: <bdi>Who &amp; why?</bdi>'
    """
    return escape(sentence(**{gap: PLACE})).replace(PLACE, isolate(text))


def reveal_controls(text: str) -> str:
    """Return text as HTML with its direction controls visible and without effect; for elements only."""
    return STEERING.sub(
        lambda found: f'<span class="control" title="U+{ord(found[0]):04X}">{found[0]}</span>', escape(text)
    )
