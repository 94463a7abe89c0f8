"""Check a text: find its claims, the sentences about each, and what they say of it."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from citewell.checking.check import Check, CheckedArticle, CheckedClaim, Outcome, Reason
from citewell.checking.citations import Citation, cite
from citewell.checking.claims import Claim, find_claims
from citewell.checking.details import State
from citewell.checking.difference import differ
from citewell.checking.evidence import Library, Search
from citewell.checking.hedging import Hedge
from citewell.checking.judging import Weighed, chances, is_denying, read_weights, weigh
from citewell.checking.opposites import find_opposites
from citewell.checking.quotations import MARKED, Wording
from citewell.checking.speakers import Quoted, check_quotations
from citewell.errors import QuestionError
from citewell.index.collection import Collection
from citewell.index.filters import Selection
from citewell.index.protocols import Encoder
from citewell.reading.reader import Reader
from citewell.text.spans import Span
from citewell.text.words import folded_words

HEDGED = {Hedge.SAID: Reason.SAID, Hedge.ALLEGED: Reason.ALLEGED, Hedge.PLANNED: Reason.PLANNED}
# Share of a claim's words in quotation marks from which on the quotation is what is claimed.
MOSTLY_QUOTED = 0.34
# Share of a claim's words, by weight, that a sentence has at least to prove a part of it.
PARTLY_COVERED = 0.55
# Share of a claim's words, by weight, that a sentence has at least to deny it: another fact denies nothing.
ABOUT = 0.35
NOTHING = -6.0  # log odds of a denial where no sentence is about the claim
CERTAIN = 0.95  # of a quotation that was compared letter by letter


@dataclass(frozen=True)
class Checker:
    """Checks texts against the articles of a collection. Safe to use from many threads.

    Attributes:
        collection: The articles.
        encoder: The encoder that made their vectors.
        reader: The reader that judges evidence.
        most: Characters of the longest text.
    """

    collection: Collection
    encoder: Encoder
    reader: Reader
    most: int

    @cached_property
    def library(self) -> Library:
        """The sentences and words of the articles."""
        return Library(self.collection.documents)

    def check(self, text: str, only: Selection | None = None) -> Check:
        """Check a text; see `Assistant.check`."""
        claims = tuple(self.stream(text, only))
        return self.whole(text, claims)

    def whole(self, text: str, claims: Sequence[CheckedClaim]) -> Check:
        """Return a check of claims that were checked one by one."""
        cited = {item.document_index for claim in claims for item in (*claim.citations, *claim.closest)}
        articles = []
        for place in sorted(cited):
            document = self.collection.documents[place]
            articles.append(CheckedArticle(document.id, document.title, document.sha256, len(document.text)))
        return Check(text, tuple(claims), tuple(articles))

    def stream(self, text: str, only: Selection | None = None) -> Generator[CheckedClaim]:
        """Yield the claims of a text as they are checked, in order.

        Raises:
            QuestionError: The text is longer than the settings allow.
        """
        if len(text) > self.most:
            message = (
                f"the text has {len(text):,} characters; at most {self.most:,} can be checked: shorten it"
            )
            raise QuestionError(message)
        claims = find_claims(text)
        search = Search(self.collection, self.encoder, self.library, only).of_text(claims)
        for claim in claims:
            yield self._check(claim, search)

    def _check(self, claim: Claim, search: Search) -> CheckedClaim:
        if claim.nothing:
            return CheckedClaim(claim, Outcome.NOTHING_TO_CHECK, 1.0, reason=claim.nothing.value)
        found = search.find(claim)
        if not found:
            return CheckedClaim(claim, Outcome.NOT_FOUND, 1.0)
        quoted = tuple(check_quotations(claim, found, self.library, self.collection.documents))
        weighed = weigh(claim, found, self.reader)
        decided = self._by_quotation(claim, weighed, quoted) or self._by_evidence(claim, weighed)
        return replace(decided, quoted=quoted)

    def _by_quotation(
        self, claim: Claim, weighed: Sequence[Weighed], quoted: Sequence[Quoted]
    ) -> CheckedClaim | None:
        """Decide a claim that is above all a quotation; None when its words are not what is claimed."""
        for item in quoted:
            place, start = item.place, item.quotation.start
            if place.span is None:
                continue
            if place.wording is Wording.ALTERED:
                citation = self._cite_around(item.document, place.span, 1)
                differing = tuple(Span(start + span.start, start + span.end) for span in place.changed)
                return CheckedClaim(
                    claim, Outcome.CONTRADICTED, CERTAIN, (citation,), reason=Reason.ALTERED,
                    differing=differing, original=tuple((1, span) for span in place.original),
                )  # fmt: skip
            if item.speaker is False and item.named:
                outside = Span(claim.start, item.quotation.start)
                names = [
                    detail for detail in claim.details if detail.kind == "name" and detail.end <= outside.end
                ]
                citation = self._cite_around(item.document, Span(*sorted((*place.span, *item.named))[::3]), 1)
                return CheckedClaim(
                    claim, Outcome.CONTRADICTED, CERTAIN, (citation,), reason=Reason.SPEAKER,
                    differing=tuple(Span(detail.start, detail.end) for detail in names[:1]),
                    original=((1, item.named),),
                )  # fmt: skip
        missing = [item for item in quoted if item.place.span is None]
        if missing:
            return self._without_quotation(claim, weighed, missing[0])
        is_denied = is_denying(folded_words(MARKED.sub(" ", claim.text)))
        if quoted and not is_denied and self._is_mostly_quoted(claim, quoted):
            citations = tuple(
                self._cite_around(item.document, item.place.span, number)
                for number, item in enumerate(quoted, start=1)
                if item.place.span
            )
            return CheckedClaim(claim, Outcome.SUPPORTED, CERTAIN, citations, reason=Reason.VERBATIM)
        return None

    def _is_mostly_quoted(self, claim: Claim, quoted: Sequence[Quoted]) -> bool:
        said = sum(len(folded_words(item.quotation.text)) for item in quoted)
        return said >= MOSTLY_QUOTED * len(folded_words(claim.text))

    def _without_quotation(self, claim: Claim, weighed: Sequence[Weighed], missing: Quoted) -> CheckedClaim:
        """Return the outcome of a claim with a quotation that no article has."""
        best = max(weighed, key=lambda item: item.sentence.covers)
        other = MARKED.search(best.sentence.text)
        citation = self._cite(best, 1)
        differing = (Span(missing.quotation.start, missing.quotation.end),)
        if other and best.sentence.covers >= PARTLY_COVERED * (1 - MOSTLY_QUOTED):
            start = best.sentence.span.start
            return CheckedClaim(
                claim, Outcome.CONTRADICTED, self._share("contradicted", weighed), (citation,),
                reason=Reason.OTHER_WORDS, differing=differing,
                original=((1, Span(start + other.start(), start + other.end())),),
            )  # fmt: skip
        return CheckedClaim(
            claim, Outcome.NOT_FOUND, CERTAIN, closest=(citation,), reason=Reason.NOT_FOUND,
            differing=differing,
        )  # fmt: skip

    def _share(self, outcome: str, weighed: Sequence[Weighed]) -> float:
        """Return the calibrated probability of an outcome, from the best proof and the best denial."""
        proof = max(item.proof for item in weighed)
        denial = max((item.denial for item in weighed if item.sentence.covers >= ABOUT), default=NOTHING)
        return chances(proof, denial, read_weights()["outcomes"])[outcome]

    def _by_evidence(self, claim: Claim, weighed: Sequence[Weighed]) -> CheckedClaim:
        """Decide a claim by what the network and the comparisons find in the sentences about it."""
        least = read_weights()["least"]
        proof = max(weighed, key=lambda item: item.proof)
        about = [item for item in weighed if item.sentence.covers >= ABOUT]
        supported, contradicted = self._share("supported", weighed), self._share("contradicted", weighed)
        rival = self._rival(weighed, proof, least)
        if rival is not None:
            citations = (self._cite(proof, 1), self._cite(rival, 2))
            return CheckedClaim(
                claim,
                Outcome.DISPUTED,
                min(supported, 1.0),
                citations,
                reason=Reason.DISPUTED,
                findings=proof.findings,
            )
        if supported >= least["supported"]:
            return CheckedClaim(
                claim, Outcome.SUPPORTED, supported, (self._cite(proof, 1),), findings=proof.findings
            )
        nearest = max(weighed, key=lambda item: item.sentence.covers)
        is_only_said = nearest.hedge and nearest.judgement.entails > nearest.judgement.contradicts
        if is_only_said and nearest.sentence.covers >= PARTLY_COVERED:
            return self._left_open(claim, weighed, 1 - supported)
        if about and contradicted >= least["contradicted"]:
            denial = max(about, key=lambda item: item.denial)
            return self._contradict(claim, denial, contradicted)
        return self._left_open(claim, weighed, 1 - supported)

    def _rival(self, weighed: Sequence[Weighed], proof: Weighed, least: dict[str, float]) -> Weighed | None:
        """Return what another article has against a claim that one article proves."""
        own = [item for item in weighed if item.sentence.place == proof.sentence.place]
        if self._share("supported", own) < least["supported"]:
            return None
        others = [
            item
            for item in weighed
            if item.sentence.place != proof.sentence.place
            and item.sentence.covers >= PARTLY_COVERED
            and (item.judgement.contradicts >= least["disputed"] or item.features["differs"])
        ]
        return max(others, key=lambda item: item.denial, default=None)

    def _contradict(self, claim: Claim, denial: Weighed, probability: float) -> CheckedClaim:
        """Return a contradicted claim, with the words that differ on both sides."""
        start = denial.sentence.span.start
        pairs = [
            (Span(item.detail.start, item.detail.end), Span(start + item.other.start, start + item.other.end))
            for item in denial.findings
            if item.state is not State.PROVED and item.other
        ]
        if not pairs:
            found = find_opposites(claim.text, denial.sentence.text) or differ(
                claim.text, denial.sentence.text
            )
            pairs = [
                (
                    Span(claim.start + here.start, claim.start + here.end),
                    Span(start + there.start, start + there.end),
                )
                for here, there in found
            ]
        return CheckedClaim(
            claim, Outcome.CONTRADICTED, probability, (self._cite(denial, 1),),
            differing=tuple(here for here, _ in pairs), original=tuple((1, there) for _, there in pairs),
            findings=denial.findings,
        )  # fmt: skip

    def _left_open(self, claim: Claim, weighed: Sequence[Weighed], probability: float) -> CheckedClaim:
        """Return a claim that nothing proves or denies: partly proved, or not found."""
        best = max(weighed, key=lambda item: (item.sentence.covers, item.proof))
        states = {item.state for item in best.findings}
        is_near = best.sentence.covers >= PARTLY_COVERED
        reason: str = HEDGED[best.hedge] if best.hedge else ""
        unproved = tuple(
            Span(item.detail.start, item.detail.end)
            for item in best.findings
            if item.state is not State.PROVED
        )
        if is_near and (best.hedge or (State.PROVED in states and unproved)):
            if unproved and not reason:
                words = ", ".join(
                    item.detail.text for item in best.findings if item.state is not State.PROVED
                )
                reason = f"the article does not have {words} there"
            return CheckedClaim(
                claim, Outcome.PARTLY, probability, (self._cite(best, 1),), reason=reason, differing=unproved,
                findings=best.findings,
            )  # fmt: skip
        return CheckedClaim(
            claim, Outcome.NOT_FOUND, probability, closest=(self._cite(best, 1),), findings=best.findings
        )

    def _cite(self, item: Weighed, number: int) -> Citation:
        place = item.sentence.place
        return cite(self.collection.documents[place], place, item.sentence.span, number)

    def _cite_around(self, place: int, span: Span, number: int) -> Citation:
        """Cite the sentences that hold a range."""
        spans = [
            item
            for item, _ in self.library.sentences(place)
            if item.start < span.end and span.start < item.end
        ]
        whole = Span(spans[0].start, spans[-1].end) if spans else span
        return cite(self.collection.documents[place], place, whole, number)
