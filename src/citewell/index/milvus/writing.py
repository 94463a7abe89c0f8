"""Write the next generation into Milvus, beside the present one, and make it the present one in one step.

Rows of new articles are added; no row is changed. Then the record is written, in a collection of its own.
Letting the alias name that collection is the commit: every reader looks it up at each question. Only then
are the rows and the record deleted that no generation needs. A writer that is killed before the commit leaves
rows that no record names, and the next writer removes them.
"""

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from citewell.documents.document import Document
from citewell.documents.places import place_parts, write_place
from citewell.errors import LockedIndexError, ServerError
from citewell.index import collection as collections
from citewell.index.collection import WORDS, IndexConfig
from citewell.index.incoming import hash_marks
from citewell.index.lexical.bm25 import terms
from citewell.index.manifest import IndexedFile
from citewell.index.milvus.client import NO_VECTOR, Field, Server
from citewell.index.milvus.layout import Names, cut_pieces, row_key, write_article, write_spans
from citewell.index.milvus.reading import batches, describe, read_record
from citewell.index.milvus.record import Article, Generation, dump
from citewell.index.protocols import Encoder
from citewell.progress import Gauge, Progress
from citewell.text import tokens

BM25: Final = "milvus_bm25"
NO_WORDS: Final = "none"
# Seconds from one sign of a writer's life to the next, and how many may fail to come.
BEAT_S: Final = 5.0
MISSED: Final = 4
# Articles split and encoded at a time, and rows sent at a time.
ARTICLES: Final = 64
ROWS: Final = 500
PIECES: Final = 100
# From so many new passages on, they are flushed: fewer would leave many small segments.
FLUSHED_FROM: Final = 1_000
TEXT_BYTES: Final = 65_535


@dataclass(frozen=True, slots=True)
class Writer:
    """A process that holds an index's lock.

    Attributes:
        server: The server.
        names: The index's names.
        markers: The two empty collections between which the lock's alias swings while the writer lives.
    """

    server: Server
    names: Names
    markers: tuple[str, str]

    def holds(self) -> bool:
        """Whether the lock is still this writer's."""
        return self.server.target(self.names.lock) in self.markers

    def refuse_another(self) -> None:
        """Stop where another process took the lock, as after a suspended machine woke up.

        Raises:
            LockedIndexError: The lock is not this writer's any more.
        """
        if not self.holds():
            raise LockedIndexError(explain_locked(self.server, self.names, "another process"))


@contextmanager
def lock(server: Server, names: Names, beat_s: float = BEAT_S) -> Iterator[Writer]:
    """Hold the index's lock, so that one process writes at a time, wherever it runs.

    The lock is an alias, which only one can make. It swings between two collections while its writer lives. A
    lock that no longer swings, or whose writer's process is gone from this machine, is taken over.

    Raises:
        LockedIndexError: Another process is writing.
        ServerError: The server does not answer.
    """
    writer = secrets.token_hex(4)
    markers = names.marker(writer, 0), names.marker(writer, 1)
    mine = Writer(server, names, markers)
    told = json.dumps({"host": socket.gethostname(), "pid": os.getpid()})
    done = threading.Event()
    try:
        for marker in markers:
            server.mark(marker, told)
        if not server.claim(names.lock, markers[0]):
            bury(server, names, beat_s)
            if not server.claim(names.lock, markers[0]):
                raise LockedIndexError(explain_locked(server, names, "another process"))
        beating = threading.Thread(target=beat, args=(mine, done, beat_s), daemon=True)
        beating.start()
        try:
            yield mine
        finally:
            done.set()
            beating.join()
            if mine.holds():
                server.unname(names.lock)
    finally:
        for marker in markers:
            server.drop(marker)


def beat(writer: Writer, done: threading.Event, beat_s: float) -> None:
    """Let the lock swing until `done`: the sign of life."""
    turn = 1
    while not done.wait(beat_s):
        try:
            if writer.holds():
                writer.server.point(writer.names.lock, writer.markers[turn])
                turn = 1 - turn
        except ServerError:
            continue  # the next call of the writer itself tells what is wrong


