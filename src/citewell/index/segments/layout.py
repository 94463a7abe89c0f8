"""Name the files of a segment, and read and write its arrays."""

import hashlib
import json
import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.documents.structure import Mark
from citewell.errors import DamagedIndexError
from citewell.index.lazy import Lazy
from citewell.text.spans import Span

# One record for each article, one after the other: a JSON array of its fields and passages, in ASCII.
ARTICLES = "articles.bin"
# One line for each article: what is known of it without its text.
COLUMNS = "columns.jsonl"
# All vectors, float32, one after the other.
VECTORS = "vectors.bin"
# The 8-bit vectors, by inverted list.
LISTS = "vectors.faiss"

# The arrays: name, type and what they hold. "a" counts articles, "p" passages, "t" terms, "n" postings.
ARRAYS = {
    "ends": np.uint64,  # [a + 1] where each article's record begins, and where the last one ends
    "hashes": np.uint8,  # [a, 32] SHA-256 of the record
    "identities": np.uint64,  # [a] hash of all that the passages and vectors depend on
    "ids": np.uint64,  # [a] hash of the id
    "texts": np.uint64,  # [a] first bytes of the text's SHA-256
    "owners": np.int32,  # [p] the article of each passage
    "assigned": np.int64,  # [p] the inverted list of each vector
    "lengths": np.int32,  # [p] the number of terms
    "terms": np.uint64,  # [t] hashes of the terms, rising
    "starts": np.int64,  # [t + 1] where each term's postings begin
    "postings": np.int32,  # [n] passages that have a term, rising
    "counts": np.uint16,  # [n] how often, at most 65,535
}
SHORT = 4096  # bytes of an array's file that is read and not mapped
Arrays: TypeAlias = dict[str, NDArray[Any]]
FIELDS = ("id", "title", "text", "source", "published", "author", "marks")


def hash64(text: str) -> int:
    """Return a 64-bit hash of a text; of a million texts, two have the same once in 37 million times."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def hash_of_text(sha256: str) -> int:
    """Return the first eight bytes of a hexadecimal SHA-256, as `texts` keeps them."""
    return int(sha256[:16], 16)


def identify(document: Document) -> int:
    """Return the hash of all of an article that its passages and their vectors depend on."""
    return hash64(json.dumps([document.sha256, document.title, document.marks]))


def record_of(document: Document, passages: Sequence[Passage]) -> bytes:
    """Return an article and its passages as they are written."""
    fields = [getattr(document, field) for field in FIELDS]
    places = [[passage.start, passage.end, passage.sentences] for passage in passages]
    return json.dumps([*fields, places]).encode("ascii")


def read_record(record: bytes) -> tuple[Document, Sequence[Passage]]:
    """Read what `record_of` returned."""
    id_, title, text, source, published, author, marks, places = json.loads(record)
    document = Document(id_, title, text, source, published, author, tuple(Mark(*mark) for mark in marks))
    return document, Passages(document, places)


class Passages(Lazy[Passage]):
    """An article's passages, each made when it is asked for: of a long article few are."""

    def __init__(
        self, document: Document, written: Sequence[tuple[int, int, Sequence[Sequence[int]]]]
    ) -> None:
        """Take start, end and sentences of each."""
        self._document = document
        self._written = written

    def __len__(self) -> int:
        """Return the number of passages."""
        return len(self._written)

    def at(self, place: int) -> Passage:
        """Return a passage."""
        start, end, sentences = self._written[place]
        return Passage(self._document, start, end, tuple(Span(*sentence) for sentence in sentences))


def dump_line(values: Sequence[object]) -> str:
    """Return values as a line of JSON, in ASCII."""
    return json.dumps(values) + "\n"


def save_arrays(folder: Path, arrays: Arrays) -> None:
    """Write arrays as .npy files."""
    for name, array in arrays.items():
        with (folder / f"{name}.npy").open("wb") as file:
            np.lib.format.write_array(file, array.astype(ARRAYS[name], copy=False), allow_pickle=False)


def map_arrays(folder: Path) -> Arrays:
    """Map all arrays; nothing of the long ones is read yet, and each keeps its file open.

    Raises:
        DamagedIndexError: One is missing or of another type.
    """
    return {name: load_array(folder, name, mapped=True) for name in ARRAYS}


def read_arrays(folder: Path) -> Arrays:
    """Read all arrays into memory; no file stays open.

    Raises:
        DamagedIndexError: One is missing or of another type.
    """
    return {name: load_array(folder, name) for name in ARRAYS}


def load_array(folder: Path, name: str, *, mapped: bool = False) -> NDArray[Any]:
    """Read an array, or map it where it is long.

    Raises:
        DamagedIndexError: It is missing or of another type.
    """
    path, kind = folder / f"{name}.npy", ARRAYS[name]
    try:
        # subtle: an empty array cannot be mapped, and a short one is quicker read.
        is_mapped = mapped and path.stat().st_size > SHORT
        array: NDArray[Any] = np.load(path, mmap_mode="r" if is_mapped else None, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        message = f"{folder.name}/{path.name} cannot be read ({error})"
        raise DamagedIndexError(message) from error
    if array.dtype != kind:
        message = f"{folder.name}/{path.name} holds {array.dtype}, not {np.dtype(kind)}"
        raise DamagedIndexError(message)
    return array


class Blocks:
    """Reads parts of a file at any place, from many threads; the file stays readable after it is removed."""

    def __init__(self, path: Path) -> None:
        """Open a file."""
        try:
            self._file = os.open(path, os.O_RDONLY)
        except OSError as error:
            message = f"{path.parent.name}/{path.name} cannot be read ({error.strerror})"
            raise DamagedIndexError(message) from error
        weakref.finalize(self, os.close, self._file)
        self._name = f"{path.parent.name}/{path.name}"

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes [start, end).

        Raises:
            DamagedIndexError: The file is shorter.
        """
        found = os.pread(self._file, end - start, start)
        while len(found) < end - start:  # at most 2 GiB are read at once
            more = os.pread(self._file, end - start - len(found), start + len(found))
            if not more:
                message = f"{self._name} ends before its byte {end}"
                raise DamagedIndexError(message)
            found += more
        return found

    @property
    def size(self) -> int:
        """The number of bytes."""
        return os.fstat(self._file).st_size
