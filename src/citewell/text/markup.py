"""Make text safe for a page: no character is markup or changes the direction of the text around it."""

import html
import re
from collections.abc import Callable, Sequence

from citewell.text.normalisation import TURNING
from citewell.text.spans import Span, join_overlapping

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


def emphasise(text: str, start: int, spans: Sequence[Span]) -> str:
    """Return a text as HTML in which the words that differ stand out; for elements only.

    Args:
        text: The text.
        start: Offset of its first character among the ranges.
        spans: The ranges that differ; parts outside of the text are left out.

    >>> emphasise("It was 7 & 8.", 100, [Span(107, 112), Span(90, 95)])
    'It was <b class="differs">7 &amp; 8</b>.'
    """
    parts, at = [], 0
    for span in join_overlapping(spans):
        begin, end = max(span.start - start, at), min(span.end - start, len(text))
        if begin < end:
            parts.append(reveal_controls(text[at:begin]))
            parts.append(f'<b class="differs">{reveal_controls(text[begin:end])}</b>')
            at = end
    return "".join([*parts, reveal_controls(text[at:])])
