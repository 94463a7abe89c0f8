"""Answer questions about articles: `ask` for one, `Assistant` to keep."""

import logging
from collections.abc import Collection as AbstractCollection
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias

from citewell import plugins
from citewell.answers.answer import Answer
from citewell.answers.citations import Citation
from citewell.answers.finding import MOST, Findings
from citewell.answers.pipeline import Pipeline
from citewell.answers.summary import Overviews
from citewell.answers.writer import Event
from citewell.documents import loading, sample
from citewell.documents.confinement import Confinement
from citewell.documents.document import Document, document_of_text
from citewell.errors import LoadError
from citewell.generation.generator import Generator
from citewell.index import collection as collections
from citewell.index import manifest, storage, updates
from citewell.index.collection import Collection
from citewell.index.filters import Where
from citewell.index.protocols import Encoder
from citewell.progress import Progress, silent
from citewell.questions import suggestions
from citewell.questions.history import History
from citewell.questions.suggestions import Candidate
from citewell.reading.gate import Gate
from citewell.reading.reader import Calibration, Reader
from citewell.settings import Settings
from citewell.settings import settings as read_settings
from citewell.text.spans import Span

LOG = logging.getLogger(__name__)

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
        )
        self._answerable: dict[tuple[str, str], bool] = {}

    @classmethod
    def open(cls, index: str | Path | None = None, *, settings: Settings | None = None) -> "Assistant":
        """Open an index folder, with the encoder that made it.

        Args:
            index: The folder. When None, the index folder of the settings is opened, after it is brought in
                line with the corpus of the settings. When neither index nor corpus exists and no setting
                names one, the sample article is opened and a warning is logged.
            settings: The settings; when None, they are read from file and environment.

        Raises:
            CollectionError: The index is missing, damaged or foreign; the message has the command that
                mends it.
            LoadError: The corpus of the settings holds no article.
        """
        if index is not None:
            return cls(*storage.load(Path(index)), settings)
        settings = settings or read_settings()
        if falls_back_on_sample(settings):
            LOG.warning(sample.NOTICE)
            return cls.from_documents([sample.sample_article()], settings=settings)
        read = partial(loading.read_file, limits=settings.limits)
        updates.ensure(settings.index, settings.corpus, settings.recipe, read=read)
        return cls(*storage.load(settings.index), settings)

    @classmethod
    def from_files(
        cls, paths: Sequence[str | Path], *, settings: Settings | None = None, confined: bool = False
    ) -> "Assistant":
        """Read files and folders into memory; nothing is written.

        Args:
            paths: Files, and folders with all that is in them.
            settings: The settings; when None, they are read from file and environment.
            confined: Whether a separate process with limited memory and time reads the files, for files that
                strangers made. Without it, only the limits on size apply, which are the same.

        Raises:
            LoadError: A file cannot be read, or none holds an article.
        """
        settings = settings or read_settings()
        places = [Path(path) for path in paths]
        if confined:
            with Confinement(settings.allowance, settings.limits) as confinement:
                loaded = loading.load(places, read=confinement.read)
        else:
            loaded = loading.load(places, limits=settings.limits)
        if loaded.failures:
            message = "; ".join(map(str, loaded.failures))
            raise LoadError(message)
        return cls.from_documents(loaded.documents, settings=settings)

    @classmethod
    def from_text(cls, text: str, *, title: str = "", settings: Settings | None = None) -> "Assistant":
        """Read one article given as text; nothing is written.

        Raises:
            LoadError: The text is empty.
        """
        return cls.from_documents([document_of_text(text, id="article", title=title)], settings=settings)

    @classmethod
    def from_documents(
        cls,
        documents: Sequence[Document],
        *,
        settings: Settings | None = None,
        encoder: Encoder | None = None,
        progress: Progress = silent,
    ) -> "Assistant":
        """Read articles into memory.

        Args:
            documents: At least one article; ids must differ.
            settings: The settings; when None, they are read from file and environment.
            encoder: An encoder that is already loaded; when None, the encoder of the settings is loaded.
            progress: Told how many passages are encoded.

        Raises:
            LoadError: No article is given.
        """
        if not documents:
            message = "no article was given; give at least one file or text"
            raise LoadError(message)
        settings = settings or read_settings()
        encoder = encoder or settings.recipe.load_encoder()
        made = collections.build(documents, settings.recipe, encoder, progress=progress)
        return cls(made, encoder, settings)

    def beside(
        self,
        documents: Sequence[Document],
        *,
        progress: Progress = silent,
        pace: collections.Pace = collections.STEADY,
    ) -> "Assistant":
        """Return an Assistant about other articles, with the same encoder, reader, generator and settings.

        Args:
            documents: At least one article; ids must differ. Articles that this Assistant already holds are
                not encoded again.
            progress: Told how many passages are encoded.
            pace: How much is encoded at a time, and at most.

        Raises:
            LoadError: There are more passages than `pace` allows.
        """
        known = self.collection
        other = collections.build(
            documents, known.recipe, self.encoder, reuse=known, progress=progress, pace=pace
        )
        return self._with(self._pipeline.over(other))

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
        return made

    def suggestions(
        self, article: str, n: int, *, near: Sequence[Citation] = (), asked: AbstractCollection[str] = ()
    ) -> list[str]:
        """Return up to n questions that an article answers, made from its own sentences.

        Each question was asked beforehand, and its answer cites the sentence that the question was made from.
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
            for candidate in suggestions.sort_by_distance(suggestions.candidates(document), spans)
            if candidate.question.casefold() not in left_out
        ]
        return suggestions.choose(found, n, lambda candidate: self._answers(document, candidate))

    def _answers(self, article: Document, candidate: Candidate) -> bool:
        """Say whether the sentence that a question was made from answers it; ask each question once."""
        key = (article.id, candidate.question)
        if key not in self._answerable:
            # The answer must be the article's own sentences, so no language model is asked.
            answer = self.with_generator(self._pipeline.copier).ask(candidate.question, only=[article.id])
            self._answerable[key] = suggestions.is_cited(candidate, answer)
        return self._answerable[key]

    @property
    def collection(self) -> Collection:
        """The articles."""
        return self._pipeline.collection

    @property
    def is_sample(self) -> bool:
        """Whether the only article is the sample."""
        return self.collection.documents == (sample.sample_article(),)

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
    ) -> Answer:
        """Answer a question.

        Args:
            question: In any wording; a follow-up is resolved by the history.
            history: Earlier Answers, or `{"role", "content"}` messages, or questions; oldest first.
            only: Ids of the articles to answer from; all when None.
            where: Conditions that the articles meet, as "published>=2019-07-01 title:Harbour"; see
                `citewell.index.filters`.

        Raises:
            QuestionError: The question is longer than the settings allow.
            LoadError: `only` names an article that the collection does not hold.
            FilterError: `where` holds something else than conditions.
        """
        for event in self.stream(question, history, only=only, where=where):
            if isinstance(event, Answer):
                return event
        message = "the stream ended without an answer"
        raise RuntimeError(message)

    def stream(
        self,
        question: str,
        history: History = (),
        *,
        only: AbstractCollection[str] | None = None,
        where: Filter = None,
    ) -> Iterator[Event]:
        """Answer as `ask` does, but yield each part of the answer as soon as it is known.

        The pieces of text, joined, are the answer's text. A citation comes right behind the statement
        that first uses it. The Answer comes last. Closing the iterator stops a language model at once.
        """
        return self._pipeline.run(question, history, self.collection.select(only, where))

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
        return self._pipeline.find(text, self.collection.select(only, where), most)


def falls_back_on_sample(settings: Settings) -> bool:
    """Whether only the sample can be opened: no setting names an index or corpus, and neither exists."""
    is_named = bool(settings.model_fields_set & {"index", "corpus"})
    return not (is_named or settings.corpus.exists() or manifest.is_there(settings.index))


@lru_cache(maxsize=1)
def default_assistant() -> Assistant:
    """Return the Assistant of `Assistant.open()`; every call returns the same one."""
    return Assistant.open()


def ask(question: str, history: History = (), *, where: Filter = None) -> Answer:
    """Answer one question about the articles of `Assistant.open()`; see `Assistant.ask` for the arguments."""
    return default_assistant().ask(question, history, where=where)
