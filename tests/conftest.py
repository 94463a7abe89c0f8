"""What many tests share: the real encoder, loaded once, and an assistant on the shipped article."""

import os
from pathlib import Path

import pytest

import small_index
import weights
from citewell import plugins, storage
from citewell.assistant import Assistant
from citewell.documents import Document
from citewell.loading import load
from citewell.protocols import Encoder, Generator
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


@pytest.fixture(scope="session")
def model_file() -> Path:
    """The language model of the tests; in CI it is fetched, elsewhere only used where it is."""
    path = weights.fetch() if os.environ.get("CI") else weights.place()
    if not path.exists():
        pytest.skip("no language model: python tests/weights.py fetches it (1.1 GB)")
    return path


@pytest.fixture(scope="session")
def in_process(model_file: Path) -> Generator:
    """The real model in this process, loaded once."""
    generator: Generator = plugins.load("generators", "llama_cpp", model=str(model_file))
    return generator


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with two articles."""
    return small_index.write(tmp_path / "corpus")


@pytest.fixture
def index(tmp_path: Path, corpus: Path) -> Path:
    """An index of the two articles."""
    folder = tmp_path / "index"
    storage.update(folder, [corpus], small_index.RECIPE)
    return folder
