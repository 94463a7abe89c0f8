"""The door of an index in Milvus: open it, bring it in line with files, check it."""

import json
import logging
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

from citewell.documents import loading
from citewell.errors import DamagedIndexError, ForeignIndexError, LoadError, MissingIndexError
from citewell.index import collection as collections
from citewell.index import updates
from citewell.index.collection import Collection, Held, IndexConfig, UpdateResult
from citewell.index.filters import Columns
from citewell.index.incoming import Arrival, Spool, read_files
from citewell.index.manifest import IndexedDocument, Manifest
from citewell.index.milvus.client import Server, without_password
from citewell.index.milvus.layout import MEND, Names
from citewell.index.milvus.reading import Articles, MilvusVectors, MilvusWords, Passages, View, describe, find
from citewell.index.milvus.record import FORMAT, Article, Generation
from citewell.index.milvus.writing import BM25, Plan, Waiting, lock, write
from citewell.index.protocols import Encoder
from citewell.index.wordless import NoWords
from citewell.progress import UNSEEN, Stages

LOG = logging.getLogger(__name__)
NO_WORDS_NOTICE: Final = (
    "Milvus %s at %s counts no words (that came with 2.5): passages are found by meaning alone"
)
# Files are kept by their path from here, since an index on a server has no folder that they could be near.
ROOT: Final = Path(Path.cwd().anchor)