def bury(server: Server, names: Names, beat_s: float) -> None:
    """Remove the lock of a writer that lives no more.

    Raises:
        LockedIndexError: It lives.
    """
    first = server.target(names.lock)
    if first is None:
        return
    told = json.loads(server.describe(first) or "{}")
    who = f"process {told.get('pid')} on {told.get('host')}"
    if told.get("host") != socket.gethostname() or is_alive(int(told.get("pid", 0))):
        until = time.monotonic() + MISSED * beat_s
        while time.monotonic() < until:
            time.sleep(beat_s / 5)
            if server.target(names.lock) != first:
                raise LockedIndexError(explain_locked(server, names, who))
    server.unname(names.lock)
    stem = first[:-1]
    for name in server.names():
        if name.startswith(stem):
            server.drop(name)


def is_alive(pid: int) -> bool:
    """Whether a process of this machine runs."""
    if os.name == "nt":
        return True  # there, signal 0 is no question
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def explain_locked(server: Server, names: Names, who: str) -> str:
    """Say that another process is writing."""
    return f"{who} is writing {describe(server, names)}; wait for it to end and try again"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A new article that is read when its turn comes.

    Attributes:
        characters: Length of its text.
        take: Reads it.
    """

    characters: int
    take: Callable[[], Document]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the next generation holds.

    Attributes:
        articles: In order; a Document is new, and so is one that waits; an Article is kept with its rows.
        sources: The files that they came from.
        recipe: How passages are made.
        kind: Kind of the vectors' index.
        shards: Number of shards of a new collection.
        anew: Whether to make new collections, and keep no rows.
    """

    articles: Sequence[Document | Waiting | Article]
    sources: Sequence[IndexedFile]
    recipe: IndexConfig
    kind: str
    shards: int
    anew: bool = False


def write(
    writer: Writer, present: Generation | None, plan: Plan, encoder: Encoder, progress: Progress
) -> Generation:
    """Write a generation and commit it.

    Args:
        writer: Holds the lock.
        present: The present generation; None when there is none.
        plan: What to write.
        encoder: The encoder of all passages.
        progress: Told how many of the new passages are written.

    Raises:
        ServerError: The server failed, or holds less than was written; the old generation stays.
        LockedIndexError: Another process took the lock.
    """
    server, names = writer.server, writer.names
    sweep(server, names, present)
    begun = begin(writer, plan, encoder) if plan.anew or present is None else present
    kept = {article.key for article in plan.articles if isinstance(article, Article)}
    listed = dict(enumerate(plan.articles))
    new = [(place, article) for place, article in listed.items() if not isinstance(article, Article)]
    key = begun.next_key
    gauge = Gauge(progress, sum(count_characters(article) for _, article in new))
    for batch in batches(new, ARTICLES):
        writer.refuse_another()
        documents = [article.take() if isinstance(article, Waiting) else article for _, article in batch]
        made = add_rows(server, begun, documents, plan.recipe, encoder, key)
        listed |= {place: article for (place, _), article in zip(batch, made, strict=True)}
        key += len(batch)
        for article in made:
            gauge.split(article.characters, article.passages)
        gauge.encoded(sum(article.passages for article in made))
    made_of = replace(
        begun,
        number=1 + (present.number if present else 0),
        next_key=key,
        dead=tuple(article.key for article in begun.articles if article.key not in kept),
        articles=tuple(article for article in listed.values() if isinstance(article, Article)),
        sources=tuple(plan.sources),
    )
    added = made_of.passages - sum(article.passages for article in begun.articles if article.key in kept)
    if added >= FLUSHED_FROM:
        server.flush(begun.passages_in)
        server.flush(begun.texts_in)
    generation = commit(writer, made_of)
    sweep(server, names, generation)
    return generation


def count_characters(article: Document | Waiting) -> int:
    """Return the length of an article's text."""
    return article.characters if isinstance(article, Waiting) else len(article.text)


def begin(writer: Writer, plan: Plan, encoder: Encoder) -> Generation:
    """Make empty collections for a new index, and return what they hold: a generation before the first."""
    server, base = writer.server, secrets.token_hex(4)
    lexical = BM25 if server.has_words else NO_WORDS
    begun = Generation(
        name="",
        number=0,
        encoder=plan.recipe.encoder,
        encoder_model=encoder.name,
        encoder_sha256=encoder.fingerprint,
        dimensions=encoder.dimensions,
        lexical=lexical,
        splitting=plan.recipe.splitting,
        kind=plan.kind,
        passages_in=writer.names.passages(base),
        texts_in=writer.names.texts(base),
        next_key=0,
        dead=(),
        articles=(),
        sources=(),
    )
    words = [Field("terms", TEXT_BYTES)] if lexical == BM25 else []
    server.make(
        begun.passages_in,
        [Field("article"), Field("start"), Field("stop"), Field("sentences", TEXT_BYTES), *words],
        dimensions=encoder.dimensions,
        kind=plan.kind,
        words="terms" if words else "",
        shards=plan.shards,
    )
    server.make(begun.texts_in, [Field("article"), Field("piece", TEXT_BYTES)], shards=plan.shards)
    return begun


