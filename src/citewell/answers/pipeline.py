"""Answer one question: resolve, retrieve, read, gate, write and verify, each one call.

In: a question and its history. Out: each part of the answer as soon as it is known, and the Answer last.
"""

from collections.abc import Collection as AbstractCollection
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from citewell.answers import budget
from citewell.answers.agreement import find_sides
from citewell.answers.answer import Abstention, Trace
from citewell.answers.answer_builder import AnswerBuilder
from citewell.answers.arithmetic.solver import solve
from citewell.answers.budget import AnswerLimits
from citewell.answers.citations import Source
from citewell.answers.metadata import state_metadata
from citewell.answers.statements import merge_sources
from citewell.answers.summary import CONFIDENCE, Overviews
from citewell.answers.writer import Event, Writer, WritingState
from citewell.errors import GeneratorError
from citewell.generation.generator import Generator
from citewell.index.collection import Collection
from citewell.index.protocols import Encoder
from citewell.index.retrieval import Hit, retrieve
from citewell.questions.history import History, Turn
from citewell.questions.intent import (
    METADATA,
    OVERVIEWS,
    REPLIES,
    Intent,
    asked_of_metadata,
    asks_for_newest,
    detect_intent,
    has_no_content,
    is_yes_or_no,
    without_newest,
)
from citewell.questions.limits import clean_question
from citewell.questions.rewriting import read_history, rewrite_follow_up, variants
from citewell.reading.evidence import Evidence, above_threshold, read_surest, surest_first
from citewell.reading.gate import Gate
from citewell.reading.hedging import as_said, prefer_facts
from citewell.reading.reader import Reader
from citewell.text.normalisation import normalise

# Another article's answer counts beside a sure one from this share of the threshold on: to compare them, the
# network is asked again.
NEARLY = 0.8


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
    """

    collection: Collection
    encoder: Encoder
    reader: Reader
    gate: Gate
    generator: Generator
    copier: Generator
    overviews: Overviews
    limits: AnswerLimits

    def over(self, collection: Collection) -> "Pipeline":
        """Return the same stages over other articles."""
        return replace(self, collection=collection, overviews=Overviews(collection, self.encoder))

    def run(self, question: str, history: History, only: AbstractCollection[str] | None) -> Iterator[Event]:
        """Answer a question; see `Assistant.stream` for the arguments and the events that are yielded."""
        asking = AnswerBuilder(question)
        cleaned = clean_question(question, self.limits.question_characters, self.limits.question_tokens)
        within = self.collection.select(only)
        asking.articles = len(self.collection.documents if within is None else within)
        asking.standalone = self.resolve(cleaned, history, within)
        asking.lap("resolve")
        kind = detect_intent(asking.standalone)
        if kind is Intent.QUESTION and has_no_content(asking.standalone):
            kind = Intent.MEANINGLESS  # without a history to say who or why of what
        if kind in REPLIES:
            yield REPLIES[kind]
            trace = Trace(threshold=self.gate.threshold([]))
            yield asking.abstain(Abstention.NOT_A_QUESTION, REPLIES[kind], trace)
        elif kind in OVERVIEWS:
            yield from self.survey(asking, kind, within)
        elif kind in METADATA:
            yield from self.attribute(asking, within)
        else:
            yield from self.answer(asking, within)

    def answer(self, asking: AnswerBuilder, only: frozenset[str] | None) -> Iterator[Event]:
        """Answer a question that stands alone."""
        hits = self.retrieve(asking.standalone, only)
        asking.lap("retrieve")
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
        evidence = self.read(asking.standalone, hits)
        if asking.articles > 1 and asks_for_newest(asking.standalone):
            evidence = read_surest([asking.standalone, without_newest(asking.standalone)], hits, self.reader)
        asking.lap("read")
        if self.gate.is_unsure(asking.standalone, evidence):
            evidence = self.gate.grade(asking.standalone, evidence)
        asking.lap("grade")
        least = self.gate.threshold(evidence)
        evidence = prefer_facts(asking.standalone, evidence, self.reader, least)
        best = self.gate.select(asking.standalone, evidence)
        trace = Trace(evidence=tuple(evidence), threshold=self.gate.threshold(evidence))
        if not best:
            reason = Abstention.NOT_ANSWERED if any(hit.lexical for hit in hits) else Abstention.NO_PASSAGE
            if self.gate.is_possible(evidence):
                reason = Abstention.POSSIBLY
            surest = evidence[0].probability if evidence else 0.0
            yield from self.writer.abstain(asking, reason, surest, trace)
            return
        sides = [best]
        if asking.articles > 1 and len(best) == 1 and not is_yes_or_no(asking.standalone):
            near = above_threshold(evidence, NEARLY * trace.threshold)
            sides = find_sides(asking.standalone, near, self.reader, trace.threshold)
            best = sides[0][:1]
        sides = [[as_said(asking.standalone, item) for item in side] for side in sides]
        best = [as_said(asking.standalone, item) for item in best]
        trace = replace(trace, sureness=self.gate.sureness([side[0] for side in sides]))
        # A language model writes one answer; it is not asked where the articles disagree.
        if len(sides) > 1 or (len(sides[0]) > len(best) and not self.generator.room):
            yield from self.writer.report(asking, sides, trace)
            return
        kept = budget.fit_answer(best, self.limits)
        written = WritingState(
            merge_sources(kept, self.collection),
            min(item.probability for item in kept),
            "",  # nothing is left out
            trace,
            budget.fit_prompt(self.collection, kept, hits, only, self.generator.room),
        )
        yield from self.writer.write(asking, written)

    def attribute(self, asking: AnswerBuilder, only: frozenset[str] | None) -> Iterator[Event]:
        """Answer when articles were published or who wrote them, each from its own metadata."""
        asked = asked_of_metadata(asking.standalone)
        kind, topic = asked or (Intent.PUBLISHED, "")
        documents = [item for item in self.collection.documents if only is None or item.id in only]
        if topic:
            nearest = retrieve(topic, self.collection, self.encoder, 1, only=only)
            documents = [hit.passage.document for hit in nearest]
        asking.lap("retrieve")
        most = self.limits.statements
        found = [
            said
            for number, item in enumerate(documents[:most], start=1)
            if (said := state_metadata(item, self.collection.document_index(item.id), kind, number))
        ]
        if not found:
            yield from self.writer.abstain(asking, Abstention.NOT_ANSWERED, 0.0, Trace())
            return
        note = f"{len(documents) - most} more articles are left out" if len(documents) > most else ""
        yield from self.writer.attribute(asking, found, note)

    def survey(self, asking: AnswerBuilder, kind: Intent, only: frozenset[str] | None) -> Iterator[Event]:
        """Answer a request about a whole article; of several articles, the one nearest to the request."""
        hits = retrieve(asking.standalone, self.collection, self.encoder, 1, only=only)
        asking.lap("retrieve")
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

    def read(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """Read the hits for a question with and without the words of the previous question; the surer counts.

        "Why?" needs those words, but they draw "Which agencies coordinated it?" away from its answer.
        """
        return read_surest(variants(question), hits, self.reader)

    @property
    def writer(self) -> Writer:
        """The writer, which writes statements from the evidence and verifies them."""
        return Writer(self.collection, self.reader, self.generator, self.copier, self.limits.statements)
