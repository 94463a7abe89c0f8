"""Say what a generation holds: one record, in pieces, with its checksum; it is written once, and stays."""

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Final

from citewell.errors import DamagedIndexError, ForeignIndexError
from citewell.index.manifest import IndexedFile
from citewell.index.milvus.layout import MEND

PROGRAM: Final = "citewell"
FORMAT: Final = 1
# Characters of base 64 in one row.
ROW_CHARACTERS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Article:
    """What a generation's record says of an article.

    Attributes:
        key: The article's number in the keys of its rows.
        id: Its id.
        title: Its title.
        sha256: SHA-256 of its text.
        characters: Length of its text in code points.
        tokens: Length of its text in tiktoken tokens.
        passages: Number of its passages.
        pieces: Number of rows that hold its text.
        source: Where it came from.
        published: Its date of publication.
        author: Who wrote it.
        headings: Its headings, each with those above it.
        marks_sha256: SHA-256 of its marks, to know whether they changed.
    """

    key: int
    id: str
    title: str
    sha256: str
    characters: int
    tokens: int
    passages: int
    pieces: int
    source: str
    published: str
    author: str
    headings: tuple[tuple[str, ...], ...]
    marks_sha256: str


@dataclass(frozen=True, slots=True)
class Generation:
    """What an index in Milvus holds and how it was made.

    Attributes:
        name: The collection that holds this record; "" before it is written.
        number: 1 for the first generation, then one more for each.
        encoder: Plugin name of the encoder.
        encoder_model: The model's name.
        encoder_sha256: The encoder's fingerprint.
        dimensions: Length of a vector.
        lexical: "milvus_bm25", or "none" where the server counts no words.
        splitting: Version and settings of the splitter.
        kind: Kind of the vectors' index.
        passages_in: The collection of the passages.
        texts_in: The collection of the texts.
        next_key: Rows of articles with this number or a larger one are none of this generation's.
        dead: Numbers of articles that this generation gave up; their rows are deleted after the commit.
        articles: The articles, in the order of the collection.
        sources: The files that they came from.
    """

    name: str
    number: int
    encoder: str
    encoder_model: str
    encoder_sha256: str
    dimensions: int
    lexical: str
    splitting: dict[str, int]
    kind: str
    passages_in: str
    texts_in: str
    next_key: int
    dead: tuple[int, ...]
    articles: tuple[Article, ...]
    sources: tuple[IndexedFile, ...]

    @property
    def passages(self) -> int:
        """Number of passages."""
        return sum(article.passages for article in self.articles)

    @property
    def pieces(self) -> int:
        """Number of rows that hold texts."""
        return sum(article.pieces for article in self.articles)

    @property
    def rows(self) -> str:
        """The expression that chooses this generation's rows, whatever a writer adds or deletes."""
        gone = f" and article not in [{','.join(map(str, self.dead))}]" if self.dead else ""
        return f"article < {self.next_key}{gone}"


# What is written of a generation beside its articles and files; its name is that of the collection.
KEPT: Final = tuple(
    field.name for field in fields(Generation) if field.name not in {"name", "articles", "sources"}
)
ARTICLE: Final = attrgetter(*(field.name for field in fields(Article)))
FILE: Final = attrgetter(*(field.name for field in fields(IndexedFile)))


def dump(generation: Generation) -> list[str]:
    """Return the rows of a record: a header, then the content in pieces."""
    told: dict[str, object] = {name: getattr(generation, name) for name in KEPT}
    # As lists: the names of the fields, for each of many articles, would be most of the record.
    told["articles"] = list(map(ARTICLE, generation.articles))
    told["sources"] = list(map(FILE, generation.sources))
    content = json.dumps(told)
    packed = base64.b64encode(zlib.compress(content.encode("ascii"), 6)).decode("ascii")
    pieces = [packed[first : first + ROW_CHARACTERS] for first in range(0, len(packed), ROW_CHARACTERS)]
    header = {
        "program": PROGRAM,
        "format": FORMAT,
        "rows": len(pieces),
        "sha256": hashlib.sha256(packed.encode("ascii")).hexdigest(),
    }
    return [json.dumps(header), *pieces]


def read_header(text: str, where: str) -> int:
    """Return how many rows follow a record's header.

    Args:
        text: The header.
        where: What is read, for an error.

    Raises:
        ForeignIndexError: Another program wrote it, or its format is another version's.
    """
    try:
        header = json.loads(text)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("program") != PROGRAM:
        message = f"{where} was not written by citewell; name another with --milvus-collection"
        raise ForeignIndexError(message)
    if header.get("format") != FORMAT:
        message = f"{where} has format {header.get('format')!r}, this citewell reads format {FORMAT}; {MEND}"
        raise ForeignIndexError(message)
    return int(header["rows"])


def parse(name: str, rows: Sequence[str], where: str) -> Generation:
    """Read a record from its rows, in order.

    Raises:
        DamagedIndexError: The record is not what was written.
    """
    packed = "".join(rows[1:])
    if json.loads(rows[0]).get("sha256") != hashlib.sha256(packed.encode("ascii")).hexdigest():
        message = f"the record of {where} is damaged; {MEND}"
        raise DamagedIndexError(message)
    content: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed)))
    made: Any = Article  # of a row's items, in the order of its fields
    articles = tuple(
        made(*row, tuple(map(tuple, headings)), marks) for *row, headings, marks in content["articles"]
    )
    sources = tuple(
        IndexedFile(path, sha256, tuple(ids), tuple(warnings))
        for path, sha256, ids, warnings in content["sources"]
    )
    changed = {"name": name, "dead": tuple(content["dead"]), "articles": articles, "sources": sources}
    return Generation(**{**content, **changed})
