"""Keep Gradio from opening files for a visitor, and from printing or logging a visitor's text."""

import logging
import traceback
from datetime import datetime
from typing import Any, TypeVar

import gradio as gr

from citewell.text.markup import escape

LOG = logging.getLogger(__name__)
T = TypeVar("T")

# An object that Gradio takes for a file has one of these keys; no value that our page sends has one.
FILE_KEYS = frozenset({"path", "url", "meta"})
# These libraries log the content of messages, some at DEBUG and some as a warning.
CARRIERS = {
    "mcp": logging.CRITICAL,
    "sse_starlette": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpcore2": logging.WARNING,
    "httpx": logging.WARNING,
    "httpx2": logging.WARNING,
    "openai": logging.WARNING,
}


class Page(gr.Blocks):
    """A page whose events get no file and leave no trace of what was written.

    The intake already refuses every object that looks like a file. This class checks again, for every event,
    endpoint and tool, because Gradio's own check is off in an application that is mounted into another.
    """

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *given: Any, **named: Any) -> Any:
        """Refuse files among the values of an event, before Gradio looks for files in them."""
        if holds_file(inputs):
            message = "no files are taken here"
            raise gr.Error(message, print_exception=False)
        return await super().preprocess_data(block_fn, inputs, *given, **named)

    async def process_api(self, *given: Any, **named: Any) -> dict[str, Any]:
        """Run an event; keep Gradio from printing an error together with the event's values."""
        try:
            return await super().process_api(*given, **named)
        except gr.Error as error:
            error.print_exception = False
            raise
        except Exception as error:  # noqa: BLE001  # any message may repeat what was sent
            log_mistake("an event of the page", error)
        message = "this could not be done; reload the page"
        raise gr.Error(message, print_exception=False)


def holds_file(value: object) -> bool:
    """Whether Gradio would take a value, or a part of it at any depth, for a file."""
    if isinstance(value, dict):
        return bool(FILE_KEYS & value.keys()) or any(map(holds_file, value.values()))
    return isinstance(value, list | tuple) and any(map(holds_file, value))


def log_mistake(where: str, error: Exception) -> None:
    """Log an error without its message, which may hold a visitor's text."""
    trace = "".join(traceback.format_tb(error.__traceback__))
    LOG.error("%s: %s\n%s", where, type(error).__name__, trace)


def hush() -> None:
    """Keep libraries that carry questions and answers from logging them, at any log level."""
    for name, level in CARRIERS.items():
        logging.getLogger(name).setLevel(level)


def give_file(stem: str, kind: str, text: str, made: datetime, *, clip: bool = False) -> str:
    """Return a text for the page to save as a file whose name has the time, or to copy."""
    name = f"{stem}-{made:%Y-%m-%d-%H%M}.{kind}"
    copies = " data-copy" if clip else ""
    return f'<pre hidden data-name="{name}" data-stamp="{made.timestamp()}"{copies}>{escape(text)}</pre>'


def read_sent(event: gr.EventData, name: str, default: T) -> T:
    """Return the value that the page sent with an event; the default for a missing value or another type."""
    data = event._data  # noqa: SLF001 - its attributes raise when the page sent nothing at all
    value = data.get(name, default) if isinstance(data, dict) else default
    return value if type(value) is type(default) else default
