"""Check statements made of the development questions with each rule that checks them and without it.

    python -m benchmarks.claims

No language model is at hand where citewell is tested, so its statements are made of the Wikinews `dev`
questions and the `dev` near misses. Supported: the clauses of the evidence that hold the answer, and
the answer put into its question ("Who led it?" and "Ann" are "Ann led it."). Unsupported: these with a
number, a name or a counted thing of elsewhere in the article in the place of theirs, with another unit
or comparison, a word less in a quotation or a "not" more; and what the reader finds for a question
without an answer, put into that question. A statement is checked against the sentence of the evidence.

For each rule: the unsupported statements that only it withholds (+), and the supported ones (-).
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rules import NEVER, WIKINEWS, remembered, switched
from citewell import plugins
from citewell.assistant import Assistant
from citewell.checking.citations import Statement, cite
from citewell.checking.verification import find_objection
from citewell.documents.document import Document
from citewell.documents.loading import load
from citewell.evaluation import questions as question_sets
from citewell.settings import Settings
from citewell.text.sentences import sentences
from citewell.text.spans import Span

NEAR_MISSES = Path(__file__).parents[1] / "tests" / "data" / "near_misses"

SEED = 7
CLAIMS = "citewell.checking.claim_checks"
RULES: dict[str, dict[str, Any]] = {
    "numbers": {f"{CLAIMS}.find_numbers": lambda _: set()},
    "names": {f"{CLAIMS}.capitalised_words": lambda _: []},
    "quotations": {f"{CLAIMS}.QUOTED": NEVER},
    "all rules": {"citewell.checking.verification.find_broken_rule": lambda *_: ("", False)},
    "NEEDED: whatever words are new": {"citewell.checking.verification.NEEDED": (0.75,)},
}
AUXILIARY = r"(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should)\b"
# What stands before the answer in its sentence, and what is asked of it.
ASKED = re.compile(
    rf"(?:(?:Who|What)|(?:Which|What) \w+) (?P<rest>(?!(?:do|does|did)\b)(?!{AUXILIARY} \w+ \w+ing\b)[a-z].*)"
    rf"|How many (?P<many>[a-z]+ (?:were|was|are|have|had|took|attended|voted)\b.*)"
)
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*\b")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-zà-ž]+(?: [A-Z][a-zà-ž]+)*")
COUNTED = re.compile(r"(?<=\d )[a-z]{4,}s\b")
VERB = re.compile(r"\b(?:was|were|is|are|has|have|had|will|can|could|would)\b")
QUOTATION = re.compile(r"(?<=[“\"])([^“”\"]+ )([^“”\" ]+ )(?=[^“”\"]+[”\"])")
UNITS = (("million", "billion"), ("billion", "million"), ("$", "€"), ("%", " million"), ("years", "months"))
COMPARED = (
    ("more", "fewer"),
    ("most", "fewest"),
    ("less", "more"),
    ("higher", "lower"),
    ("largest", "smallest"),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, and whether its evidence says so.

    Attributes:
        id: Of the question that it was made of.
        kind: What was done to it; "" when it is supported.
        statement: With the sentence that it cites.
    """

    id: str
    kind: str
    statement: Statement


def put_in(question: str, answer: str) -> str:
    """Return an answer put into its question; "" where that takes more than putting it in front."""
    asked = ASKED.fullmatch(question.strip(" ?"))
    answer = answer.strip(" .")
    return f"{answer[:1].upper()}{answer[1:]} {asked['rest'] or asked['many']}." if asked and answer else ""


def clauses_with(sentence: str, answer: str) -> str:
    """Return a sentence without the clauses before its answer or, where there are none, behind it."""
    parts = re.split(r"(?<=[,;])\s+", sentence)
    holding = [place for place, part in enumerate(parts) if answer in part]
    if not holding or len(parts) == 1:
        return ""
    kept = parts[holding[0] :] if holding[0] else parts[: holding[-1] + 1]
    text = " ".join(kept).rstrip(",;. ")
    return f"{text[:1].upper()}{text[1:]}." if len(kept) < len(parts) else ""


