"""Make text safe to stand in a page: no character of it is markup, and none turns the text around it."""

import html
import re
from collections.abc import Callable

from citewell.text.normalisation import TURNING

# Each is shown by its number and shut into an isolate of its own, where it turns nothing.
STEERING = re.compile(f"[{''.join(sorted(TURNING))}]")


PLACE = "\0"  # stands in no text: articles and questions lose their control characters


def escape(text: str) -> str:
    """Return text as HTML that says the same and does nothing, in an element or a quoted attribute."""
    return html.escape(text)


def isolate(text: str) -> str:
    """Return text as an element that keeps its reading direction to itself."""
    return f"<bdi>{reveal_controls(text)}</bdi>"


def fill_gap(sentence: Callable[..., str], gap: str, text: str) -> str:
    """Return a sentence of the page as HTML, with a text that is not ours in its gap.

    >>> fill_gap("Understood as: {question}".format, "question", "Who & why?")
    'Understood as: <bdi>Who &amp; why?</bdi>'
    """
    return escape(sentence(**{gap: PLACE})).replace(PLACE, isolate(text))


def reveal_controls(text: str) -> str:
    """Return text as HTML whose characters of direction are seen and have no effect; for elements only."""
    return STEERING.sub(
        lambda found: f'<span class="control" title="U+{ord(found[0]):04X}">{found[0]}</span>', escape(text)
    )
