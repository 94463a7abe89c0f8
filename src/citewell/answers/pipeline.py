"""Answer one question: resolve, retrieve, read, gate, write and verify, each one call.

In: a question and its history. Out: each part of the answer as soon as it is known, and the Answer last.
"""

from collections.abc import Generator as Yielding
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from citewell.answers import budget
from citewell.answers.agreement import find_sides
from citewell.answers.answer import Abstention, Trace
from citewell.answers.answer_builder import AnswerBuilder
from citewell.answers.budget import AnswerLimits
from citewell.answers.finding import Finder, Findings
from citewell.answers.metadata import state_metadata
from citewell.answers.quotations import cite_quotation
from citewell.answers.statements import merge_sources
from citewell.answers.summary import CONFIDENCE, SENTENCES_EACH, Overviews
from citewell.answers.whole_phrases import widen_short
from citewell.answers.writer import Event, Retrieved, Writer, WritingState
from citewell.arithmetic.solver import solve
from citewell.checking.citations import Source, cite
from citewell.errors import GeneratorError, QuestionError
from citewell.generation.generator import Generator
from citewell.index.collection import Collection
from citewell.index.filters import Selection
from citewell.index.protocols import Encoder
from citewell.index.retrieval import Hit, retrieve
from citewell.index.wordless import NoWords
from citewell.questions.condensing import find_cores, is_about
from citewell.questions.decomposition import split_question
from citewell.questions.dependence import own_words
from citewell.questions.history import History, Turn
from citewell.questions.intent import (
    METADATA,
    OVERVIEWS,
    REPLIES,
    REPLIES_ABOUT_SEVERAL,
    Intent,
    asked_of_metadata,
    asks_for_newest,
    detect_intent,
    has_no_content,
    is_yes_or_no,
    without_newest,
)
from citewell.questions.language import is_written_in, language_of
from citewell.questions.limits import clean_question
from citewell.questions.rewriting import Rewritten, find_rewritings, last_questions, read_history, variants
from citewell.reading.evidence import (
    Evidence,
    above_threshold,
    further_sentences,
    read_surest,
    surest_first,
    surest_probability,
)
from citewell.reading.gate import Gate, answering
from citewell.reading.hedging import as_said, prefer_facts
from citewell.reading.reader import Reader
from citewell.reading.subjects import Subjects
from citewell.text.normalisation import normalise
from citewell.text.spans import Span
from citewell.text.stemming import stem
from citewell.text.words import folded_words