@dataclass(frozen=True)
class MilvusStore:
    """An index in Milvus.

    Attributes:
        uri: Address of a server, or the path of a file that ends in .db.
        name: The collection's name.
        token: The server's token; "" for none.
        kind: Kind of the vectors' index, for a new index.
        shards: Number of shards of a new index.
        seconds: Longest wait for a call.
    """

    uri: str = field(repr=False)
    name: str = "citewell"
    token: str = field(default="", repr=False)
    kind: str = "FLAT"
    shards: int = 1
    seconds: float = 10.0

    def __str__(self) -> str:
        """Return how it is called in messages."""
        return f"{self.name} at {without_password(self.uri)}"

    @cached_property
    def server(self) -> Server:
        """The server, connected to when it is first needed."""
        return Server(self.uri, self.token, self.seconds)

    @cached_property
    def names(self) -> Names:
        """The names of what lies there."""
        return Names(self.name)

    @property
    def format(self) -> int:
        """The format of a generation's record."""
        return FORMAT

    def manifest_json(self) -> str:
        """Return what the index holds, as JSON."""
        return json.dumps(asdict(self.manifest()), indent=1)

    def is_there(self) -> bool:
        """Whether there is an index."""
        return self.server.target(self.names.alias) is not None

    def present(self) -> Generation:
        """Return the present generation's record.

        Raises:
            MissingIndexError: There is no index.
            CollectionError: The server does not answer, or what lies there is not ours, or damaged.
        """
        found = find(self.server, self.names)
        if found is None:
            message = (
                f"no index in {describe(self.server, self.names)}; build one: citewell index PATH "
                f"--vector-index milvus --milvus-uri {self.server.uri} --milvus-collection {self.name}"
            )
            raise MissingIndexError(message)
        return found

    def manifest(self) -> Manifest:
        """Return what the index holds, as the manifest of a folder would say it."""
        found = self.present()
        return Manifest(
            encoder=found.encoder,
            encoder_model=found.encoder_model,
            encoder_sha256=found.encoder_sha256,
            dimensions=found.dimensions,
            index=f"milvus {found.kind}",
            lexical=found.lexical,
            splitting=found.splitting,
            sources=found.sources,
            documents=tuple(
                IndexedDocument(one.id, one.title, one.sha256, one.characters, one.tokens, one.passages)
                for one in found.articles
            ),
            passages=found.passages,
            hashes={},
            generation=found.name,
        )

    def load(self, encoder: Encoder | None = None) -> tuple[Collection, Encoder]:
        """Open the index with the encoder that made it; of the articles, only the record is read.

        Raises:
            CollectionError: The index is missing, damaged, or made by another encoder or format.
        """
        found = self.present()
        encoder = encoder or recipe_of(found).load_encoder()
        if encoder.fingerprint != found.encoder_sha256:
            message = (
                f"{describe(self.server, self.names)} was made with {found.encoder_model} "
                f"{found.encoder_sha256[:12]}…, the encoder here is {encoder.name} "
                f"{encoder.fingerprint[:12]}…; {MEND}"
            )
            raise ForeignIndexError(message)
        if found.lexical != BM25:
            LOG.warning(NO_WORDS_NOTICE, self.server.version, self.server.uri)
        return self.open(found), encoder

    def open(self, generation: Generation) -> Collection:
        """Return a collection whose articles and passages are fetched as they are needed."""
        view = View(self.server, self.names, generation)
        articles = Articles(view)
        described: Any = generation.articles  # they have what filters look at, and no text
        return Collection(
            recipe=recipe_of(generation),
            documents=articles,
            passages=Passages(articles),
            vectors=MilvusVectors(view),
            lexical=MilvusWords(view) if generation.lexical == BM25 else NoWords(),
            sources=generation.sources,
            known=Columns.of(
                described,
                (article.id for article in generation.articles for _ in range(article.passages)),
            ),
        )

    def newer(self, collection: Collection) -> Collection | None:
        """Return the present generation where it is not the one that a collection was opened from."""
        held = collection.documents
        if isinstance(held, Articles) and self.server.target(self.names.alias) == held.view.generation.name:
            return None
        found = self.present()
        if isinstance(held, Articles) and found.encoder_sha256 != held.view.generation.encoder_sha256:
            message = (
                f"{describe(self.server, self.names)} was made anew with {found.encoder_model}, "
                "another encoder; start this program again"
            )
            raise ForeignIndexError(message)
        return self.open(found)

    def ensure(
        self,
        corpus: Path,
        recipe: IndexConfig,
        *,
        read: loading.Read = loading.read_file,
        stages: Stages = UNSEEN,
    ) -> tuple[loading.Failure, ...]:
        """Build the index from its corpus where it is missing; one that is there is used as it is.

        Readers of an index that others share do not write it.
        """
        if self.is_there() or not corpus.exists():
            self.present()
            return ()
        _, failures = self.update([corpus], recipe, read=read, stages=stages)
        return failures

    def update(
        self,
        paths: Sequence[Path],
        recipe: IndexConfig,
        *,
        rebuild: bool = False,
        read: loading.Read = loading.read_file,
        stages: Stages = UNSEEN,
    ) -> tuple[UpdateResult, tuple[loading.Failure, ...]]:
        """Bring the index in line with files and folders; see `citewell.index.updates.update`."""
        with ExitStack() as open_:
            spool = open_.enter_context(Spool(Path(tempfile.gettempdir())))
            incoming = read_files(
                paths, read, spool, lambda path: updates.relative_path(path, ROOT), stages.reading
            )
            failures = tuple(incoming.failures)
            writer = open_.enter_context(lock(self.server, self.names))
            present = find(self.server, self.names)
            old = None if rebuild else present
            known = old.sources if old else ()
            gone = updates.find_gone(ROOT, incoming, known, paths, failures)
            before = {one.id: Held(one.sha256, identify(one)) for one in old.articles} if old else {}
            articles, sources, change = collections.plan_articles(
                before, known, incoming.files, gone, identify
            )
            if not articles or not (incoming.files or gone):
                raise LoadError(updates.explain_nothing(paths, failures))
            anew = old is None or not was_made_by(old, recipe)
            if anew or change.any or tuple(sources) != known:
                chosen = recipe if anew or old is None else recipe_of(old)
                encoder = chosen.load_encoder()
                anew = anew or (old is not None and encoder.fingerprint != old.encoder_sha256)
                plan = Plan(
                    self.fill(articles, old, spool, anew=anew), sources, chosen, self.kind, self.shards, anew
                )
                write(writer, present, plan, encoder, stages.encoding)
        return replace(change, warnings=tuple(incoming.warnings)), failures

    def fill(
        self, articles: Mapping[str, Arrival | None], old: Generation | None, spool: Spool, *, anew: bool
    ) -> list[Waiting | Article]:
        """Return the articles: with their rows where they say what they said, else to be read.

        Args:
            articles: Articles by id; None for one that stays as it is.
            old: The generation that these are of.
            spool: Where new articles wait.
            anew: Whether no row is kept.
        """
        stored = Articles(View(self.server, self.names, old)) if old else None
        said = {identify(article)[1:4]: article for article in old.articles} if old and not anew else {}
        filled: list[Waiting | Article] = []
        for id_, arrival in articles.items():
            if arrival is not None:
                kept = said.get(identify(arrival)[1:4])
                new = Waiting(arrival.characters, partial(spool.take, arrival))
                filled.append(new if kept is None else describe_anew(kept, arrival))
            elif stored is not None:
                place = stored.place_of(id_) or 0
                kept = stored.view.generation.articles[place]
                again = Waiting(kept.characters, partial(stored.at, place))
                filled.append(again if anew else kept)
        return filled

    def remove(self, ids: Sequence[str], stages: Stages = UNSEEN) -> None:
        """Take articles out of the index.

        Raises:
            LoadError: No article has one of the ids, or no article would be left.
        """
        with lock(self.server, self.names) as writer:
            old = self.present()
            known = {article.id for article in old.articles}
            for id_ in ids:
                if id_ not in known:
                    first = ", ".join(article.id for article in old.articles[:5])
                    message = f"no article has the id {id_!r}; the first ones are: {first}"
                    raise LoadError(message)
            left = [article for article in old.articles if article.id not in ids]
            if not left:
                message = f"an index holds at least one article; to drop it all, drop {self.name} in Milvus"
                raise LoadError(message)
            sources = updates.without(old.sources, ids)
            recipe = recipe_of(old)
            plan = Plan(left, sources, recipe, old.kind, self.shards)
            write(writer, old, plan, recipe.load_encoder(), stages.encoding)

    def verify(self) -> Manifest:
        """Check the whole index: every text against its hash, every passage and sentence against its article.

        Raises:
            CollectionError: The index is missing, damaged, foreign, or answers in part.
        """
        found = self.present()
        collection = self.open(found)
        if (passage := collections.find_misplaced(collection.passages)) is not None:
            message = (
                f"{describe(self.server, self.names)}: a passage lies outside its article "
                f"{passage.document.id}; {MEND}"
            )
            raise DamagedIndexError(message)
        for name, wanted in ((found.passages_in, found.passages), (found.texts_in, found.pieces)):
            there = self.server.count(name, found.rows, strong=True)
            if there != wanted:
                message = (
                    f"{describe(self.server, self.names)}: {name} holds {there:,} rows of {wanted:,}; {MEND}"
                )
                raise DamagedIndexError(message)
        return self.manifest()


