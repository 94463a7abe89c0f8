"""Answer questions about articles: `ask` for one, `Assistant` to keep."""

import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from collections.abc import Collection as AbstractCollection
from collections.abc import Generator as Yielding
from contextlib import aclosing, closing
from copy import copy
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias, Unpack

from citewell import plugins, streams
from citewell.answers.answer import Answer
from citewell.answers.finding import MOST, Findings
from citewell.answers.pipeline import Pipeline
from citewell.answers.summary import Overviews
from citewell.answers.writer import Event
from citewell.checking.check import Check, CheckedClaim
from citewell.checking.checker import Checker
from citewell.checking.citations import Citation
from citewell.documents import loading, sample
from citewell.documents.catalogue import Catalogue
from citewell.documents.confinement import Confinement
from citewell.documents.document import Document, document_of_text
from citewell.errors import ChangedIndexError, LoadError
from citewell.generation.generator import Generator
from citewell.index import collection as collections
from citewell.index import manifest, updates
from citewell.index.collection import Collection
from citewell.index.filters import Where
from citewell.index.protocols import Encoder
from citewell.index.retrieval import retrieve
from citewell.index.stores import FolderStore, Store
from citewell.options import Options, OptionsBesideEncoder
from citewell.progress import Progress, silent
from citewell.questions import suggestions
from citewell.questions.candidates import Candidate, candidates
from citewell.questions.history import History
from citewell.reading.gate import Gate, Sureness
from citewell.reading.reader import Calibration, Reader
from citewell.reading.subjects import Subjects
from citewell.settings import MILVUS, Settings, choose
from citewell.settings import settings as read_settings
from citewell.text.spans import Span

LOG = logging.getLogger(__name__)
UNANSWERED = "the stream ended without an answer"

Filter: TypeAlias = Where | str | Sequence[str] | None
"""Conditions that articles meet: read already, one text, or several; None for all articles."""


