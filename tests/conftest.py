"""What many tests share: the real encoder, loaded once, an assistant on the shipped article, a browser."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser, sync_playwright

import small_index
import weights
from citewell import plugins
from citewell.assistant import Assistant
from citewell.documents.document import Document
from citewell.documents.loading import load
from citewell.generation.generator import Generator
from citewell.index import updates
from citewell.index.protocols import Encoder
from citewell.settings import Settings

ROOT = Path(__file__).parent.parent
# From which probability on the tests are answered, so that what they show of everything else hangs on no
# calibration. What is said of the shipped threshold is measured by `citewell evaluate` in `make test`.
THRESHOLD = "0.3"
os.environ.setdefault("CITEWELL_THRESHOLD", THRESHOLD)
# How fast an example is made or run says how busy the machine is. What hangs is ended by pytest's timeout.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")
ARTICLE = ROOT / "corpus" / "operation-disruptor.txt"
CHROMIUM = Path("/usr/bin/chromium")
# Without them Chromium asks its maker for updates and tries other protocols than the one recorded.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a slow test that does not say why it is; leave out on Windows what needs Unix."""
    for item in items:
        for mark in item.iter_markers("slow"):
            if not mark.kwargs.get("reason"):
                message = f"{item.nodeid}: a slow test says why: @pytest.mark.slow(reason=...)"
                raise pytest.UsageError(message)
        for mark in item.iter_markers("unix"):
            item.add_marker(pytest.mark.skipif(sys.platform == "win32", reason=f"needs {mark.args[0]}"))


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
    updates.update(folder, [corpus], small_index.RECIPE)
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
