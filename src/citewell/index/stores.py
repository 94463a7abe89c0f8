"""Say what an index can be asked to do, wherever it lies: in a folder, or in Milvus."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from citewell.documents import loading
from citewell.index import manifest, storage, updates
from citewell.index.collection import Collection, IndexConfig, UpdateResult
from citewell.index.manifest import Manifest
from citewell.index.protocols import Encoder
from citewell.progress import UNSEEN, Stages


class Store(Protocol):
    """A place where an index lies; `str` of it is how messages call it."""

    @property
    def format(self) -> int:
        """Number of the format in which this citewell writes here."""
        ...

    def is_there(self) -> bool:
        """Whether there is an index, whole or damaged."""
        ...

    def manifest_json(self) -> str:
        """Return the manifest as JSON."""
        ...

    def manifest(self) -> Manifest:
        """Return what the index holds, and how it was made; the articles are not read."""
        ...

    def load(self, encoder: Encoder | None = None) -> tuple[Collection, Encoder]:
        """Open the index, with the encoder that made it."""
        ...

    def newer(self, collection: Collection) -> Collection | None:
        """Return what the index holds now, where that is known to differ from a collection; else None."""
        ...

    def ensure(
        self,
        corpus: Path,
        recipe: IndexConfig,
        *,
        read: loading.Read = loading.read_file,
        stages: Stages = UNSEEN,
    ) -> tuple[loading.Failure, ...]:
        """Build the index from its corpus where it is missing; return the files that could not be read."""
        ...

    def update(
        self,
        paths: Sequence[Path],
        recipe: IndexConfig,
        *,
        rebuild: bool = False,
        read: loading.Read = loading.read_file,
        stages: Stages = UNSEEN,
    ) -> tuple[UpdateResult, tuple[loading.Failure, ...]]:
        """Bring the index in line with files and folders."""
        ...

    def remove(self, ids: Sequence[str], stages: Stages = UNSEEN) -> None:
        """Take articles out of the index."""
        ...

    def verify(self) -> Manifest:
        """Check the whole index; return what it holds."""
        ...


@dataclass(frozen=True, slots=True)
class FolderStore:
    """An index in a folder.

    Attributes:
        folder: The folder.
    """

    folder: Path

    def __str__(self) -> str:
        """Return the folder's path."""
        return str(self.folder)

    @property
    def format(self) -> int:
        """The format of the manifest."""
        return manifest.FORMAT

    def manifest_json(self) -> str:
        """Return the manifest's file, after checking it."""
        manifest.read(self.folder)
        return (self.folder / manifest.NAME).read_text(encoding="utf-8")

    def is_there(self) -> bool:
        """Whether the folder holds an index."""
        return manifest.is_there(self.folder)

    def manifest(self) -> Manifest:
        """Read the manifest."""
        return manifest.read(self.folder)

    def load(self, encoder: Encoder | None = None) -> tuple[Collection, Encoder]:
        """Read the folder."""
        return storage.load(self.folder, encoder)

    def newer(self, collection: Collection) -> Collection | None:  # noqa: ARG002  # the protocol's
        """Return None: what was read from a folder is kept until the program ends."""
        return None

    def ensure(
        self,
        corpus: Path,
        recipe: IndexConfig,
        *,
        read: loading.Read = loading.read_file,
        stages: Stages = UNSEEN,
    ) -> tuple[loading.Failure, ...]:
        """Bring the folder in line with its corpus."""
        return updates.ensure(self.folder, corpus, recipe, read=read, stages=stages)

    def update(
        self,
        paths: Sequence[Path],
        recipe: IndexConfig,
        *,
        rebuild: bool = False,
        read: loading.Read = loading.read_file,
        stages: Stages = UNSEEN,
    ) -> tuple[UpdateResult, tuple[loading.Failure, ...]]:
        """Bring the folder in line with files and folders."""
        return updates.update(self.folder, paths, recipe, rebuild=rebuild, read=read, stages=stages)

    def remove(self, ids: Sequence[str], stages: Stages = UNSEEN) -> None:
        """Take articles out of the folder's index."""
        updates.remove(self.folder, ids, stages)

    def verify(self) -> Manifest:
        """Check every file and every offset."""
        return storage.verify(self.folder)