class Assistant:
    """Answer questions about the articles of one collection. Safe to use from many threads."""

    def __init__(self, collection: Collection, encoder: Encoder, settings: Settings | None = None) -> None:
        """Take a collection and the encoder that made it; load the reader and generator of the settings."""
        self.settings = settings = settings or read_settings()
        reader: Reader = plugins.load(
            "readers", settings.reader, {"encoder": encoder, **settings.reader_options}
        )
        generator: Generator = plugins.load("generators", settings.generator, settings.generator_options)
        self._pipeline = Pipeline(
            collection=collection,
            encoder=encoder,
            reader=reader,
            gate=Gate(
                calibration=reader.calibration,
                grader=generator,
                grading=generator.grading,
                own_threshold=settings.threshold,
            ),
            generator=generator,
            copier=plugins.load("generators", "extractive"),
            overviews=Overviews(collection, encoder),
            limits=settings.answer_limits,
            subjects=Subjects.of(collection),
        )
        self._answerable: dict[tuple[str, str], bool] = {}
        self._store: Store | None = None
        self.checker = self._make_checker()

    @classmethod
    def open(
        cls, index: str | Path | None = None, *, settings: Settings | None = None, **options: Unpack[Options]
    ) -> "Assistant":
        """Open an index folder, with the encoder that made it.

        Args:
            index: The folder. When None, the index folder of the settings is opened, after it is brought in
                line with the corpus of the settings. When neither index nor corpus exists and no setting
                names one, the sample article is opened and a warning is logged.
            settings: The settings; when None, they are read from file and environment.
            options: Settings by name, as in `generator="llama_cpp", model="qwen.gguf"`; they override
                the others.

        Raises:
            CollectionError: The index is missing, damaged or foreign; the message has the command that
                mends it.
            LoadError: The corpus of the settings holds no article.
            SettingsError: A setting has a wrong name or value, or the chosen plugin does not take it.
        """
        settings = combine(settings, options)
        if index is not None:
            return cls.of_store(FolderStore(Path(index)), settings)
        if falls_back_on_sample(settings):
            LOG.warning(sample.NOTICE)
            return cls.from_documents(
                [sample.sample_article()], settings=settings, encoder=settings.recipe.load_encoder(light=True)
            )
        read = partial(loading.read_file, limits=settings.limits)
        store = settings.store
        store.ensure(settings.corpus, settings.recipe, read=read)
        return cls.of_store(store, settings)

    @classmethod
    def of_store(cls, store: Store, settings: Settings | None = None) -> "Assistant":
        """Open an index as it is, wherever it lies; where others write it, each question finds the newest.

        Raises:
            CollectionError: The index is missing, damaged or foreign, or its server does not answer.
        """
        made = cls(*store.load(), settings)
        made._store = store  # its own
        return made

    @classmethod
    def from_files(
        cls,
        paths: Sequence[str | Path],
        *,
        settings: Settings | None = None,
        confined: bool = False,
        **options: Unpack[Options],
    ) -> "Assistant":
        """Read files and folders into memory; nothing is written.

        Args:
            paths: Files, and folders with all that is in them.
            settings: The settings; when None, they are read from file and environment.
            confined: Whether a separate process with limited memory and time reads the files, for files that
                strangers made. Without it, only the limits on size apply, which are the same.
            options: Settings by name; they override the others.

        Raises:
            LoadError: A file cannot be read, or none holds an article.
            SettingsError: As `open` raises it.
        """
        settings = combine(settings, options)
        places = [Path(path) for path in paths]
        if confined:
            with Confinement(settings.allowance, settings.limits) as confinement:
                loaded = loading.load(places, read=confinement.read)
        else:
            loaded = loading.load(places, limits=settings.limits)
        return cls.from_documents(
            load_whole(loaded), settings=settings, sources=updates.indexed_files(loaded)
        )

    @classmethod
    def from_text(
        cls, text: str, *, title: str = "", settings: Settings | None = None, **options: Unpack[Options]
    ) -> "Assistant":
        """Read one article given as text; nothing is written.

        Raises:
            LoadError: The text is empty.
            SettingsError: As `open` raises it.
        """
        article = document_of_text(text, id="article", title=title)
        return cls.from_documents([article], settings=combine(settings, options))

    @classmethod
    def from_documents(
        cls,
        documents: Sequence[Document],
        *,
        settings: Settings | None = None,
        encoder: Encoder | str | None = None,
        sources: Sequence[manifest.IndexedFile] = (),
        progress: Progress = silent,
        **options: Unpack[OptionsBesideEncoder],
    ) -> "Assistant":
        """Read articles into memory.

        Args:
            documents: At least one article; ids must differ.
            settings: The settings; when None, they are read from file and environment.
            encoder: An encoder that is already loaded, or a plugin's name; when None, the encoder of the
                settings is loaded.
            sources: The files that the articles came from, with the warnings that are shown beside them.
            progress: Told how many passages are encoded.
            options: Settings by name; they override the others.

        Raises:
            LoadError: No article is given.
            SettingsError: As `open` raises it.
        """
        if not documents:
            message = "no article was given; give at least one file or text"
            raise LoadError(message)
        named: Options = {"encoder": encoder} if isinstance(encoder, str) else {}
        settings = combine(settings, {**options, **named})
        if encoder is None or isinstance(encoder, str):
            encoder = settings.recipe.load_encoder()
        made = collections.build(documents, settings.recipe, encoder, sources=sources, progress=progress)
        return cls(made, encoder, settings)

    def beside(
        self,
        documents: Sequence[Document],
        *,
        sources: Sequence[manifest.IndexedFile] = (),
        progress: Progress = silent,
        pace: collections.Pace = collections.STEADY,
    ) -> "Assistant":
        """Return an Assistant about other articles, with the same encoder, reader, generator and settings.

        Args:
            documents: At least one article; ids must differ. Articles that this Assistant already holds are
                not encoded again.
            sources: The files that the articles came from, with the warnings that are shown beside them.
            progress: Told how many passages are encoded.
            pace: How much is encoded at a time, and at most.

        Raises:
            LoadError: There are more passages than `pace` allows.
        """
        known = self.collection
        other = collections.build(
            documents,
            known.recipe,
            self.encoder,
            sources=sources,
            reuse=known,
            progress=progress,
            pace=pace,
        )
        made = self._with(self._pipeline.over(other))
        made._store = None  # noqa: SLF001  # its own: what is in memory only, no other process changes
        return made

    def _newest(self) -> Pipeline:
        """Return the stages over what the index holds now."""
        newer = self._store.newer(self.collection) if self._store else None
        if newer is not None:
            self._pipeline = self._pipeline.over(newer)
            self._answerable = {}
            self.checker = self._make_checker()
        return self._pipeline

    def _run(
        self, question: str, history: History, only: AbstractCollection[str] | None, where: Filter
    ) -> Yielding[Event]:
        """Answer a question from what the index holds now."""

        def run() -> Yielding[Event]:
            stages = self._newest()
            return stages.run(question, history, stages.collection.select(only, where))

        return run() if self._store is None else again_when_changed(run(), run)

    def add(self, articles: Sequence[Document | str | Path], *, progress: Progress = silent) -> "Assistant":
        """Return an Assistant about more articles; this one, and an index on disk, stay as they are.

        Args:
            articles: Documents, and files and folders to read. An article whose id is there already takes the
                place of the other. Only new text is encoded.
            progress: Told how many passages are encoded.

        Raises:
            LoadError: A file cannot be read, or the index is too large to be changed in memory.
        """
        given = [article for article in articles if isinstance(article, Document)]
        paths = [Path(article) for article in articles if not isinstance(article, Document)]
        self._refuse_large()
        sources = {file.path: file for file in self.collection.sources}
        if paths:
            loaded = loading.load(paths, limits=self.settings.limits)
            given += load_whole(loaded)
            sources |= {file.path: file for file in updates.indexed_files(loaded)}
        held = {document.id: document for document in (*self.collection.documents, *given)}
        return self.beside(list(held.values()), sources=list(sources.values()), progress=progress)

    def remove(self, ids: Sequence[str]) -> "Assistant":
        """Return an Assistant without some articles; this one, and an index on disk, stay as they are.

        Raises:
            LoadError: No article has one of the ids, no article would be left, or the index is too large to
                be changed in memory.
        """
        self._refuse_large()
        self.collection.select(ids)  # refuses an id that no article has
        gone = frozenset(ids)
        left = [document for document in self.collection.documents if document.id not in gone]
        if not left:
            message = "no article would be left; leave one, or make another Assistant"
            raise LoadError(message)
        return self.beside(left, sources=self.collection.sources)

    def _refuse_large(self) -> None:
        if isinstance(self.collection.documents, Catalogue):
            message = (
                f"{len(self.collection.documents):,} articles are read as they are needed, and cannot be "
                "changed in memory; change their index with citewell index, then open it"
            )
            raise LoadError(message)

    def with_generator(self, generator: Generator) -> "Assistant":
        """Return an Assistant about the same articles whose answers another generator writes."""
        gate = replace(self._pipeline.gate, grader=generator, grading=generator.grading)
        return self._with(replace(self._pipeline, generator=generator, gate=gate))

    def graded_by(self, generator: Generator, grading: Calibration | None) -> "Assistant":
        """Return an Assistant whose answers one generator writes and another grades.

        Args:
            generator: The generator that grades.
            grading: The map from its grades to probabilities; when None, the grades do not count.
        """
        gate = replace(self._pipeline.gate, grader=generator, grading=grading)
        return self._with(replace(self._pipeline, gate=gate))

    def _with(self, pipeline: Pipeline) -> "Assistant":
        """Return an Assistant with the same settings and other stages."""
        made = copy(self)
        made._pipeline = pipeline  # noqa: SLF001  # its own
        if pipeline.collection is not self.collection:
            made._answerable = {}  # noqa: SLF001
            made.checker = made._make_checker()  # noqa: SLF001
        return made

    def suggestions(
        self, article: str, n: int, *, near: Sequence[Citation] = (), asked: AbstractCollection[str] = ()
    ) -> list[str]:
        """Return up to n questions that an article answers, made from its own sentences.

        Each question was asked beforehand of all articles. Its answer is one of those of which nine in ten
        are right, whatever threshold is set, and cites the sentence that the question was made from.
        The result is kept, so a question is asked once, however many people are shown it.

        Args:
            article: Id of the article.
            n: Most questions to return.
            near: Citations of the article; the questions nearest to them are preferred. When empty, the
                questions nearest to the beginning of the article are preferred.
            asked: Questions to leave out.

        Raises:
            LoadError: No article has that id.
        """
        document = self.collection.documents[self.collection.document_index(article)]
        spans = [Span(citation.start, citation.end) for citation in near]
        left_out = {question.casefold() for question in asked}
        found = [
            candidate
            for candidate in suggestions.sort_by_distance(candidates(document), spans)
            if candidate.question.casefold() not in left_out
        ]
        return suggestions.choose(found, n, lambda candidate: self._answers(document, candidate))

    def _answers(self, article: Document, candidate: Candidate) -> bool:
        """Say whether the sentence that a question was made from answers it; ask each question once."""
        key = (article.id, candidate.question)
        if key not in self._answerable:
            # The answer must be the article's own sentences, so no language model is asked.
            answer = self.with_generator(self._pipeline.copier).ask(candidate.question)
            self._answerable[key] = (
                answer.trace.sureness in {Sureness.VERY_CONFIDENT, Sureness.CONFIDENT}
                and all(citation.document_id == article.id for citation in answer.citations)
                and suggestions.is_answered(candidate, answer)
            )
        return self._answerable[key]

    def _make_checker(self) -> Checker:
        stages = self._pipeline
        return Checker(stages.collection, stages.encoder, stages.reader, self.settings.max_check_characters)

    def check(self, text: str, *, only: AbstractCollection[str] | None = None, where: Filter = None) -> Check:
        """Check a text: say of each of its claims whether the articles support or contradict it.

        Args:
            text: Any text, in sentences.
            only: Ids of the articles to check against; all when None.
            where: Conditions that the articles meet, as in `ask`.

        Raises:
            QuestionError: The text is longer than the settings allow.
            LoadError: `only` names an article that the collection does not hold.
            FilterError: `where` holds something else than conditions.
        """
        within = self._newest().collection.select(only, where)
        return self.checker.check(text, within)

    def stream_check(
        self, text: str, *, only: AbstractCollection[str] | None = None, where: Filter = None
    ) -> Yielding[CheckedClaim]:
        """Check as `check` does, but yield each claim as soon as it is checked, in order."""
        within = self._newest().collection.select(only, where)
        return self.checker.stream(text, within)

    @property
    def collection(self) -> Collection:
        """The articles."""
        return self._pipeline.collection

    @property
    def is_sample(self) -> bool:
        """Whether the only article is the sample."""
        return len(self.collection.documents) == 1 and self.collection.documents[0] == sample.sample_article()

    @property
    def encoder(self) -> Encoder:
        """The encoder, to share with another Assistant."""
        return self._pipeline.encoder

    @property
    def threshold(self) -> float:
        """Least probability at which an answer is given."""
        return self._pipeline.gate.threshold([])

    def ask(
        self,
        question: str,
        history: History = (),
        *,
        only: AbstractCollection[str] | None = None,
        where: Filter = None,
        timeout: float | None = None,
    ) -> Answer:
        """Answer a question.

        Args:
            question: In any wording; a follow-up is resolved by the history.
            history: Earlier Answers, or `{"role", "content"}` messages, or questions; oldest first.
            only: Ids of the articles to answer from; all when None.
            where: Conditions that the articles meet, as "published>=2019-07-01 title:Harbour"; see
                `citewell.index.filters`.
            timeout: Most seconds to wait; any number when None. Work under way ends before the next passage.

        Raises:
            QuestionError: The question is longer than the settings allow.
            LoadError: `only` names an article that the collection does not hold.
            FilterError: `where` holds something else than conditions.
            LateError: The answer is not there in time.
        """
        with closing(self.stream(question, history, only=only, where=where, timeout=timeout)) as events:
            for event in events:
                if isinstance(event, Answer):
                    return event
        raise RuntimeError(UNANSWERED)

    def ask_many(
        self,
        questions: Iterable[str | tuple[str, History]],
        *,
        only: AbstractCollection[str] | None = None,
        where: Filter = None,
    ) -> Iterator[Answer]:
        """Yield the answers to many questions, in order, each as soon as it is known.

        Args:
            questions: Each a question, or a question with its history.
            only: Ids of the articles to answer from; all when None.
            where: Conditions that the articles meet, as in `ask`.

        Raises:
            QuestionError: As `ask` raises it, when the answer to that question is wanted.
        """
        for item in questions:
            question, history = (item, ()) if isinstance(item, str) else item
            yield self.ask(question, history, only=only, where=where)

    async def aask(
        self,
        question: str,
        history: History = (),
        *,
        only: AbstractCollection[str] | None = None,
        where: Filter = None,
        timeout: float | None = None,  # noqa: ASYNC109  # that of `ask`
    ) -> Answer:
        """Answer a question as `ask` does, in a thread, while the event loop goes on."""
        async with aclosing(
            self.astream(question, history, only=only, where=where, timeout=timeout)
        ) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise RuntimeError(UNANSWERED)

    def retrieve(
        self, question: str, n: int, *, only: AbstractCollection[str] | None = None, where: Filter = None
    ) -> list[tuple[Citation, float]]:
        """Return the passages that may answer, best first, each with its fused score; nothing is read.

        Args:
            question: A question that stands alone.
            n: Most passages.
            only: Ids of the articles to search; all when None.
            where: Conditions that the articles meet, as in `ask`.

        Raises:
            LoadError: `only` names an article that the collection does not hold.
            FilterError: `where` holds something else than conditions.
        """
        stages = self._newest()
        within = stages.collection.select(only, where)
        hits = retrieve(question, stages.collection, self.encoder, n, only=within)
        shown = stages.show(hits).passages
        return [(passage, hit.fused) for passage, hit in zip(shown, hits, strict=True)]

    def stream(
        self,
        question: str,
        history: History = (),
        *,
        only: AbstractCollection[str] | None = None,
        where: Filter = None,
        timeout: float | None = None,
    ) -> Yielding[Event]:
        """Answer as `ask` does, but yield each part of the answer as soon as it is known.

        The pieces of text, joined, are the answer's text. A citation comes right behind the statement
        that first uses it. The Answer comes last. Closing the iterator stops a language model at once.
        """
        events = self._run(question, history, only, where)
        return events if timeout is None else streams.within(events, timeout)

    def astream(
        self,
        question: str,
        history: History = (),
        *,
        only: AbstractCollection[str] | None = None,
        where: Filter = None,
        timeout: float | None = None,
    ) -> AsyncGenerator[Event]:
        """Answer as `stream` does, in a thread, while the event loop goes on."""
        return streams.beside(self._run(question, history, only, where), timeout)

    def find(
        self,
        text: str,
        *,
        only: AbstractCollection[str] | None = None,
        where: Filter = None,
        most: int = MOST,
    ) -> Findings:
        """Find every sentence that states a thing, or that answers a question, over all articles.

        Args:
            text: A statement ("X was arrested.") or a question ("Who mentioned X?").
            only: Ids of the articles to search; all when None.
            where: Conditions that the articles meet, as in `ask`.
            most: Most sentences to return.

        Raises:
            QuestionError: The text is empty, or longer than the settings allow.
            LoadError: `only` names an article that the collection does not hold.
            FilterError: `where` holds something else than conditions.
        """
        stages = self._newest()
        return stages.find(text, stages.collection.select(only, where), most)