# Sentences that are told when more is asked for.
MORE_SENTENCES = 3

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
            subjects=Subjects.of(collection),
        )

    def run(self, question: str, history: History, within: Selection | None) -> Yielding[Event]:
        """Answer a question; see `Assistant.stream` for the arguments and the events that are yielded."""
        asking = AnswerBuilder(question)
        cleaned = clean_question(question, self.limits.question_characters, self.limits.question_tokens)
        asking.articles = len(self.collection.documents) if within is None else int(within.documents.sum())
        kind = detect_intent(cleaned)
        if kind is Intent.MORE:
            asking.standalone = next(iter(last_questions(read_history(history))), "")
            kind = Intent.MORE if asking.standalone else Intent.MEANINGLESS
        else:
            asking.standalone = self.resolve(cleaned, history, within)
            kind = detect_intent(asking.standalone)
        asking.lap("resolve")
        if kind is Intent.QUESTION and has_no_content(asking.standalone):
            kind = Intent.MEANINGLESS  # without a history to say who or why of what
        if kind in REPLIES:
            reply = (REPLIES_ABOUT_SEVERAL if asking.articles > 1 else REPLIES)[kind]
            yield reply
            trace = Trace(threshold=self.gate.threshold([]))
            yield asking.abstain(Abstention.NOT_A_QUESTION, reply, trace)
        elif kind is Intent.TASK:
            yield from self.writer.abstain(asking, Abstention.NOT_A_TASK, 0.0, Trace())
        elif self.is_foreign(cleaned, within):
            yield from self.writer.abstain(asking, Abstention.LANGUAGE, 0.0, Trace())
        elif kind in OVERVIEWS and asking.articles > 1:
            yield from self.survey_each(asking, kind, within)
        elif kind in OVERVIEWS:
            yield from self.survey(asking, kind, within)
        elif kind is Intent.MORE:
            yield from self.go_on(asking, within)
        elif kind in METADATA:
            yield from self.attribute(asking, within)
        else:
            yield from self.answer(asking, within)

    def find(self, text: str, within: Selection | None, most: int) -> Findings:
        """Find every sentence that states a text or answers it; see `Assistant.find`."""
        cleaned = clean_question(text, self.limits.question_characters, self.limits.question_tokens)
        if has_no_content(cleaned):
            message = f"{cleaned!r} says nothing to find; give a statement or a question"
            raise QuestionError(message)
        finder = Finder(self.collection, self.encoder, self.reader)
        return finder.find(cleaned, within, most)

    def is_foreign(self, question: str, only: Selection | None) -> bool:
        """Whether a question is in a language that the reader does not read, and no article near it is in.

        Where an article is in the question's language, the reader may find the answer all the same.
        """
        # A reader of somebody else's may not say what it reads.
        read: frozenset[str] = getattr(self.reader, "languages", frozenset())
        language = language_of(question) if read else ""
        if not language or language in read:
            return False
        return not any(is_written_in(hit.passage.text, language) for hit in self.retrieve(question, only))

    def answer(self, asking: AnswerBuilder, only: Selection | None) -> Iterator[Event]:
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
        sides = [best]
        if not best:
            found = self.weigh(asking, asking.standalone, hits)
            best = self.gate.select(asking.standalone, found)
            compared = self.compare(asking, found, best)
            sides = [[finish_short(asking.standalone, item) for item in side] for side in compared]
            best = sides[0][: len(best)]
            evidence = [finish_short(asking.standalone, item) for item in found]
        likely = budget.fit_answer(best or answering(asking.standalone, evidence), self.limits)
        trace = Trace(
            evidence=tuple(evidence), threshold=self.gate.threshold(evidence), candidate=tuple(likely)
        )
        if not best:
            # Where no words are counted, nobody knows that no passage shares one.
            is_about = isinstance(self.collection.lexical, NoWords) or any(hit.lexical for hit in hits)
            reason = Abstention.NOT_ANSWERED if is_about else Abstention.NO_PASSAGE
            if self.gate.is_possible(evidence):
                reason = Abstention.POSSIBLY
            surest = surest_probability(evidence)
            yield from self.writer.abstain(asking, reason, surest, trace)
            return
        trace = replace(trace, sureness=self.gate.sureness([side[0] for side in sides]))
        # A language model writes one answer; it is not asked where the articles disagree.
        if len(sides) > 1 or (len(sides[0]) > len(best) and not self.generator.room):
            yield from self.writer.report(asking, sides, trace)
            return
        written = WritingState(
            merge_sources(likely, self.collection),
            min(item.probability for item in likely),
            "",  # nothing is left out
            replace(trace, sureness=self.gate.sureness(likely)),
            budget.fit_prompt(
                self.collection,
                likely,
                evidence,
                only,
                self.generator.room,
                self.limits.prompt_tokens,
            ),
            order=order if len(likely) == len(best) else (),
        )
        yield from self.writer.write(asking, written)

    def weigh_parts(
        self, asking: AnswerBuilder, only: Selection | None
    ) -> tuple[list[Evidence], list[Evidence]]:
        """Return all evidence for the parts of a question, and the surest for each part, in their order.

        Both are empty when the question has one part, or when a part has no answer of its own: half an answer
        would pass for a whole one, so the question is asked as it is.
        """
        parts = split_question(asking.standalone)
        found: list[Evidence] = []
        best: list[Evidence] = []
        for part in parts if len(parts) > 1 else ():
            evidence = self.weigh(asking, part, self.retrieve(part, only))
            surest = self.gate.select(part, evidence)[:1]
            if not surest:
                return [], []
            best += [finish_short(part, item, is_part=True) for item in surest]
            found += evidence
        passages = {item.hit.passage: item for item in reversed(surest_first(found))}
        return surest_first(passages.values()), best

    def weigh(self, asking: AnswerBuilder, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """Read the hits, have graded what the reader is unsure of, and prefer what did happen."""
        evidence = self.read(question, hits)
        if asking.articles > 1 and asks_for_newest(question):
            newest = self.read(without_newest(question), hits)
            evidence = max(evidence, newest, key=surest_probability)
        asking.lap("read")
        if self.gate.is_unsure(question, evidence):
            evidence = self.gate.grade(question, evidence)
        asking.lap("grade")
        return prefer_facts(question, evidence, self.reader, self.gate.threshold(evidence), self.subjects)

    def compare(
        self, asking: AnswerBuilder, evidence: Sequence[Evidence], best: list[Evidence]
    ) -> list[list[Evidence]]:
        """Return the answers of several articles, each with its evidence; the best evidence of one alone."""
        if asking.articles == 1 or len(best) != 1 or is_yes_or_no(asking.standalone):
            return [best]
        threshold = self.gate.threshold(evidence)
        near = above_threshold(evidence, NEARLY * threshold)
        return find_sides(asking.standalone, near, self.reader, threshold)

    def attribute(self, asking: AnswerBuilder, only: Selection | None) -> Iterator[Event]:
        """Answer when articles were published or who wrote them, each from its own metadata."""
        asked = asked_of_metadata(asking.standalone)
        kind, topic = asked or (Intent.PUBLISHED, "")
        most = self.limits.statements
        if topic:
            nearest = retrieve(topic, self.collection, self.encoder, 1, only=only)
            documents = [hit.passage.document for hit in nearest]
            count = len(documents)
        else:
            every = range(len(self.collection.documents))
            places = every if only is None else np.flatnonzero(only.documents).tolist()
            documents = [self.collection.documents[place] for place in places[:most]]
            count = len(places)
        asking.lap("retrieve")
        found = [
            said
            for number, item in enumerate(documents, start=1)
            if (said := state_metadata(item, self.collection.document_index(item.id), kind, number))
        ]
        if not found:
            yield from self.writer.abstain(asking, Abstention.NOT_ANSWERED, 0.0, Trace())
            return
        yield from self.writer.attribute(asking, found, count_left_out(count - most, "articles"))

    def survey(self, asking: AnswerBuilder, kind: Intent, only: Selection | None) -> Iterator[Event]:
        """Answer a request about the only article that is asked."""
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
        left_out = count_left_out(len(found) - most, "sentences")
        sources = [Source(place, span, short) for span, short in found[:most]]
        room = self.generator.room if kind is Intent.SUMMARY else 0
        passages = budget.fit_article(self.collection, article.id, room)
        written = WritingState(sources, CONFIDENCE, left_out, Trace(), passages, whole=True)
        yield from self.writer.write(asking, written)

    def survey_each(self, asking: AnswerBuilder, kind: Intent, only: Selection | None) -> Iterator[Event]:
        """Answer a request about several articles, one by one, in their own sentences.

        The articles come in the order of the collection, as many as an answer has statements at most. The
        note counts those that are left out.
        """
        documents = [item for item in self.collection.documents if only is None or item.id in only]
        most = self.limits.statements
        each = min(SENTENCES_EACH, most)
        asking.lap("retrieve")
        sources: list[Source] = []
        cut = 0
        for article in documents[:most]:
            found = self.overviews.find(article, kind, most=each)
            place = self.collection.document_index(article.id)
            sources += [Source(place, span, short) for span, short in found[:each]]
            cut += max(len(found) - each, 0)
        asking.lap("read")
        if not sources:
            yield from self.writer.abstain(asking, Abstention.NOT_ANSWERED, 0.0, Trace())
            return
        notes = (count_left_out(len(documents) - most, "articles"), count_left_out(cut, "sentences"))
        note = ". ".join(filter(None, notes))
        yield from self.writer.write(
            asking, WritingState(sources, CONFIDENCE, note, Trace(), whole=True, named=True)
        )

    def go_on(self, asking: AnswerBuilder, only: Selection | None) -> Iterator[Event]:
        """Tell more about the last question: the sentences of its passage that were not its answer."""
        hits = self.retrieve(asking.standalone, only)
        asking.lap("retrieve")
        yield self.show(hits)
        evidence = self.read(asking.standalone, hits)
        asking.lap("read")
        trace = Trace(evidence=tuple(evidence), threshold=self.gate.threshold(evidence))
        further = further_sentences(evidence[0], MORE_SENTENCES) if evidence else []
        if not further or not (
            self.gate.select(asking.standalone, evidence) or self.gate.is_possible(evidence)
        ):
            yield from self.writer.abstain(asking, Abstention.NOT_ANSWERED, 0.0, trace)
            return
        place = self.collection.document_index(evidence[0].hit.passage.document.id)
        sources = [Source(place, span) for span in further]
        # As in an overview, the sentences are the article's own, and they claim no answer.
        yield from self.writer.write(asking, WritingState(sources, CONFIDENCE, "", trace, [], whole=True))

    def resolve(self, question: str, history: History, only: Selection | None) -> str:
        """Return a follow-up as a question that stands alone.

        The rules rewrite it and, when there is one, the language model does too. The wording for which the
        reader is surer counts.
        """
        earlier = read_history(history)
        by_rules = self.choose(find_rewritings(question, earlier), only)
        if by_rules == question or not self.generator.room:
            return by_rules
        by_model = self.rewrite(question, earlier)
        if by_model in ("", by_rules) or len(by_model) > self.limits.question_characters:
            return by_rules
        sureness = [self.sureness(wording, only) for wording in (by_model, by_rules)]
        return by_model if sureness[0] > sureness[1] else by_rules

    def choose(self, rewritten: Rewritten, only: Selection | None) -> str:
        """Return the wording that the reader is surest of, in a sentence that names what was named."""
        if len(rewritten.wordings) == 1 and not rewritten.otherwise:
            return rewritten.wordings[0]
        named = {stem(word) for word in own_words(rewritten.named)}
        best, surest = rewritten.wordings[0], (False, -1.0)
        for wordings in (rewritten.wordings, rewritten.otherwise):
            for wording in wordings:
                evidence = self.read(wording, self.retrieve(wording, only))[:1]
                said = {stem(word) for item in evidence for word in folded_words(item.quote)}
                found = (not named or bool(named & said), surest_probability(evidence))
                if found > surest:  # of equals, the first
                    best, surest = wording, found
            if surest[1] >= self.gate.threshold([]):
                break
        return best

    def rewrite(self, question: str, earlier: Sequence[Turn]) -> str:
        """Return a follow-up as the language model writes it; "" when it cannot."""
        try:
            return " ".join(normalise(self.generator.standalone(question, earlier)).split())
        except GeneratorError:
            return ""  # the answer will say that the model cannot be asked

    def sureness(self, wording: str, only: Selection | None) -> float:
        """Return the reader's probability for a wording of a question."""
        evidence = self.read(wording, self.retrieve(wording, only))
        return surest_probability(evidence)

    def retrieve(self, question: str, only: Selection | None) -> list[Hit]:
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

        "Why?" needs those words, but they draw "Which agencies coordinated it?" away from its answer. Of a
        wordy request, the question inside it is read too.
        """
        best = read_surest(variants(question), hits, self.reader, self.subjects)
        for core in find_cores(question):
            # Without the names, the question may be answered by an article that is about others.
            near = [hit for hit in hits if is_about(hit.passage.document.text, core.names)]
            best = max(
                best, read_surest([core.wording], near, self.reader, self.subjects), key=surest_probability
            )
        return best

    @property
    def writer(self) -> Writer:
        """The writer, which writes statements from the evidence and verifies them."""
        return Writer(self.collection, self.reader, self.generator, self.copier, self.limits.statements)


def count_left_out(count: int, what: str) -> str:
    """Return the note on so many "articles" or "sentences" that an answer leaves out; "" for none.

    >>> count_left_out(1, "articles"), count_left_out(3, "sentences"), count_left_out(-2, "articles")
    ('1 more article is left out for length', '3 more sentences are left out for length', '')
    """
    if count < 1:
        return ""
    return (
        f"{count} more {what if count > 1 else what[:-1]} {'are' if count > 1 else 'is'} left out for length"
    )


def finish_short(question: str, evidence: Evidence, *, is_part: bool = False) -> Evidence:
    """Return evidence with its short answer as it is shown: with what hedges it, or a whole phrase."""
    said = as_said(question, evidence)
    whole = said if said is not evidence else widen_short(question, evidence, is_part=is_part)
    return cite_quotation(whole)
