"""Ask an article; every sentence of the answer cites the exact characters that prove it."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from citewell.answers.answer import Abstention, Answer
    from citewell.assistant import Assistant, ask
    from citewell.checking.citations import Citation, Statement
    from citewell.documents.document import Document
    from citewell.documents.loading import load
    from citewell.errors import CitewellError
    from citewell.settings import Settings

# The module of each public name. It is imported at first use, so that `citewell --help` does not wait for the
# encoder's libraries.
_HOMES = {
    "Abstention": "citewell.answers.answer",
    "Answer": "citewell.answers.answer",
    "Assistant": "citewell.assistant",
    "Citation": "citewell.checking.citations",
    "CitewellError": "citewell.errors",
    "Document": "citewell.documents.document",
    "Settings": "citewell.settings",
    "Statement": "citewell.checking.citations",
    "ask": "citewell.assistant",
    "load": "citewell.documents.loading",
}

__all__ = [
    "Abstention",
    "Answer",
    "Assistant",
    "Citation",
    "CitewellError",
    "Document",
    "Settings",
    "Statement",
    "ask",
    "load",
]


def __getattr__(name: str) -> Any:
    """Load a public name from its module (PEP 562)."""
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    message = f"module 'citewell' has no attribute {name!r}"
    raise AttributeError(message)
