"""Bring a large index in line with articles: write new segments, and anew those that lose articles.

New articles are encoded part by part into `.parts`, a folder that no manifest names. A run that was killed
leaves its parts, and the next one takes from them what is encoded already. Parts become segments in one
commit, which removes them.
"""

import math
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
from citewell.index.segments.segment import Prepared, Segment, join, reuse, write_part
from citewell.progress import Progress, silent

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
        count: Number of the new articles, for the progress.
        sources: The files that all articles came from.
    """

    kept: Sequence[tuple[IndexedSegment, NDArray[np.bool_]]]
    new: Iterable[Document]
    count: int
    sources: Iterable[IndexedFile]


def write(  # noqa: PLR0913, PLR0917 - where, what, and how
    folder: Path,
    change: Change,
    recipe: IndexConfig,
    encoder: Encoder,
    before: Manifest | None,
    progress: Progress = silent,
    known: Find | None = None,
) -> Manifest:
    """Write a change; the caller holds the lock.

    Args:
        folder: The index.
        change: What becomes of it.
        recipe: How it is made.
        encoder: The encoder that the recipe names.
        before: The manifest of the large index that there is; None where there is none.
        progress: Told how many of the new articles are encoded.
        known: Finds what is encoded already in a small index; None where there is none.

    Raises:
        CollectionError: Writing failed; the index is as it was.
    """
    old = {one.name: Segment(folder / one.name, encoder.dimensions) for one, _ in change.kept}
    find = find_first(reuse([*leftovers(folder / PARTS, recipe, encoder), *old.values()]), known)
    parts = encode_parts(folder / PARTS, change, recipe, encoder, find, progress)
    plan = group([(one, old[one.name], stays) for one, stays in change.kept], parts)
    engine = plugins.load("indexes", recipe.index).lists
    passages = sum(segment.passages for group_ in plan for segment, _ in group_.parts)
    trained = None if before is None else folder / before.generation / LISTS
    lists, is_new = None, False
    if trained is not None:
        lists = engine.load(trained)
        # Four times as many passages as the lists were made for: then they are made anew.
        is_new = lists.count < count_lists(passages) // 2
    if lists is None or is_new:
        lists, is_new = train(engine, plan, passages), trained is not None
    made: list[tuple[IndexedSegment | None, int, int]] = []

    def write_all(aside: Path) -> None:
        made.clear()
        with (aside / SOURCES).open("w", encoding="ascii", newline="\n") as file:
            file.writelines(
                layout.dump_line([one.path, one.sha256, one.documents, one.warnings])
                for one in change.sources
            )
        lists.save(aside / LISTS)
        for number, one in enumerate(plan):
            if one.told is not None and not is_new:
                made.append((one.told, 0, 0))
                continue
            target = aside / generations.SEGMENTS / f"{number:06}"
            target.mkdir(parents=True)
            join(target, one.parts, lists, again=is_new)
            articles = sum(int(stays.sum()) for _, stays in one.parts)
            kept = sum(int(stays[segment.arrays["owners"]].sum()) for segment, stays in one.parts)
            made.append((None, articles, kept))

    segments: list[IndexedSegment] = []

    def name(new: dict[str, dict[str, str]]) -> None:
        written = iter(new.items())
        for told, articles, kept in made:
            if told is None:
                folder_name, files = next(written)
                segments.append(IndexedSegment(folder_name, articles, kept, files))
            else:
                segments.append(told)

    def make(hashes: dict[str, str], generation: str) -> Manifest:
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

    return generations.commit(folder, write_all, make, name)


@dataclass(frozen=True, slots=True)
class Group:
    """What becomes one segment.

    Attributes:
        parts: Segments and parts, with which of their articles stay [articles].
        told: The segment's entry in the manifest when it stays as it is.
    """

    parts: Sequence[tuple[Segment, NDArray[np.bool_]]]
    told: IndexedSegment | None = None


def group(
    kept: Sequence[tuple[IndexedSegment, Segment, NDArray[np.bool_]]], parts: Sequence[Segment]
) -> list[Group]:
    """Decide what is written: nothing that did not change, unless many small segments are at the end."""
    groups: list[Group] = []
    for told, segment, stays in kept:
        if stays.all():
            groups.append(Group([(segment, stays)], told))
        elif stays.any():
            groups.append(Group([(segment, stays)]))
    fresh: list[tuple[Segment, NDArray[np.bool_]]] = []
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
    while tail and sum(segment.passages for segment, _ in groups[tail - 1].parts) < SMALL:
        tail -= 1
    if len(groups) - tail >= MANY:
        groups[tail:] = [Group([part for one in groups[tail:] for part in one.parts])]
    return groups


def count_lists(passages: int) -> int:
    """Return into how many lists so many vectors are parted: twice the square root of their number."""
    return max(1, min(MOST_LISTS, round(2 * math.sqrt(passages))))


def train(engine: Any, plan: Sequence[Group], passages: int) -> Any:
    """Train the lists on vectors that are spread evenly over all segments."""
    lists = count_lists(passages)
    every = max(1, passages // (SAMPLE * lists))
    rows = [
        segment.rows_at(np.arange(0, segment.passages, every))
        for one in plan
        for segment, _ in one.parts
        if segment.passages
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
) -> list[Segment]:
    """Write the new articles in parts; encode what `find` does not know."""
    terms = plugins.load("lexical", recipe.lexical).terms
    done = 0

    def prepare() -> Iterator[Prepared]:
        nonlocal done
        for document in change.new:
            if (found := find(document)) is not None:
                yield Prepared(document, found[0], np.asarray(found[1], dtype=np.float32))
            else:
                passages = split_article(document, recipe, encoder)
                yield Prepared(document, passages, encode(passages, encoder))
            done += 1
            progress(done, change.count)

    begun = f"{time.time_ns():020}"
    articles = prepare()
    parts: list[Segment] = []
    while batch := list(take(articles, PART)):
        aside = place / f"{generations.ASIDE}-part"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        write_part(aside, batch, terms)
        (aside / RECIPE).write_text(layout.dump_line(recipe_of(recipe, encoder)))
        for path in (*aside.iterdir(), aside):
            sync(path)
        target = place / f"{begun}-{len(parts):06}"
        aside.rename(target)
        sync(place)
        parts.append(Segment(target, encoder.dimensions))
    return parts


def find_first(first: Find, second: Find | None) -> Find:
    """Return a function that asks one function, then the other."""

    def found(document: Document) -> Found | None:
        return first(document) or (second(document) if second else None)

    return found


def recipe_of(recipe: IndexConfig, encoder: Encoder) -> list[Any]:
    """Return what the passages and vectors of a part depend on."""
    return [encoder.fingerprint, recipe.lexical, recipe.splitting]


def leftovers(place: Path, recipe: IndexConfig, encoder: Encoder) -> Iterator[Segment]:
    """Yield the parts that a killed run left and that this recipe would make again; remove all others."""
    wanted = layout.dump_line(recipe_of(recipe, encoder))
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        try:
            if (path / RECIPE).read_text() == wanted:
                yield Segment(path, encoder.dimensions)
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


def encode(passages: Sequence[Passage], encoder: Encoder) -> Any:
    """Return the vectors of passages."""
    texts = iter([encoded_text(passage, encoder) for passage in passages])
    rows = []
    while batch := list(islice(texts, 64)):
        rows.append(encoder.encode(batch))
    return np.concatenate(rows) if rows else encoder.encode([])
