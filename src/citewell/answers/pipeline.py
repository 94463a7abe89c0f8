"""Answer one question: resolve, retrieve, read, gate, write and verify, each one call.

In: a question and its history. Out: each part of the answer as soon as it is known, and the Answer last.
"""

from collections.abc import Collection as AbstractCollection
from collections.abc import Generator as Yielding
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from citewell.answers import budget
from citewell.answers.answer import Abstention, Trace
from citewell.answers.answer_builder import AnswerBuilder
from citewell.answers.arithmetic.solver import solve
from citewell.answers.budget import AnswerLimits
from citewell.answers.citations import Source, cite
from citewell.answers.quotations import cite_quotation
from citewell.answers.statements import merge_sources
from citewell.answers.summary import CONFIDENCE, Overviews
from citewell.answers.whole_phrases import widen_short
from citewell.answers.writer import Event, Retrieved, Writer, WritingState
from citewell.errors import GeneratorError
from citewell.generation.generator import Generator
from citewell.index.collection import Collection
from citewell.index.protocols import Encoder
from citewell.index.retrieval import Hit, retrieve
from citewell.questions.decomposition import split_question
from citewell.questions.history import History, Turn
from citewell.questions.intent import OVERVIEWS, REPLIES, Intent, detect_intent, has_no_content
from citewell.questions.language import language_of
from citewell.questions.limits import clean_question
from citewell.questions.rewriting import read_history, rewrite_follow_up, variants
from citewell.reading.evidence import Evidence, read_surest, surest_first
from citewell.reading.gate import Gate, answering
from citewell.reading.reader import Reader
from citewell.reading.subjects import Subjects
from citewell.text.normalisation import normalise
from citewell.text.spans import Span


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages that a question passes through. Safe to use from many threads.

    Attributes:
        collection: The articles.
        encoder: The encoder that made their vectors.
        reader: Reads passages, and judges whether statements are supported.
        gate: Decides which evidence is an answer.
        generator: Writes the answer.
        copier: Copies sentences of the article; stands in when a language model fails.
        overviews: Answers to requests about whole articles, each computed once.
        limits: Limits on a question, on the passages read for it, and on its answer.
        subjects: What the articles and their sections are called.
    """

    collection: Collection
    encoder: Encoder
    reader: Reader
    gate: Gate
    generator: Generator
    copier: Generator
    overviews: Overviews
    limits: AnswerLimits
    subjects: Subjects

    def over(self, collection: Collection) -> "Pipeline":
        """Return the same stages over other articles."""
        return replace(
            self,
            collection=collection,
            overviews=Overviews(collection, self.encoder),
            subjects=Subjects(collection.documents),
        )

    def run(self, question: str, history: History, only: AbstractCollection[str] | None) -> Yielding[Event]:
        """Answer a question; see `Assistant.stream` for the arguments and the events that are yielded."""
        asking = AnswerBuilder(question)
        cleaned = clean_question(question, self.limits.question_characters, self.limits.question_tokens)
        within = self.collection.select(only)
        asking.standalone = self.resolve(cleaned, history, within)
        asking.lap("resolve")
        kind = detect_intent(asking.standalone)
        if kind is Intent.QUESTION and has_no_content(asking.standalone):
            kind = Intent.MEANINGLESS  # without a history to say who or why of what
        if kind in REPLIES:
            yield REPLIES[kind]
            trace = Trace(threshold=self.gate.threshold([]))
            yield asking.abstain(Abstention.NOT_A_QUESTION, REPLIES[kind], trace)
        elif kind is Intent.TASK:
            yield from self.writer.abstain(asking, Abstention.NOT_A_TASK, 0.0, Trace())
        elif self.reader.languages and language_of(cleaned) not in self.reader.languages:
            yield from self.writer.abstain(asking, Abstention.LANGUAGE, 0.0, Trace())
        elif kind in OVERVIEWS:
            yield from self.survey(asking, kind, within)
        else:
            yield from self.answer(asking, within)

    def answer(self, asking: AnswerBuilder, only: frozenset[str] | None) -> Iterator[Event]:
        """Answer a question that stands alone."""
        hits = self.retrieve(asking.standalone, only)
        asking.lap("retrieve")
        yield self.show(hits)
        solution = solve(asking.standalone, lambda part: self.read(part, self.retrieve(part, only)))
        if solution and solution.probability >= self.gate.threshold(solution.proof):
            asking.lap("read")
            trace = Trace(
                tuple(surest_first(solution.proof)),
                self.gate.threshold(solution.proof),
                sureness=self.gate.sureness(solution.proof),
            )
            yield from self.writer.state(asking, solution, trace)
            return
        evidence, best = self.weigh_parts(asking, only)
        order = tuple(item.short for item in best)
        if not best:
            evidence = self.weigh(asking, asking.standalone, hits)
            best = self.gate.select(asking.standalone, evidence)
        likely = budget.fit_answer(best or answering(asking.standalone, evidence), self.limits)
        trace = Trace(
            evidence=tuple(evidence), threshold=self.gate.threshold(evidence), candidate=tuple(likely)
        )
        if not best:
            reason = Abstention.NOT_ANSWERED if any(hit.lexical for hit in hits) else Abstention.NO_PASSAGE
            if self.gate.is_possible(evidence):
                reason = Abstention.POSSIBLY
            surest = evidence[0].probability if evidence else 0.0
            yield from self.writer.abstain(asking, reason, surest, trace)
            return
        written = WritingState(
            merge_sources(likely, self.collection),
            min(item.probability for item in likely),
            "",  # nothing is left out
            replace(trace, sureness=self.gate.sureness(likely)),
            budget.fit_prompt(self.collection, likely, hits, only, self.generator.room),
            order=order if len(likely) == len(best) else (),
        )
        yield from self.writer.write(asking, written)

    def weigh_parts(
        self, asking: AnswerBuilder, only: frozenset[str] | None
    ) -> tuple[list[Evidence], list[Evidence]]:
        """Return all evidence for the parts of a question, and the surest for each part, in their order.

        Both are empty when the question has one part, or when a part has no answer of its own: half an answer
        would pass for a whole one, so the question is asked as it is.
        """
        parts = split_question(asking.standalone)
        found: list[Evidence] = []
        best: list[Evidence] = []
        for part in parts if len(parts) > 1 else ():
            evidence = self.weigh(asking, part, self.retrieve(part, only), is_part=True)
            answering = self.gate.select(part, evidence)[:1]
            if not answering:
                return [], []
            best += answering
            found += evidence
        passages = {item.hit.passage: item for item in reversed(surest_first(found))}
        return surest_first(passages.values()), best

    def weigh(
        self, asking: AnswerBuilder, question: str, hits: Sequence[Hit], *, is_part: bool = False
    ) -> list[Evidence]:
        """Read the hits, have graded what the reader is unsure of, and widen the short answers."""
        evidence = self.read(question, hits)
        asking.lap("read")
        if self.gate.is_unsure(question, evidence):
            evidence = self.gate.grade(question, evidence)
        asking.lap("grade")
        return [cite_quotation(widen_short(question, item, is_part=is_part)) for item in evidence]

    def survey(self, asking: AnswerBuilder, kind: Intent, only: frozenset[str] | None) -> Iterator[Event]:
        """Answer a request about a whole article; of several articles, the one nearest to the request."""
        hits = retrieve(asking.standalone, self.collection, self.encoder, 1, only=only)
        asking.lap("retrieve")
        yield self.show(hits)
        article = hits[0].passage.document if hits else None
        found = self.overviews.find(article, kind) if article else []
        asking.lap("read")
        if not article or not found:
            yield from self.writer.abstain(asking, Abstention.NOT_ANSWERED, 0.0, Trace())
            return
        place = self.collection.document_index(article.id)
        most = self.limits.statements
        left_out = f"{len(found) - most} more sentences are left out for length" if len(found) > most else ""
        sources = [Source(place, span, short) for span, short in found[:most]]
        room = self.generator.room if kind is Intent.SUMMARY else 0
        passages = budget.fit_prompt(self.collection, (), hits, {article.id}, room)
        written = WritingState(sources, CONFIDENCE, left_out, Trace(), passages, whole=True)
        yield from self.writer.write(asking, written)

    def resolve(self, question: str, history: History, only: frozenset[str] | None) -> str:
        """Return a follow-up as a question that stands alone.

        The rules rewrite it and, when there is one, the language model does too. The wording for which the
        reader is surer counts.
        """
        earlier = read_history(history)
        by_rules = rewrite_follow_up(question, earlier)
        if by_rules == question or not self.generator.room:
            return by_rules
        by_model = self.rewrite(question, earlier)
        if by_model in ("", by_rules) or len(by_model) > self.limits.question_characters:
            return by_rules
        sureness = [self.sureness(wording, only) for wording in (by_model, by_rules)]
        return by_model if sureness[0] > sureness[1] else by_rules

    def rewrite(self, question: str, earlier: Sequence[Turn]) -> str:
        """Return a follow-up as the language model writes it; "" when it cannot."""
        try:
            return " ".join(normalise(self.generator.standalone(question, earlier)).split())
        except GeneratorError:
            return ""  # the answer will say that the model cannot be asked

    def sureness(self, wording: str, only: frozenset[str] | None) -> float:
        """Return the reader's probability for a wording of a question."""
        evidence = self.read(wording, self.retrieve(wording, only))
        return evidence[0].probability if evidence else 0.0

    def retrieve(self, question: str, only: frozenset[str] | None) -> list[Hit]:
        """Return the passages that may answer, best first."""
        return retrieve(question, self.collection, self.encoder, self.limits.passages, only=only)

    def show(self, hits: Sequence[Hit]) -> Retrieved:
        """Return hits as an event, numbered from 1."""
        found = [(hit.passage, self.collection.document_index(hit.passage.document.id)) for hit in hits]
        return Retrieved(
            tuple(
                cite(passage.document, place, Span(passage.start, passage.end), number)
                for number, (passage, place) in enumerate(found, start=1)
            )
        )

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """Read the hits for a question with and without the words of the previous question; the surer counts.

        "Why?" needs those words, but they draw "Which agencies coordinated it?" away from its answer.
        """
        return read_surest(variants(question), hits, self.reader, self.subjects)

    @property
    def writer(self) -> Writer:
        """The writer, which writes statements from the evidence and verifies them."""
        return Writer(self.collection, self.reader, self.generator, self.copier, self.limits.statements)
