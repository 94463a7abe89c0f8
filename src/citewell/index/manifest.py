"""Say what an index folder holds, and recognise a damaged index.

An index folder holds `manifest.json` and one folder `generation-<hash>` with the data. A save
writes a new generation aside, makes it durable, renames it, and then replaces the manifest by a
rename: that rename is the commit. After a kill before the commit, the manifest still names the old
generation; after a kill behind the commit, it names the new one. Generations that no manifest names
are removed when the lock is given back.
"""

import hashlib
import json
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from citewell.errors import (
    DamagedIndexError,
    ForeignIndexError,
    MissingIndexError,
)
from citewell.files import file_sha256, regular

PROGRAM = "citewell"
FORMAT = 3  # format 2 added marks, author and warnings; format 3 finds each passage with its place
NAME = "manifest.json"
# The full pattern: a folder "generation-x" may be the user's.
GENERATION = re.compile(r"generation-[0-9a-f]{16}")
SEGMENT = re.compile(r"segment-[0-9a-f]{16}")
# Parts of a large index that is being built; see `citewell.index.segments.saving`.
PARTS = ".parts"


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """A file that articles came from.

    Attributes:
        path: Path relative to the index folder, so that a project may be moved as a whole.
        sha256: SHA-256 of the file's bytes.
        documents: Ids of the file's articles, in order.
        warnings: Parts of the file that were skipped, withdrawn or guessed.
    """

    path: str
    sha256: str
    documents: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """An article of the index.

    Attributes:
        id: The article's id.
        title: The article's title.
        sha256: SHA-256 of the article's text.
        characters: Length of the text in code points.
        tokens: Length of the text in tiktoken tokens, the unit of a language model's budget.
        passages: Number of the article's passages.
    """

    id: str
    title: str
    sha256: str
    characters: int
    tokens: int
    passages: int


@dataclass(frozen=True, slots=True)
class IndexedSegment:
    """A segment of a large index; see `citewell.index.segments`.

    Attributes:
        name: Name of its folder, made from the hashes.
        articles: Number of its articles.
        passages: Number of its passages.
        hashes: SHA-256 of each of its files, by the file's name.
    """

    name: str
    articles: int
    passages: int
    hashes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index holds and how it was made.

    Attributes:
        encoder: Plugin name of the encoder.
        encoder_model: The model's name.
        encoder_sha256: The encoder's fingerprint.
        dimensions: Length of a vector.
        index: Plugin name of the vector index.
        lexical: Plugin name of the lexical index.
        splitting: Version and settings of the splitter.
        sources: Files that the articles came from, in the order in which they were added. Those of a large
            index stand in its generation.
        documents: Articles, in the order of the collection. Those of a large index stand in its segments.
        passages: Number of passages.
        hashes: SHA-256 of every file of the generation, by the file's path inside the generation.
        generation: Name of the folder with the data. The name is made from the hashes, so the same
            content has the same name.
        segments: Segments of a large index, in order; empty for a small one.
    """

    encoder: str
    encoder_model: str
    encoder_sha256: str
    dimensions: int
    index: str
    lexical: str
    splitting: dict[str, int]
    sources: tuple[IndexedFile, ...]
    documents: tuple[IndexedDocument, ...]
    passages: int
    hashes: dict[str, str]
    generation: str
    segments: tuple[IndexedSegment, ...] = ()

    @property
    def articles(self) -> int:
        """Number of articles."""
        return sum(one.articles for one in self.segments) if self.segments else len(self.documents)


def read(folder: Path) -> Manifest:
    """Read the manifest of an index; no other file is read.

    Raises:
        MissingIndexError: There is no index.
        DamagedIndexError: The manifest is not what was written.
        ForeignIndexError: Another program wrote it, or its format is another version's.
    """
    path = folder / NAME
    mend = explain_rebuild(folder)
    try:
        raw = regular(path).read_bytes()
    except FileNotFoundError as error:
        raise MissingIndexError(explain_missing(folder)) from error
    except NotADirectoryError as error:
        message = f"{folder} is a file, and an index is a folder; name another with --index"
        raise MissingIndexError(message) from error
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror}); check its permissions, or {mend}"
        raise DamagedIndexError(message) from error
    try:
        record = json.loads(raw)
    except (ValueError, RecursionError) as error:
        message = f"{path} is damaged (not JSON, {len(raw)} bytes); {mend}"
        raise DamagedIndexError(message) from error
    if not isinstance(record, dict) or record.get("program") != PROGRAM:
        message = f"{path} was not written by citewell; name another folder with --index, or {mend}"
        raise ForeignIndexError(message)
    if record.get("format") != FORMAT:
        message = f"{path} has format {record.get('format')!r}, this citewell reads format {FORMAT}; {mend}"
        raise ForeignIndexError(message)
    # Compare the bytes too: JSON can spell one text in several ways, and `dump` writes only one of them.
    if record.get("checksum") != checksum(record) or dump(record) != raw:
        message = f"{path} is damaged (its checksum does not fit); {mend}"
        raise DamagedIndexError(message)
    try:
        return parse(record["content"])
    except (KeyError, TypeError) as error:
        message = f"{path} lacks the fields of format {FORMAT} ({error}); {mend}"
        raise ForeignIndexError(message) from error


def parse(content: dict[str, Any]) -> Manifest:
    """Make the manifest from parsed JSON."""
    sources = (
        IndexedFile(source["path"], source["sha256"], tuple(source["documents"]), tuple(source["warnings"]))
        for source in content["sources"]
    )
    documents = (IndexedDocument(**document) for document in content["documents"])
    manifest = Manifest(**{**content, "sources": tuple(sources), "documents": tuple(documents)})
    return replace(manifest, segments=tuple(IndexedSegment(**one) for one in content.get("segments", ())))


def read_stamp(folder: Path) -> tuple[int, int] | None:
    """Return the manifest file's inode and time of change, which each commit changes; None without a file."""
    try:
        status = (folder / NAME).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def explain_rebuild(folder: Path) -> str:
    """Say how to make a damaged or foreign index anew."""
    return f"rebuild it: citewell index PATH --index {folder} --rebuild"


