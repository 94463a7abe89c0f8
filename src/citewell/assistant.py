"""Answer questions about articles: `ask` for one, `Assistant` to keep."""

from collections.abc import Collection as AbstractCollection
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from citewell import collection as collections
from citewell import loading, manifest, overview, plugins, storage, tokens
from citewell.answering import Abstention, Answer, Trace, sources_of
from citewell.asking import Ask, is_bare, is_yes_or_no, kind_of, several
from citewell.citations import Citation, Source
from citewell.collection import Collection, Progress
from citewell.composing import Asking, Composing, Event, Writer
from citewell.confinement import Confinement
from citewell.conversation import History, Turn, parts, standalone, turns, ways
from citewell.documents import Document, document, first_line_title, opening
from citewell.errors import GeneratorError, LoadError, QuestionError
from citewell.passages import Passage
from citewell.protocols import Calibration, Encoder, Generator, Reader, graded
from citewell.reading import Evidence, gate, read
from citewell.retrieval import Hit, retrieve
from citewell.settings import Settings
from citewell.settings import settings as read_settings
from citewell.solving import facts
from citewell.suggestions import Candidate, candidates, nearest
from citewell.text import Span, folded_words, normalise

# A summary is read in half a minute; key points are a few more.
OVERVIEW_SENTENCES = {Ask.SUMMARY: 4, Ask.KEY_POINTS: 5}
# Nothing is guessed: the sentences are the article's own, and that they are central is a choice, no claim.
OVERVIEW_CONFIDENCE = 1.0
# For each question that is suggested, so many are tried; each is read, which takes a while.
TRIES = 3
# A second piece of evidence is shown for questions that ask for several things when it is nearly as sure.
NEARLY = 0.9
# Between these probabilities a language model grades what the reader found. Above, its answers are right as a
# rule and grading takes a while; below, nothing answers, and no language model is called.
SURELY_NOT, SURELY = 0.05, 0.7
REPLIES = {
    Ask.GREETING: "Hello! Ask me anything about the article: I answer with the sentences that prove it.",
    Ask.THANKS: "You are welcome. Ask on whenever you like.",
    Ask.GOODBYE: "Goodbye!",
    Ask.EMPTY: "Nothing was asked. Type a question about the article.",
    Ask.MEANINGLESS: "I could not make out a question in that. Ask me something about the article.",
}


