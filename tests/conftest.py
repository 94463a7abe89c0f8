"""What many tests share: the real encoder, loaded once, and an assistant on the shipped article."""

from pathlib import Path

import pytest

from citewell import plugins
from citewell.assistant import Assistant
from citewell.documents import Document
from citewell.loading import load
from citewell.protocols import Encoder
from citewell.settings import Settings

ROOT = Path(__file__).parent.parent
ARTICLE = ROOT / "corpus" / "operation-disruptor.txt"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The default encoder, with its real weights."""
    encoder: Encoder = plugins.load("encoders", "sentence_transformers")
    return encoder


@pytest.fixture(scope="session")
def article() -> Document:
    """The shipped article."""
    return load([ARTICLE]).documents[0]


@pytest.fixture(scope="session")
def assistant(encoder: Encoder, article: Document) -> Assistant:
    """The default assistant on the shipped article."""
    return Assistant.from_documents([article], settings=Settings(), encoder=encoder)