def owns(folder: Path, path: Path) -> bool:
    """Whether a path is one of an index's own files, which are not articles even in a folder of articles."""
    here = folder.resolve()
    top = path.relative_to(here).parts[:1] if path.is_relative_to(here) else ()
    return any(name in {NAME, PARTS} or GENERATION.fullmatch(name) or SEGMENT.fullmatch(name) for name in top)


def is_there(folder: Path) -> bool:
    """Whether a folder holds an index, whole or damaged."""
    return os.path.lexists(folder / NAME)


def explain_missing(folder: Path) -> str:
    """Say that there is no index, and how to build one."""
    return f"no index in {folder}; build one: citewell index PATH --index {folder}"


def checksum(record: dict[str, object]) -> str:
    """Hash a manifest's record, leaving out the checksum in it."""
    rest = {key: value for key, value in record.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def dump(record: dict[str, object]) -> bytes:
    """Return the bytes of the manifest file for a record."""
    return json.dumps(record, indent=1).encode("ascii")


def find_damage(folder: Path, manifest: Manifest) -> list[str]:
    """Compare every file of the generation with its hash; return the faults, empty when all files match."""
    return find_differences(folder / manifest.generation, manifest.hashes)


def find_segment_damage(folder: Path, manifest: Manifest) -> list[str]:
    """Compare every file of the segments with its hash; return the faults, empty when all files match."""
    return [
        f"{one.name}/{fault}"
        for one in manifest.segments
        for fault in find_differences(folder / one.name, one.hashes)
    ]


def find_differences(folder: Path, hashes: dict[str, str]) -> list[str]:
    """Compare files with their hashes; return the faults, empty when all files match."""
    found = []
    for name, expected in sorted(hashes.items()):
        try:
            actual = file_sha256(folder / name)
        except FileNotFoundError:
            found.append(f"{name} is missing")
        except OSError as error:
            found.append(f"{name} cannot be read ({error.strerror})")
        else:
            if actual != expected:
                found.append(f"{name} is damaged (SHA-256 {actual[:12]}…, expected {expected[:12]}…)")
    return found


def check(folder: Path, manifest: Manifest, *, whole: bool = False) -> None:
    """Raise DamagedIndexError, naming the first file that differs from what was written.

    Args:
        folder: The index.
        manifest: Its manifest.
        whole: Whether the segments of a large index are hashed too, which takes as long as reading them.
    """
    found = find_damage(folder, manifest) + (find_segment_damage(folder, manifest) if whole else [])
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        message = f"index {folder}: {found[0]}{more}; {explain_rebuild(folder)}"
        raise DamagedIndexError(message)
