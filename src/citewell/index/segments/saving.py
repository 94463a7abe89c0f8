"""Bring a large index in line with articles: write new segments, and anew those that lose articles.

New articles are encoded part by part into `.parts`, a folder that no manifest names. A run that was killed
leaves its parts, and the next one takes from them what is encoded already. Parts become segments in one
commit, which removes them.
"""

import math
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from citewell import plugins
from citewell.documents.document import Document
from citewell.documents.passages import Passage
from citewell.errors import DamagedIndexError
from citewell.files import sync
from citewell.index import generations
from citewell.index.collection import Find, Found, IndexConfig, encoded_text, split_article
from citewell.index.manifest import PARTS, IndexedFile, IndexedSegment, Manifest
from citewell.index.protocols import Encoder
from citewell.index.segments import layout
from citewell.index.segments.opening import LISTS, SOURCES
from citewell.index.segments.segment import Prepared, Segment, Shut, join, reuse, write_part
from citewell.progress import UNSEEN, Gauge, Progress, Stages

# Passages encoded before they are kept against a kill: half a minute to some minutes of encoding.
PART = 2_048
# Most passages of a segment: removing an article writes one segment anew.
SEGMENT = 131_072
# Segments at the end that are smaller than an eighth are joined when there are so many.
SMALL = SEGMENT // 8
# File of a part that says how it was made.
RECIPE = "recipe.json"
MANY = 8
# Vectors that the lists are trained on, for each list (FAISS advises 30 to 256).
SAMPLE = 40
MOST_LISTS = 4_096


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of an index.

    Attributes:
        kept: The segments there are, in order, with which of their articles stay [articles].
        new: Articles that are added behind them, in order.
        characters: Of the new articles together, for the progress.
        sources: The files that all articles came from.
    """

    kept: Sequence[tuple[IndexedSegment, NDArray[np.bool_]]]
    new: Iterable[Document]
    characters: int
    sources: Iterable[IndexedFile]


def write(  # noqa: PLR0913, PLR0917 - where, what, and how
    folder: Path,
    change: Change,
    recipe: IndexConfig,
    encoder: Encoder,
    before: Manifest | None,
    stages: Stages = UNSEEN,
    known: Find | None = None,
) -> Manifest:
    """Write a change; the caller holds the lock.

    Args:
        folder: The index.
        change: What becomes of it.
        recipe: How it is made.
        encoder: The encoder that the recipe names.
        before: The manifest of the large index that there is; None where there is none.
        stages: Told how many passages of the new articles are encoded, and then joined.
        known: Finds what is encoded already in the index that there is; None where nothing is.

    Raises:
        CollectionError: Writing failed; the index is as it was.
    """
    find = find_first(reuse(list(leftovers(folder / PARTS, recipe, encoder))), known)
    parts = encode_parts(folder / PARTS, change, recipe, encoder, find, stages.encoding)
    plan = group(list(keep(folder, change, encoder.dimensions)), parts)
    lists, is_new = choose_lists(folder, plan, recipe, before)
    draft = Draft(plan, lists, is_new, change.sources, stages.writing)

    def make(hashes: dict[str, str], generation: str) -> Manifest:
        return describe(recipe, encoder, draft.segments, hashes, generation)

    return generations.commit(folder, draft.write, make, draft.name)


def describe(
    recipe: IndexConfig,
    encoder: Encoder,
    segments: Sequence[IndexedSegment],
    hashes: dict[str, str],
    generation: str,
) -> Manifest:
    """Return the manifest of an index with these segments."""
    return Manifest(
        encoder=recipe.encoder,
        encoder_model=encoder.name,
        encoder_sha256=encoder.fingerprint,
        dimensions=encoder.dimensions,
        index=recipe.index,
        lexical=recipe.lexical,
        splitting=recipe.splitting,
        sources=(),
        documents=(),
        passages=sum(one.passages for one in segments),
        hashes=hashes,
        generation=generation,
        segments=tuple(segments),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """What becomes one segment.

    Attributes:
        parts: Segments and parts, with which of their articles stay [articles].
        told: The segment's entry in the manifest when it stays as it is.
    """

    parts: Sequence[tuple[Shut, NDArray[np.bool_]]]
    told: IndexedSegment | None = None

    @property
    def passages(self) -> int:
        """The number of passages, those of articles that do not stay included."""
        return sum(part.passages for part, _ in self.parts)


@dataclass
class Draft:
    """The next generation, as `generations.commit` asks for it.

    Attributes:
        plan: What becomes of each segment.
        lists: The inverted lists.
        is_new: Whether the lists are new, so that every segment is written.
        sources: The files that all articles came from.
        progress: Told how many passages are written.
        segments: The entries of all segments, once their names are known.
    """

    plan: Sequence[Group]
    lists: Any
    is_new: bool
    sources: Iterable[IndexedFile]
    progress: Progress
    segments: list[IndexedSegment] = field(default_factory=list)
    # The numbers of articles and passages of each segment that was written, in order.
    _sizes: list[tuple[int, int]] = field(default_factory=list)

    def stays(self, group_: Group) -> bool:
        """Whether a segment is not written."""
        return group_.told is not None and not self.is_new

    def write(self, aside: Path) -> None:
        """Write sources, lists and changed segments into an empty folder."""
        with (aside / SOURCES).open("w", encoding="ascii", newline="\n") as file:
            file.writelines(
                layout.dump_line([one.path, one.sha256, one.documents, one.warnings]) for one in self.sources
            )
        self.lists.save(aside / LISTS)
        written = [(number, one) for number, one in enumerate(self.plan) if not self.stays(one)]
        done, total = 0, sum(one.passages for _, one in written)
        for number, one in written:
            self._join(one, aside / generations.SEGMENTS / f"{number:06}")
            done += one.passages
            self.progress(done, total)

    def _join(self, one: Group, target: Path) -> None:
        """Write a segment; its parts are open only here."""
        target.mkdir(parents=True)
        opened = [(part.open(), articles) for part, articles in one.parts]
        join(target, opened, self.lists, again=self.is_new)
        passages = sum(int(articles[part.arrays["owners"]].sum()) for part, articles in opened)
        self._sizes.append((sum(int(articles.sum()) for _, articles in opened), passages))

    def name(self, new: dict[str, dict[str, str]]) -> None:
        """Take the names of the written segments, with the hashes of their files, in order."""
        written = zip(new.items(), self._sizes, strict=True)
        for one in self.plan:
            if one.told is not None and not self.is_new:
                self.segments.append(one.told)
            else:
                (name, files), (articles, passages) = next(written)
                self.segments.append(IndexedSegment(name, articles, passages, files))


def keep(
    folder: Path, change: Change, dimensions: int
) -> Iterator[tuple[IndexedSegment, Shut, NDArray[np.bool_]]]:
    """Yield the segments that there are, with which of their articles stay."""
    for told, stays in change.kept:
        yield told, Shut(folder / told.name, dimensions, told.articles, told.passages), stays


def group(
    kept: Sequence[tuple[IndexedSegment, Shut, NDArray[np.bool_]]], parts: Sequence[Shut]
) -> list[Group]:
    """Decide what is written: nothing that did not change, unless many small segments are at the end."""
    groups: list[Group] = []
    for told, segment, stays in kept:
        if stays.all():
            groups.append(Group([(segment, stays)], told))
        elif stays.any():
            groups.append(Group([(segment, stays)]))
    fresh: list[tuple[Shut, NDArray[np.bool_]]] = []
    size = 0
    for part in parts:
        if fresh and size + part.passages > SEGMENT:
            groups.append(Group(fresh))
            fresh, size = [], 0
        fresh.append((part, np.ones(part.articles, dtype=np.bool_)))
        size += part.passages
    if fresh:
        groups.append(Group(fresh))
    tail = len(groups)
    while tail and groups[tail - 1].passages < SMALL:
        tail -= 1
    if len(groups) - tail >= MANY:
        groups[tail:] = [Group([part for one in groups[tail:] for part in one.parts])]
    return groups


def choose_lists(
    folder: Path, plan: Sequence[Group], recipe: IndexConfig, before: Manifest | None
) -> tuple[Any, bool]:
    """Return the inverted lists that fit so many passages, and whether they replace others."""
    engine = plugins.load("indexes", recipe.index).lists
    passages = sum(one.passages for one in plan)
    if before is None:
        return train(engine, plan, passages), False
    lists = engine.load(folder / before.generation / LISTS)
    # Four times as many passages as the lists were made for: then they are made anew.
    if lists.count >= count_lists(passages) // 2:
        return lists, False
    return train(engine, plan, passages), True


def count_lists(passages: int) -> int:
    """Return into how many lists so many vectors are parted: twice the square root of their number."""
    return max(1, min(MOST_LISTS, round(2 * math.sqrt(passages))))


def train(engine: Any, plan: Sequence[Group], passages: int) -> Any:
    """Train the lists on vectors that are spread evenly over all segments."""
    lists = count_lists(passages)
    every = max(1, passages // (SAMPLE * lists))
    rows = [
        part.open().rows_at(np.arange(0, part.passages, every))
        for one in plan
        for part, _ in one.parts
        if part.passages
    ]
    sample = np.concatenate(rows)
    return engine.train(sample, min(lists, len(sample)))


def encode_parts(
    place: Path,
    change: Change,
    recipe: IndexConfig,
    encoder: Encoder,
    find: Find,
    progress: Progress,
) -> list[Shut]:
    """Write the new articles in parts; encode what `find` does not know."""
    terms = plugins.load("lexical", recipe.lexical).terms
    gauge = Gauge(progress, change.characters)

    def prepare(document: Document) -> Prepared:
        if (found := find(document)) is not None:
            gauge.split(len(document.text), len(found[0]))
            gauge.encoded(len(found[0]))
            return Prepared(document, found[0], np.asarray(found[1], dtype=np.float32))
        passages = split_article(document, recipe, encoder)
        gauge.split(len(document.text), len(passages))
        return Prepared(document, passages, encode(passages, encoder, gauge.encoded))

    def write_next(target: Path) -> Shut | None:
        # Nothing of a part is in memory when the next one is encoded.
        batch = list(take(articles, PART))
        if not batch:
            return None
        with generations.explained(place.parent):
            aside = place / f"{generations.ASIDE}-part"
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            write_part(aside, batch, terms)
            (aside / RECIPE).write_text(layout.dump_line(recipe_of(recipe, encoder)))
            for path in (*aside.iterdir(), aside):
                sync(path)
            aside.rename(target)
            sync(place)
        return Shut(target, encoder.dimensions, len(batch), sum(len(item.passages) for item in batch))

    begun = f"{time.time_ns():020}"
    articles = map(prepare, change.new)
    parts: list[Shut] = []
    while part := write_next(place / f"{begun}-{len(parts):06}"):
        parts.append(part)
    return parts


def find_first(first: Find, second: Find | None) -> Find:
    """Return a function that asks one function, then the other."""

    def found(document: Document) -> Found | None:
        return first(document) or (second(document) if second else None)

    return found


def recipe_of(recipe: IndexConfig, encoder: Encoder) -> list[Any]:
    """Return what the passages and vectors of a part depend on."""
    return [encoder.fingerprint, recipe.lexical, recipe.splitting]


def leftovers(place: Path, recipe: IndexConfig, encoder: Encoder) -> Iterator[Shut]:
    """Yield the parts that a killed run left and that this recipe would make again; remove all others."""
    wanted = layout.dump_line(recipe_of(recipe, encoder))
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        try:
            if (path / RECIPE).read_text() == wanted:
                whole = Segment(path, encoder.dimensions, mapped=False)
                yield Shut(path, encoder.dimensions, whole.articles, whole.passages)
                continue
        except (OSError, ValueError, DamagedIndexError):
            pass  # a part is only a saving of time
        shutil.rmtree(path, ignore_errors=True)


def take(articles: Iterator[Prepared], passages: int) -> Iterator[Prepared]:
    """Yield articles until they have so many passages."""
    for item in articles:
        yield item
        passages -= len(item.passages)
        if passages <= 0:
            return


def encode(passages: Sequence[Passage], encoder: Encoder, told: Callable[[int], None]) -> Any:
    """Return the vectors of passages; tell how many more are encoded."""
    texts = iter([encoded_text(passage, encoder) for passage in passages])
    rows = []
    while batch := list(islice(texts, 64)):
        rows.append(encoder.encode(batch))
        told(len(batch))
    return np.concatenate(rows) if rows else encoder.encode([])
