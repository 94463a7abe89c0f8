"""Write the answer from sources: check each statement, withhold unsupported ones, fall back on copying."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from citewell.answers.answer import (
    DISAGREEMENT,
    Abstention,
    Answer,
    Trace,
    Withheld,
    appended_text,
    message_about,
)
from citewell.answers.answer_builder import AnswerBuilder
from citewell.answers.statements import (
    make_statement,
    mark_short_answer,
    merge_sources,
    parse_statements,
    renumber,
    source_texts,
)
from citewell.answers.summary import CONFIDENCE
from citewell.arithmetic.checks import asks_for_calculation
from citewell.arithmetic.fact import Fact
from citewell.checking.citations import Citation, Source, Statement, cite
from citewell.checking.claim_checks import find_broken_rule, states_answer
from citewell.checking.verification import find_objection, narrow_citations
from citewell.errors import GeneratorError
from citewell.generation.generator import GenerationRequest, Generator, ShortAnswer
from citewell.generation.prompts import MOST_CHARACTERS
from citewell.index.collection import Collection
from citewell.questions.intent import expects_several, is_yes_or_no
from citewell.reading.evidence import Evidence
from citewell.reading.reader import Reader
from citewell.text.spans import lies_within


@dataclass(frozen=True, slots=True)
class Draft:
    """Words of a statement that a language model is still writing; they are not checked yet."""

    text: str


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages that are about to be read, best first: places to look, never the answer."""

    passages: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The sentences that a language model is about to put into words, as the reader found them."""

    citations: tuple[Citation, ...]


Event: TypeAlias = str | Citation | Draft | Withheld | Retrieved | Proof | Answer
"""What `Assistant.stream` yields: checked pieces of the text, each citation once, and the Answer last.