def add_rows(  # where, what, how
    server: Server,
    begun: Generation,
    documents: Sequence[Document],
    recipe: IndexConfig,
    encoder: Encoder,
    key: int,
) -> list[Article]:
    """Split and encode articles, and add their rows; return what the record says of them."""
    collection = collections.build(documents, replace(recipe, index="exact"), encoder)
    keys = {document.id: key + number for number, document in enumerate(documents)}
    counts = dict.fromkeys(keys, 0)
    rows = []
    for passage, vector in zip(collection.passages, collection.vectors.vectors(), strict=True):
        id_ = passage.document.id
        row: dict[str, object] = {
            "id": row_key(keys[id_], counts[id_]),
            "article": keys[id_],
            "start": passage.start,
            "stop": passage.end,
            "sentences": write_spans(passage.sentences),
            "vector": vector.tolist(),
        }
        if begun.lexical == BM25:
            row["terms"] = " ".join(terms(write_place(place_parts(passage, WORDS)) + passage.text))
        rows.append(row)
        counts[id_] += 1
    for some in batches(rows, ROWS):
        server.insert(begun.passages_in, list(some))
    pieces = {document.id: cut_pieces(write_article(document)) for document in documents}
    texts = [
        {"id": row_key(keys[id_], number), "article": keys[id_], "piece": piece, "vector": NO_VECTOR}
        for id_, cut in pieces.items()
        for number, piece in enumerate(cut)
    ]
    for some in batches(texts, PIECES):
        server.insert(begun.texts_in, list(some))
    return [
        Article(
            key=keys[document.id],
            id=document.id,
            title=document.title,
            sha256=document.sha256,
            characters=len(document.text),
            tokens=tokens.count(document.text),
            passages=counts[document.id],
            pieces=len(pieces[document.id]),
            source=document.source,
            published=document.published,
            author=document.author,
            headings=document.headings,
            marks_sha256=hash_marks(document),
        )
        for document in documents
    ]


def commit(writer: Writer, generation: Generation) -> Generation:
    """Prove that the rows are there, write the record, read it back, and let the alias name it."""
    server, names = writer.server, writer.names
    for name, wanted in (
        (generation.passages_in, generation.passages),
        (generation.texts_in, generation.pieces),
    ):
        there = server.count(name, generation.rows, strong=True)
        if there != wanted:
            message = (
                f"{describe(server, names)} holds {there:,} of the {wanted:,} rows "
                f"that were written to {name}; what was there before is unchanged: run the command again"
            )
            raise ServerError(message)
    name = names.record(f"{generation.number}_{secrets.token_hex(4)}")
    server.make(name, [Field("text", TEXT_BYTES)])
    rows = [{"id": number, "text": text, "vector": NO_VECTOR} for number, text in enumerate(dump(generation))]
    for some in batches(rows, PIECES):
        server.insert(name, list(some))
    written = replace(generation, name=name)
    if read_record(server, name, names) != written:
        message = f"the record of {describe(server, names)} does not read as it was written; try again"
        raise ServerError(message)
    writer.refuse_another()
    if server.target(names.alias) is not None:
        server.point(names.alias, name)
    else:
        server.claim(names.alias, name)  # fails where a collection of another program has the name
    return written


def sweep(server: Server, names: Names, present: Generation | None) -> None:
    """Delete rows and collections that the present generation does not need; the caller holds the lock."""
    needed = {present.name, present.passages_in, present.texts_in} if present else set()
    for name in server.names():
        if names.owns(name) and name not in needed:
            server.drop(name)
    if present is None:
        return
    gone = [f"article >= {present.next_key}"]
    gone += [f"article in [{','.join(map(str, some))}]" for some in batches(present.dead, ROWS)]
    for name in (present.passages_in, present.texts_in):
        for where in gone:
            if server.count(name, where, strong=True):
                server.delete(name, where)