def falsify(text: str, article: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    """Yield what was done to a statement, and the statement that is so no more."""
    for kind, pattern in (("number", NUMBER), ("name", NAME), ("counted", COUNTED)):
        here = [*pattern.finditer(text)]
        others = sorted({found for found in pattern.findall(article) if found not in text})
        if here and others:
            place = draw.choice(here)
            yield kind, f"{text[: place.start()]}{draw.choice(others)}{text[place.end() :]}"
    if verb := VERB.search(text):
        yield "not", f"{text[: verb.end()]} not{text[verb.end() :]}"
    if QUOTATION.search(text):
        yield "quotation", QUOTATION.sub(r"\1", text, count=1)
    for unit, other in UNITS:
        if re.search(rf"\d ?{re.escape(unit)}|{re.escape(unit)} ?\d", text):
            yield "unit", text.replace(unit, other, 1)
    for word, other in COMPARED:
        if re.search(rf"\b{word}\b", text):
            yield "comparison", re.sub(rf"\b{word}\b", other, text, count=1)


def claims_of(folder: Path) -> Iterator[Claim]:
    """Yield the statements that are made of a set of questions."""
    draw = random.Random(SEED)  # noqa: S311 - the same statements each time
    articles = {item.id.rpartition("/")[2]: item for item in load([folder / "articles.jsonl"]).documents}
    readers: dict[str, Assistant] = {}
    for question in question_sets.read(folder / "questions.jsonl").select("dev").questions:
        article = articles[question.document_id] if question.document_id else None
        if article and question.answerable and question.evidence:
            place = article.text.find(question.evidence[0])
            span = next(span for span in sentences(article.text) if span.end > place)
            sentence, answer = article.text[span.start : span.end], question.answers[0]
            for text in filter(None, (put_in(question.question, answer), clauses_with(sentence, answer))):
                yield Claim(question.id, "", citing(text, article, span))
                for kind, false in falsify(text, article.text, draw):
                    yield Claim(question.id, kind, citing(false, article, span))
        elif article and not question.answerable and put_in(question.question, "Ann"):
            if article.id not in readers:
                encoder = next((made.encoder for made in readers.values()), None)
                open_ = Settings(generator="extractive", threshold=0.0)
                readers[article.id] = Assistant.from_documents([article], settings=open_, encoder=encoder)
            answer_ = readers[article.id].ask(question.question)
            if answer_.citations:
                said, where = put_in(question.question, answer_.short), answer_.citations[0]
                yield Claim(question.id, "near miss", citing(said, article, Span(where.start, where.end)))


def citing(text: str, article: Document, span: Span) -> Statement:
    """Return a statement that cites a range of an article."""
    return Statement(text, (cite(article, 0, span, 1),))


def main() -> None:
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--near-misses", type=Path, default=NEAR_MISSES, help="folder")
    given = parser.parse_args()
    reader = plugins.load("readers", "cross_encoder")
    with remembered():
        claims = [claim for folder in (WIKINEWS, given.near_misses) for claim in claims_of(folder)]

        def shown(off: dict[str, Any]) -> list[bool]:
            with switched(off):
                return [not find_objection(claim.statement, reader) for claim in claims]

        kept = shown({})
        for kind, n in Counter(claim.kind for claim in claims).items():
            passed = sum(is_shown for claim, is_shown in zip(claims, kept, strict=True) if claim.kind == kind)
            print(f"{kind or 'supported'}: {passed} of {n} shown")
        for name, off in RULES.items():
            off_shown = shown(off)
            only = [claim for place, claim in enumerate(claims) if off_shown[place] and not kept[place]]
            gained = [f"{claim.id} ({claim.kind})" for claim in only if claim.kind]
            lost = [claim.id for claim in only if not claim.kind]
            print(f"{name} | +{len(gained)} {' '.join(gained)} | -{len(lost)} {' '.join(lost)}", flush=True)


if __name__ == "__main__":
    main()
