"""Servers in this process, made once for all tests here: one for everybody, one with a password."""

from collections.abc import Iterator

import pytest

from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.index.encoders import hashing
from citewell.settings import settings
from citewell.web import server
from citewell.web.access import Access, upload_bytes
from serving import PASSWORD, TEXT, USER

PANDAS = (
    # Gradio 6.31 counts its requests with pandas, in a way that pandas 3 dislikes.
    "ignore:'future.no_silent_downcasting' is deprecated:DeprecationWarning",
    "ignore:The copy keyword is deprecated:DeprecationWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for warning in PANDAS:
            item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(scope="session")
def tide() -> Assistant:
    """An assistant on one short article, with the quick encoder."""
    chosen = settings(encoder="hashing")
    return Assistant.from_documents([document(TEXT, id="tide")], settings=chosen, encoder=hashing.create())


@pytest.fixture(scope="session")
def open_to_all(tide: Assistant) -> Iterator[tuple[str, int]]:
    """Host and port of a server that asks for no password."""
    running = server.start(tide)
    yield "127.0.0.1", int(running.url.rstrip("/").rpartition(":")[2])
    running.close()


@pytest.fixture(scope="session")
def locked(tide: Assistant) -> Iterator[tuple[str, int]]:
    """Host and port of a server that asks for one."""
    access = Access(credentials=(USER, PASSWORD), upload_bytes=upload_bytes(tide.settings))
    running = server.begin(lambda: tide, access)
    running.wait()
    yield "127.0.0.1", int(running.url.rstrip("/").rpartition(":")[2])
    running.close()
