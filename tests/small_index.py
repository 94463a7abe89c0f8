"""A small index of two articles, with an encoder that needs no weights, and what tests do with it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from citewell import plugins
from citewell.documents.loading import Failure
from citewell.errors import CollectionError
from citewell.index import generations, storage, updates
from citewell.index.collection import Collection, IndexConfig, UpdateResult, encoded_text
from citewell.index.protocols import Encoder
from citewell.progress import Stages

RECIPE = IndexConfig(encoder="hashing")
HASHING: Encoder = plugins.load("encoders", "hashing")
TIDE = "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt."
WIND = "The wind blew from the west. Two boats were lost."


def write(folder: Path) -> Path:
    """Write the two articles into a new folder."""
    folder.mkdir()
    (folder / "tide.txt").write_text(TIDE)
    (folder / "wind.txt").write_text(WIND)
    return folder


def texts(index: Path) -> dict[str, str]:
    """Open an index and check it; return its articles."""
    record = storage.verify(index)
    collection, encoder = storage.load(index)
    assert encoder.fingerprint == record.encoder_sha256
    expected = encoder.encode([encoded_text(passage, encoder) for passage in collection.passages])
    assert np.array_equal(collection.vectors.vectors(), expected)
    return {document.id: document.text for document in collection.documents}


def update(
    index: Path, *paths: Path, recipe: IndexConfig = RECIPE
) -> tuple[UpdateResult, tuple[Failure, ...], int]:
    """Update an index; return also how many passages were encoded."""
    totals = [0]
    stages = Stages(encoding=lambda _, total: totals.append(total))
    change, failures = updates.update(index, paths, recipe, stages=stages)
    return change, failures, max(totals)


def save(folder: Path, collection: Collection, encoder: Encoder = HASHING) -> None:
    """Save a collection under the lock."""
    with generations.lock(folder):
        storage.save(collection, encoder, folder)


def refused(index: Path, act: Callable[[], object]) -> None:
    """Check that something is refused in one line that says how to mend it."""
    with pytest.raises(CollectionError) as error:
        act()
    assert str(index) in str(error.value)
    assert "--rebuild" in str(error.value)
    assert "\n" not in str(error.value)


def run(code: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