def again_when_changed(events: Yielding[Event], run: Callable[[], Yielding[Event]]) -> Yielding[Event]:
    """Yield the events; when a writer changed the index before the first of them, those of a second run."""
    begun = False
    try:
        with closing(events):
            for event in events:
                begun = True
                yield event
    except ChangedIndexError:
        if begun:
            raise
        yield from run()


def load_whole(loaded: loading.Loaded) -> Sequence[Document]:
    """Return the articles that were read.

    Raises:
        LoadError: A file could not be read.
    """
    if loaded.failures:
        raise LoadError("; ".join(map(str, loaded.failures)))
    return loaded.documents


def combine(settings: Settings | None, options: Options | OptionsBesideEncoder) -> Settings:
    """Return settings with the options typed beside them; read them when there are none."""
    return settings if settings is not None and not options else choose(settings, **options)


def falls_back_on_sample(settings: Settings) -> bool:
    """Whether only the sample can be opened: no setting names an index or corpus, and neither exists."""
    is_named = bool(settings.model_fields_set & {"index", "corpus"}) or settings.vector_index == MILVUS
    return not (is_named or settings.corpus.exists() or manifest.is_there(settings.index))


@lru_cache(maxsize=1)
def default_assistant() -> Assistant:
    """Return the Assistant of `Assistant.open()`; every call returns the same one."""
    return Assistant.open()


def ask(question: str, history: History = (), *, where: Filter = None) -> Answer:
    """Answer one question about the articles of `Assistant.open()`; see `Assistant.ask` for the arguments."""
    return default_assistant().ask(question, history, where=where)