Before all of them comes what was retrieved: reading it takes nearly all of the time of an answer.
When a language model writes, it takes seconds. First comes the Proof, which is the article's own words and
true whatever the model makes of it. Then the words of a statement come as Drafts. After them comes the
checked piece or, when the statement is not supported, a Withheld.
"""

# Most passages that are shown when abstaining.
CLOSEST = 3
# Writer that the trace names for a calculated answer.
RECKONER = "reckoning"
# Writer that the trace names for what metadata say, which is taken as it is.
METADATA = "metadata"
# Most statements of a language model for a question that expects several.
SEVERAL = 3

# Reasons for withholding a statement, for falling back on the article's own words, and the note about it.
SAID_BEFORE = "it was said before"
NOTHING_SUPPORTED = "nothing that the language model wrote is supported"
NO_MODEL = "In the article's own words: the language model did not finish"


@dataclass(slots=True)
class WritingState:
    """An answer while it is being written.

    Attributes:
        sources: The ranges that the reader found, to be cited.
        confidence: Probability that the sources answer the question.
        note: Note beside the answer, on what is left out.
        trace: The trace so far, with the evidence that was read.
        passages: Passages to give a language model; empty when none writes.
        whole: Whether the question is about all of the passages.
        named: Whether each statement says which article it is from, as in an overview of several.
        statements: The supported statements so far.
        withheld: The statements that are not shown, with the reason.
        numbers: Map from a citation's number as written to its number in the answer.
        short: Short answers that a language model gave.
        found: Short answers that the reader found, one of which a language model must state.
        may_calculate: Whether a language model may state a calculation from the figures instead.
        writer: Name of the generator that wrote the statements.
        fallback: Why the answer is in the article's own words although a language model was to write it.
        order: The short answers to the parts of the question, in the question's order; empty when it has one.
    """

    sources: Sequence[Source]
    confidence: float
    note: str
    trace: Trace
    passages: Sequence[Source] = ()
    whole: bool = False
    named: bool = False
    statements: list[Statement] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    short: list[str] = field(default_factory=list)
    found: tuple[str, ...] = ()
    may_calculate: bool = False
    writer: str = ""
    fallback: str = ""
    order: tuple[str, ...] = ()

    def objection(self, statement: Statement) -> str:
        """Return why a supported statement is not shown; "" when it may be shown."""
        if any(statement.text == known.text for known in self.statements):
            return SAID_BEFORE
        if len(statement.text) >= MOST_CHARACTERS:
            return "it breaks off"
        says_found = not self.found or any(states_answer(statement.text, found) for found in self.found)
        if not says_found and not (self.may_calculate and is_calculated(statement)):
            return f"it does not say what the reader found: {self.found[0]}"
        return ""

    @property
    def said(self) -> str:
        """Text beside the answer: the note, and whether a language model failed to finish."""
        failed = self.fallback and self.fallback != NOTHING_SUPPORTED
        return ". ".join(filter(None, (self.note, f"{NO_MODEL} ({self.fallback})" if failed else "")))


def is_calculated(statement: Statement) -> bool:
    """Whether a proved statement is calculated from the figures of its citations."""
    quotes = " ".join(citation.quote for citation in statement.citations)
    return find_broken_rule(statement.text, quotes)[1]


def add_statement(composing: WritingState, proved: Statement) -> Iterator[Event]:
    """Add a statement to an answer, and yield it and its new citations."""
    known = len(composing.numbers)
    if composing.named:
        proved = replace(proved, origin=proved.citations[0].name)
    composing.statements.append(renumber(proved, composing.numbers))
    yield appended_text(composing.statements)
    citations = composing.statements[-1].citations
    yield from (citation for citation in citations if citation.number > known)


@dataclass(frozen=True, slots=True)
class Writer:
    """Write answers from sources, and show only statements that the articles support.

    Attributes:
        collection: The articles.
        reader: The reader that judges whether a statement is supported.
        generator: The generator that writes.
        copier: The generator that stands in when a language model cannot write, or writes only unsupported
            statements.
        max_statements: Most statements to show.
    """

    collection: Collection
    reader: Reader
    generator: Generator
    copier: Generator
    max_statements: int

    def write(self, asking: AnswerBuilder, composing: WritingState) -> Iterator[Event]:
        """Write an answer from sources, and yield each statement that its citations prove.

        When there are passages for a language model, it writes, and its unsupported statements are withheld.
        When there are no passages, no statement is left, or the model cannot write, the article's own
        sentences are the answer.
        """
        sources, passages = composing.sources, composing.passages
        if passages:
            task = self._task(asking.standalone, composing)
            if not composing.whole:
                yield Proof(self._cite(sources))
            try:
                yield from self._generate(composing, task, passages, self.generator)
            except GeneratorError as error:
                composing.fallback = str(error)
            if composing.statements:
                found = composing.found
                known = [", ".join(found), *found, *composing.short]
                composing.statements = mark_short_answer(composing.statements, known)
                composing.writer = self.generator.name
        if not composing.statements:
            if passages and not composing.fallback:
                composing.fallback = NOTHING_SUPPORTED
            # The copier keeps the article's own sentences; a language model would write others.
            writer = self.copier if self.generator.room else self.generator
            task = GenerationRequest(
                asking.standalone, source_texts(sources, self.collection), statements=max(len(sources), 1)
            )
            yield from self._generate(composing, task, sources, writer)
            composing.writer = writer.name
        asking.lap("compose")
        trace = replace(
            composing.trace,
            withheld=tuple(composing.withheld),
            writer=composing.writer,
            fallback=composing.fallback,
        )
        if composing.statements:
            yield asking.answer(
                composing.statements, composing.confidence, composing.said, trace, composing.order
            )
        else:
            yield from self.abstain(asking, Abstention.UNSUPPORTED, composing.confidence, trace)

    def state(self, asking: AnswerBuilder, solution: Fact, trace: Trace) -> Iterator[Event]:
        """State the result of a calculation, and cite the sentences that it is calculated from."""
        citations = self._cite(merge_sources(solution.proof, self.collection))
        stated = Statement(solution.text, citations, is_reckoned=True)
        statements = mark_short_answer([stated], [solution.short])
        yield appended_text(statements)
        yield from citations
        asking.lap("compose")
        yield asking.answer(statements, solution.probability, "", replace(trace, writer=RECKONER))

    def report(
        self, asking: AnswerBuilder, sides: Sequence[Sequence[Evidence]], trace: Trace
    ) -> Iterator[Event]:
        """State what several articles answer, in their own words: one statement for each answer.

        Args:
            asking: Builds the answer.
            sides: The answers, each with the evidence that gives it, as `find_sides` returns them.
            trace: The trace so far.
        """
        disagrees = len(sides) > 1
        statements: list[Statement] = []
        cited = 0
        if disagrees:
            yield DISAGREEMENT
        for side in sides:
            stated = [
                make_statement(text, [1], [source], self.collection)
                for item in side
                for source in merge_sources([item], self.collection)[:1]
                for text in source_texts([source], self.collection)
            ]
            found = [citation for statement in stated for citation in statement.citations]
            numbered = [replace(citation, number=cited + n) for n, citation in enumerate(found, start=1)]
            cited += len(numbered)
            origin = numbered[0].name if disagrees else ""
            statements.append(replace(stated[0], citations=tuple(numbered), origin=origin))
            yield appended_text(statements)
            yield from numbered
        asking.lap("compose")
        confidence = min(side[0].probability for side in sides)
        trace = replace(trace, writer=self.copier.name)
        yield asking.answer(statements, confidence, "", trace, disagrees=disagrees)

    def attribute(self, asking: AnswerBuilder, said: Sequence[Statement], note: str) -> Iterator[Event]:
        """State what articles' metadata say."""
        composing = WritingState((), CONFIDENCE, note, Trace(writer=METADATA))
        for statement in said:
            yield from add_statement(composing, statement)
        asking.lap("compose")
        yield asking.answer(composing.statements, CONFIDENCE, note, composing.trace)

    def _cite(self, sources: Sequence[Source]) -> tuple[Citation, ...]:
        """Return sources as citations, numbered from 1."""
        documents = self.collection.documents
        return tuple(
            cite(documents[source.document_index], source.document_index, source.span, number)
            for number, source in enumerate(sources, start=1)
        )

    def _task(self, question: str, composing: WritingState) -> GenerationRequest:
        """Return the request to a language model."""
        passages = composing.passages
        evidence = source_texts(passages, self.collection)
        likely = [
            number
            for number, passage in enumerate(passages, start=1)
            if any(
                source.document_index == passage.document_index and lies_within(source.span, passage.span)
                for source in composing.sources
            )
        ]
        if composing.whole:
            return GenerationRequest(question, evidence, statements=self.max_statements, whole=True)
        texts = (short_answer_of(item, self.collection) for item in composing.sources)
        found = tuple(dict.fromkeys(filter(None, texts)))
        composing.found = () if is_yes_or_no(question) else found
        composing.may_calculate = asks_for_calculation(question)
        most = min(len(composing.sources), SEVERAL) if expects_several(question) else 1
        return GenerationRequest(question, evidence, tuple(likely), composing.found, max(most, 1))

    def _generate(
        self,
        composing: WritingState,
        task: GenerationRequest,
        sources: Sequence[Source],
        generator: Generator,
    ) -> Iterator[Event]:
        """Let a generator write, and add the statements that are supported."""
        in_own_words = generator.room > 0
        with closing(generator.generate(task)) as pieces:
            for written in parse_statements(pieces, sources, self.collection):
                if isinstance(written, str):
                    if in_own_words:
                        yield Draft(written)
                    continue
                if isinstance(written, ShortAnswer):
                    composing.short.append(written.text)
                    continue
                proved, reason = (
                    narrow_citations(written, sources, self.collection, self.reader)
                    if in_own_words
                    else (written, find_objection(written, self.reader))
                )
                if not reason and in_own_words:
                    reason = composing.objection(proved)
                if reason == SAID_BEFORE:
                    break  # and it would go on saying so
                if reason:
                    composing.withheld.append(Withheld(written.text, reason, in_own_words))
                    if in_own_words:
                        yield composing.withheld[-1]
                    continue
                yield from add_statement(composing, proved)
                if in_own_words and len(composing.statements) == self.max_statements:
                    break

    def abstain(
        self, asking: AnswerBuilder, reason: Abstention, confidence: float, trace: Trace
    ) -> Iterator[Event]:
        """Yield why there is no answer, and where to look."""
        nearest = sorted(trace.evidence, key=lambda item: (-item.hit.fused, item.hit.position))[:CLOSEST]
        sources = [] if reason is Abstention.NO_PASSAGE else merge_sources(nearest, self.collection)
        if reason is Abstention.POSSIBLY:
            first = merge_sources(trace.evidence[:1], self.collection)
            sources = [*first, *(item for item in sources if not any(map(item.overlaps, first)))][:CLOSEST]
        message = message_about(reason, asking.articles)
        yield message
        yield asking.abstain(reason, message, trace, confidence, self._cite(sources))


def short_answer_of(source: Source, collection: Collection) -> str:
    """Return the short answer in a source; "" when it has none."""
    text = collection.documents[source.document_index].text
    return ", ".join(text[span.start : span.end] for span in source.short)