class Assistant:
    """A collection, and what is needed to answer questions about it. Safe to use from many threads."""

    def __init__(self, collection: Collection, encoder: Encoder, settings: Settings | None = None) -> None:
        """Take a collection and the encoder that made it; load the reader and generator of the settings."""
        self.collection = collection
        self.settings = settings or read_settings()
        self._encoder = encoder
        self._overviews: dict[tuple[str, Ask], overview.Found] = {}
        self._answerable: dict[tuple[str, str], bool] = {}
        self._reader: Reader = plugins.load("readers", self.settings.reader, encoder=encoder)
        self._generator: Generator = plugins.load(
            "generators", self.settings.generator, **self.settings.generator_options
        )
        self._grader: Generator = self._generator
        self._grading: Calibration | None = self._generator.grading
        # What stands in when a language model cannot write, or writes what is not so.
        self._copier: Generator = plugins.load("generators", "extractive")

    @classmethod
    def open(cls, index: str | Path, *, settings: Settings | None = None) -> "Assistant":
        """Open an index folder, with the encoder that made it.

        Raises:
            CollectionError: It is missing, damaged or foreign; the message has the command that mends it.
        """
        return cls(*storage.open_(Path(index)), settings)

    @classmethod
    def from_files(
        cls, paths: Sequence[str | Path], *, settings: Settings | None = None, confined: bool = False
    ) -> "Assistant":
        """Read files and folders into memory; nothing is written.

        Args:
            paths: Files, and folders with all that is in them.
            settings: Those read from file and environment when None.
            confined: Whether files are read in a process of its own that may take only so much memory and
                time, for files that strangers made; here they are held to the same size, and no more.

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
            message = "; ".join(f"{failure.name}: {failure.reason}" for failure in loaded.failures)
            raise LoadError(message)
        return cls.from_documents(loaded.documents, settings=settings)

    @classmethod
    def from_text(cls, text: str, *, title: str = "", settings: Settings | None = None) -> "Assistant":
        """Read one article given as text; nothing is written.

        Raises:
            LoadError: It holds no text.
        """
        article = document(text, id="article", title=title)
        named = (
            article
            if title.strip()
            else replace(article, title=first_line_title(article.text) or opening(article.text))
        )
        return cls.from_documents([named], settings=settings)

    @classmethod
    def from_documents(
        cls,
        documents: Sequence[Document],
        *,
        settings: Settings | None = None,
        encoder: Encoder | None = None,
    ) -> "Assistant":
        """Read articles into memory.

        Args:
            documents: At least one; ids must differ.
            settings: Those read from file and environment when None.
            encoder: One already loaded; that of the settings when None.

        Raises:
            LoadError: There is none.
        """
        if not documents:
            message = "no article was given; give at least one file or text"
            raise LoadError(message)
        settings = settings or read_settings()
        encoder = encoder or settings.recipe.load_encoder()
        return cls(collections.build(documents, settings.recipe, encoder), encoder, settings)

    def beside(
        self,
        documents: Sequence[Document],
        *,
        progress: Progress = collections.silent,
        pace: collections.Pace = collections.STEADY,
    ) -> "Assistant":
        """Return an Assistant about other articles, with the same encoder, reader, generator and settings.

        Args:
            documents: At least one; ids must differ. Those that this one knows are not encoded again.
            progress: Told how many passages are encoded.
            pace: How much is done at a time, and at most.

        Raises:
            LoadError: There are more passages than `pace` allows.
        """
        made = copy(self)
        made.collection = collections.build(
            documents,
            self.collection.recipe,
            self._encoder,
            reuse=self.collection,
            progress=progress,
            pace=pace,
        )
        made._overviews, made._answerable = {}, {}  # noqa: SLF001  # its own
        return made

    def with_generator(self, generator: Generator) -> "Assistant":
        """Return an Assistant about the same articles whose answers another generator writes."""
        made = self.graded_by(generator, generator.grading)
        made._generator = generator  # noqa: SLF001  # its own
        return made

    def graded_by(self, generator: Generator, grading: Calibration | None) -> "Assistant":
        """Return an Assistant whose answers one generator writes and another grades.

        Args:
            generator: Grades.
            grading: How its grades count; None: not at all.
        """
        made = copy(self)
        made._grader, made._grading = generator, grading  # noqa: SLF001  # its own
        return made

    def suggestions(
        self, article: str, n: int, *, near: Sequence[Citation] = (), asked: AbstractCollection[str] = ()
    ) -> list[str]:
        """Return questions that an article answers, made from its own sentences; fewer when there are not.

        Each was asked: it is answered, by the sentence that it was made from. The same question is asked
        once for all who are shown it.

        Args:
            article: Id.
            n: Most questions.
            near: Citations of the article that the questions should be near to; its beginning when empty.
            asked: Questions to leave out.

        Raises:
            LoadError: No article has that id.
        """
        document = self.collection.documents[self.collection.document_index(article)]
        spans = [Span(citation.start, citation.end) for citation in near]
        tried = nearest(candidates(document), spans)
        left_out = {question.casefold() for question in asked}
        found: list[str] = []
        for candidate in [item for item in tried if item.question.casefold() not in left_out][: n * TRIES]:
            if self._answers(document, candidate):
                found.append(candidate.question)
            if len(found) == n:
                break
        return found

    def _answers(self, article: Document, candidate: Candidate) -> bool:
        """Say whether a question is answered by the sentence that it was made from."""
        key = (article.id, candidate.question)
        if key not in self._answerable:
            # The sentences themselves are wanted, so no language model is asked.
            answer = self.with_generator(self._copier).ask(candidate.question, only=[article.id])
            # "Who is Ann Lee?" is not answered by "Ann Lee".
            says_more = not set(folded_words(answer.short)) <= set(folded_words(candidate.question))
            self._answerable[key] = says_more and any(
                citation.start < candidate.span.end and citation.end > candidate.span.start
                for citation in answer.citations
            )
        return self._answerable[key]

    @property
    def encoder(self) -> Encoder:
        """The encoder, to share with another Assistant."""
        return self._encoder

    @property
    def threshold(self) -> float:
        """Probability from which on an answer is given."""
        own = self.settings.threshold
        return self._reader.calibration.threshold if own is None else own

    def ask(
        self, question: str, history: History = (), *, only: AbstractCollection[str] | None = None
    ) -> Answer:
        """Answer a question.

        Args:
            question: In any wording; a follow-up is resolved by the history.
            history: Earlier Answers, or `{"role", "content"}` messages, or questions; oldest first.
            only: Ids of the articles to answer from; all when None.

        Raises:
            QuestionError: The question is longer than the settings allow.
            LoadError: `only` names an article that is not there.
        """
        for event in self.stream(question, history, only=only):
            if isinstance(event, Answer):
                return event
        message = "the stream ended without an answer"
        raise RuntimeError(message)

    def stream(
        self, question: str, history: History = (), *, only: AbstractCollection[str] | None = None
    ) -> Iterator[Event]:
        """Answer as `ask` does, yielding what becomes known as it does.

        The pieces of text, joined, are the answer's text. A citation comes right behind the statement
        that first uses it. The Answer comes last. Closing the iterator stops a language model at once.
        """
        asking = Asking(question)
        cleaned = self._checked(question)
        within = self._within(only)
        earlier = turns(history)
        asking.standalone = standalone(cleaned, earlier)
        if asking.standalone != cleaned and self._generator.room:
            asking.standalone = self._rewritten(cleaned, asking.standalone, earlier, within)
        asking.lap("resolve")
        kind = kind_of(asking.standalone)
        if kind is Ask.QUESTION and is_bare(asking.standalone):
            kind = Ask.MEANINGLESS  # without a history to say who or why of what
        if kind in REPLIES:
            yield REPLIES[kind]
            yield asking.abstained(Abstention.NOT_A_QUESTION, REPLIES[kind], Trace(threshold=self.threshold))
        elif kind in {Ask.SUMMARY, Ask.KEY_POINTS, Ask.PEOPLE}:
            yield from self._survey(asking, kind, within)
        else:
            yield from self._answer(asking, within)

    @property
    def _writer(self) -> Writer:
        return Writer(self.collection, self._reader, self._generator, self._copier, self.settings)

    def _within(self, only: AbstractCollection[str] | None) -> frozenset[str] | None:
        """Return the ids to answer from, each of which must be there."""
        if only is None:
            return None
        if isinstance(only, str):
            message = f"only is the text {only!r}; it takes a list of ids"
            raise TypeError(message)
        ids = frozenset(only)
        for id_ in sorted(ids - {article.id for article in self.collection.documents}):
            self.collection.document_index(id_)  # says which there are
        return ids

    def _checked(self, question: str) -> str:
        """Return the question normalised, on one line; refuse one that is too long."""
        limit = self.settings.max_question_characters
        if len(question) > limit:
            message = (
                f"the question has {len(question):,} characters, the limit is {limit:,}; ask a shorter one"
            )
            raise QuestionError(message)
        cleaned = " ".join(normalise(question).split())
        length, most = tokens.count(cleaned), self.settings.max_question_tokens
        if length > most:
            message = f"the question has {length:,} tokens, the limit is {most:,}; ask a shorter one"
            raise QuestionError(message)
        return cleaned

    def _answer(self, asking: Asking, only: frozenset[str] | None) -> Iterator[Event]:
        """Retrieve, read, gate, compose, verify."""
        hits = retrieve(asking.standalone, self.collection, self._encoder, self.settings.passages, only=only)
        asking.lap("retrieve")
        asked = parts(asking.standalone)
        found = [self._read(part, hits) for part in asked]
        asking.lap("read")
        readings = [self._graded(part, evidence, hits) for part, evidence in zip(asked, found, strict=True)]
        asking.lap("grade")
        best: list[Evidence] = []
        more: list[Evidence] = []
        unanswered: list[str] = []
        for part, evidence in zip(asked, readings, strict=True):
            passed = gate(evidence, self._threshold_of(evidence))
            if not passed:
                unanswered.append(part)
                continue
            best.append(passed[0])
            if several(part):
                more += [item for item in passed[1:] if item.probability >= NEARLY * passed[0].probability]
        merged = surest(readings)
        trace = Trace(evidence=merged, threshold=self._threshold_of(merged))
        probability = trace.evidence[0].probability if trace.evidence else 0.0
        is_reckoned = not best and self._may_be_reckoned(asking.standalone, hits)
        if is_reckoned:
            best, unanswered = [trace.evidence[0]], []
        if not best:
            reason = Abstention.NOT_ANSWERED if any(hit.lexical for hit in hits) else Abstention.NO_PASSAGE
            yield from self._writer.abstain(asking, reason, probability, trace)
            return
        kept = self._affordable([*best, *more])
        passages = self._passages(hits, kept, only)
        notes = [f"The article does not say: {'; '.join(unanswered)}"] if unanswered else []
        if len(kept) < len(best):
            notes.append(f"{len(best) - len(kept)} more parts are left out for length; ask them alone")
        confidence = min(item.probability for item in kept)
        sources = sources_of(kept, self.collection)
        written = Composing(sources, confidence, ". ".join(notes), trace, passages, is_reckoned=is_reckoned)
        yield from self._writer.shown(asking, written)

    def _may_be_reckoned(self, question: str, hits: Sequence[Hit]) -> bool:
        """Whether figures and lists answer what the reader, which looks for a passage, is unsure of."""
        return bool(self._generator.room) and bool(facts(question, [hit.passage.text for hit in hits]))

    def _read(self, part: str, hits: Sequence[Hit]) -> list[Evidence]:
        """Read the hits for a question with and without the words of the one before; the surer counts.

        "Why?" needs them, and "Which agencies coordinated it?" is drawn away from its answer by them.
        """
        readings = [read(way, hits, self._reader) for way in ways(part)]
        return max(readings, key=lambda evidence: evidence[0].probability if evidence else 0.0)

    def _graded(self, part: str, evidence: list[Evidence], hits: Sequence[Hit]) -> list[Evidence]:
        """Let the language model grade the surest answer, where the reader is not sure whether it is one.

        No other passage is surer then than the one that was graded. What is reckoned, and a yes or no, is no
        answer of the reader's; what its answers are is left to the rules.
        """
        top = evidence[0] if evidence else None
        if not self._grading or not top or not SURELY_NOT <= top.probability < SURELY:
            return evidence
        if is_yes_or_no(part) or facts(part, [hit.passage.text for hit in hits]):
            return evidence
        try:
            grade = self._grader.grade(part, top.short, top.quote)
        except GeneratorError:
            grade = None  # the answer will say that the model cannot be asked
        if grade is None:
            return evidence
        probability = self._grading.probability(graded(top.probability, grade))
        others = [replace(item, probability=min(item.probability, probability)) for item in evidence[1:]]
        return [replace(top, probability=probability, grade=grade), *others]

    def _threshold_of(self, evidence: Sequence[Evidence]) -> float:
        """Return the probability from which on something read is an answer: another where it was graded."""
        is_graded = any(item.grade is not None for item in evidence)
        if self._grading and is_graded and self.settings.threshold is None:
            return self._grading.threshold
        return self.threshold

    def _affordable(self, chosen: Sequence[Evidence]) -> list[Evidence]:
        """Keep the evidence, in order, that fits the limits of statements and tokens; the first stays."""
        kept: list[Evidence] = []
        spent = 0
        for item in chosen[: self.settings.max_statements]:
            text = item.hit.passage.document.text
            spent += sum(tokens.count(text[span.start : span.end]) for span in item.reading.evidence)
            if kept and spent > self.settings.max_answer_tokens:
                break
            kept.append(item)
        return kept

    def _survey(self, asking: Asking, kind: Ask, only: frozenset[str] | None) -> Iterator[Event]:
        """Answer a request about a whole article; of several, the one that the request is nearest to."""
        hits = retrieve(asking.standalone, self.collection, self._encoder, 1, only=only)
        asking.lap("retrieve")
        found = self._overview(hits[0].passage.document, kind) if hits else []
        asking.lap("read")
        if not found:
            yield from self._writer.abstain(asking, Abstention.NOT_ANSWERED, 0.0, Trace())
            return
        place = self.collection.document_index(hits[0].passage.document.id)
        most = self.settings.max_statements
        left_out = f"{len(found) - most} more sentences are left out for length" if len(found) > most else ""
        sources = [Source(place, span, short) for span, short in found[:most]]
        passages = self._passages(hits, (), {hits[0].passage.document.id}) if kind is Ask.SUMMARY else []
        written = Composing(sources, OVERVIEW_CONFIDENCE, left_out, Trace(), passages, whole=True)
        yield from self._writer.shown(asking, written)

    def _overview(self, article: Document, kind: Ask) -> overview.Found:
        """Work out an overview of an article, once."""
        key = (article.id, kind)
        if key not in self._overviews:
            sentences = [
                sentence
                for passage in self.collection.passages
                if passage.document.id == article.id
                for sentence in passage.sentences
            ]
            if kind is Ask.PEOPLE:
                found = overview.naming(article, sentences)
            else:
                found = overview.central(article, sentences, self._encoder, OVERVIEW_SENTENCES[kind])
            # Two threads may both work it out; what they find is the same.
            self._overviews[key] = found
        return self._overviews[key]

    def _rewritten(
        self, question: str, by_rules: str, earlier: Sequence[Turn], only: frozenset[str] | None
    ) -> str:
        """Return a follow-up standing alone, by the rules or by the language model: the reader decides."""
        try:
            by_model = " ".join(normalise(self._generator.standalone(question, earlier)).split())
        except GeneratorError:
            return by_rules  # the answer will say that the model cannot be asked
        if by_model in ("", by_rules) or len(by_model) > self.settings.max_question_characters:
            return by_rules

        def sureness(wording: str) -> float:
            hits = retrieve(wording, self.collection, self._encoder, self.settings.passages, only=only)
            evidence = self._read(wording, hits)
            return evidence[0].probability if evidence else 0.0

        return by_model if sureness(by_model) > sureness(by_rules) else by_rules

    def _passages(
        self, hits: Sequence[Hit], chosen: Sequence[Evidence], only: AbstractCollection[str] | None
    ) -> list[Source]:
        """Return the passages that a language model is given, in document order; none for one without room.

        All there are, where they fit: the same for every question, so that the model reads them once.
        Else those that were chosen and found.
        """
        room = self._generator.room
        if not room:
            return []
        passages = [item for item in self.collection.passages if only is None or item.document.id in only]
        kept = fitting(passages, room)
        if len(kept) < len(passages):
            ranked = dict.fromkeys([item.hit.passage for item in chosen] + [hit.passage for hit in hits])
            # One at least, even when it is too long.
            kept = fitting(ranked, room) or list(ranked)[:1]
        places = [
            Source(self.collection.document_index(item.document.id), Span(item.start, item.end))
            for item in kept
        ]
        return sorted(places, key=lambda source: (source.document_index, source.span))


def fitting(passages: Iterable[Passage], room: int) -> list[Passage]:
    """Return the first passages that together have at most so many tokens."""
    kept = []
    for passage in passages:
        room -= tokens.count(passage.text)
        if room < 0:
            break
        kept.append(passage)
    return kept


def surest(readings: Sequence[Sequence[Evidence]]) -> tuple[Evidence, ...]:
    """Merge what was read for the parts of a question: each passage once, at its surest; surest first.

    What was graded comes before what is held down to it.
    """
    best: dict[int, Evidence] = {}
    for item in (item for evidence in readings for item in evidence):
        known = best.get(item.hit.position)
        if known is None or item.probability > known.probability:
            best[item.hit.position] = item
    order = sorted(best.values(), key=lambda item: (-item.probability, item.grade is None, item.hit.position))
    return tuple(order)


@lru_cache(maxsize=1)
def default_assistant() -> Assistant:
    """Return the Assistant of the default settings, made once; its index is built if it is missing or stale.

    Raises:
        CitewellError: There is no corpus, or no usable index.
    """
    chosen = read_settings()
    bring_up_to_date(chosen)
    return Assistant.open(chosen.index, settings=chosen)


def bring_up_to_date(
    chosen: Settings, progress: Progress = collections.silent, *, read: loading.Read | None = None
) -> tuple[loading.Failure, ...]:
    """Build the index of the settings from their corpus where it is missing or stale.

    A damaged index is not touched: it may hold articles from elsewhere.
    Without a corpus an index is taken as it is.

    Args:
        chosen: The settings.
        progress: Told how the encoding goes.
        read: Reads each file within limits of its own; in this process when None.

    Returns:
        The files that could not be read.

    Raises:
        CitewellError: There is neither, or the index is damaged.
    """
    if not chosen.corpus.exists():
        manifest.read(chosen.index)
        return ()
    read = read or partial(loading.read_file, limits=chosen.limits)
    _, failures = storage.update(chosen.index, [chosen.corpus], chosen.recipe, read=read, progress=progress)
    return failures


def ask(question: str, history: History = ()) -> Answer:
    """Answer one question about the default corpus; `Assistant` says what the arguments are."""
    return default_assistant().ask(question, history)
