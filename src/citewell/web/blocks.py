"""Hold Gradio to two promises: it opens no file for a visitor, and it prints nothing of what one wrote."""

import logging
import traceback
from typing import Any, TypeVar

import gradio as gr

LOG = logging.getLogger(__name__)
T = TypeVar("T")

# What Gradio takes for a file has one of them; what ours are sent has none.
FILE_KEYS = frozenset({"path", "url", "meta"})
# They write what they carry into the log, some at DEBUG and some as a warning.
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

    The intake lets nothing like a file through; this is the wall behind it, for every event, endpoint and
    tool, because Gradio's own check is off in an application that is mounted into another.
    """

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *given: Any, **named: Any) -> Any:
        """Give an event its values, before Gradio looks for files in them."""
        if holds_file(inputs):
            message = "no files are taken here"
            raise gr.Error(message, print_exception=False)
        return await super().preprocess_data(block_fn, inputs, *given, **named)

    async def process_api(self, *given: Any, **named: Any) -> dict[str, Any]:
        """Do what an event asks for; Gradio prints what goes wrong, values and all, unless told not to."""
        try:
            return await super().process_api(*given, **named)
        except gr.Error as error:
            error.print_exception = False
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, its message may repeat what was sent
            log_mistake("an event of the page", error)
        message = "this could not be done; reload the page"
        raise gr.Error(message, print_exception=False)


def holds_file(value: object) -> bool:
    """Whether Gradio would take something for a file, at any depth."""
    if isinstance(value, dict):
        return bool(FILE_KEYS & value.keys()) or any(map(holds_file, value.values()))
    return isinstance(value, list | tuple) and any(map(holds_file, value))


def log_mistake(where: str, error: Exception) -> None:
    """Log what went wrong without its message, which may hold what a visitor wrote."""
    trace = "".join(traceback.format_tb(error.__traceback__))
    LOG.error("%s: %s\n%s", where, type(error).__name__, trace)


def hush() -> None:
    """Keep libraries that carry questions and answers from logging them, at whatever level others log."""
    for name, level in CARRIERS.items():
        logging.getLogger(name).setLevel(level)


def read_sent(event: gr.EventData, name: str, default: T) -> T:
    """Return what the page sent with an event; the default when it is missing or of another type."""
    data = event._data  # noqa: SLF001 - its attributes raise when the page sent nothing at all
    value = data.get(name, default) if isinstance(data, dict) else default
    return value if type(value) is type(default) else default