def identify(article: Arrival | Article) -> tuple[str, str, str, str, str, str, str]:
    """Return all that is known of an article: its id, then what its rows depend on, then the rest."""
    said = article.sha256, article.title, article.marks_sha256
    return article.id, *said, article.source, article.published, article.author


def describe_anew(kept: Article, arrival: Arrival) -> Article:
    """Return what the record says of an article that keeps its rows, and of which the rest changed."""
    return replace(
        kept,
        id=arrival.id,
        source=arrival.source,
        published=arrival.published,
        author=arrival.author,
    )


def recipe_of(generation: Generation) -> IndexConfig:
    """Return the recipe by which a generation was made.

    Collections in memory beside it count words in memory, also where the server counts none.
    """
    return IndexConfig(
        encoder=generation.encoder,
        encoder_model=generation.encoder_model,
        index="milvus",
        passage_tokens=generation.splitting["max_tokens"],
    )


def was_made_by(generation: Generation, recipe: IndexConfig) -> bool:
    """Whether a generation was made by a recipe; a recipe's model of "" matches any model."""
    made = recipe_of(generation)
    wanted = replace(
        recipe,
        encoder_model=recipe.encoder_model or made.encoder_model,
        lexical=made.lexical,
    )
    return made == wanted and generation.splitting == recipe.splitting
