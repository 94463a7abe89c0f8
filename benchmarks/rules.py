"""Ask the development questions with each hand-written rule of English and without it.

    python benchmarks/rules.py [--rule NAME]

For each rule: the questions that are right only with it (+), those that are right only without it (-),
and how many answers differ besides (~). A question is right when its answer is, or when it has none and
none is given. Asked are the Wikinews `dev` questions and the `dev` near misses, pooled; the article
that ships is printed beside and does not count. `claims.py` measures the rules that check statements.
What the network says of a pair of texts is kept, so that a rule costs little more than the pairs that
it brings up.
"""

import argparse
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import patch

from bm25s.stopwords import STOPWORDS_EN

from citewell.assistant import Assistant
from citewell.documents.loading import load
from citewell.evaluation import questions as question_sets
from citewell.evaluation import run
from citewell.evaluation.records import Record
from citewell.index.protocols import Encoder
from citewell.questions.intent import Intent
from citewell.questions.rewriting import Rewritten
from citewell.reading.evidence import Evidence
from citewell.reading.readers import similarity
from citewell.reading.readers.cross_encoder import CrossEncoderReader, Window
from citewell.reading.table_rows import Told
from citewell.settings import Settings

NEAR_MISSES = Path(__file__).parents[1] / "tests" / "data" / "near_misses"

ROOT = Path(__file__).parent.parent
NEVER = re.compile(r"(?!)")
WIKINEWS = ROOT / "tests" / "data" / "wikinews"

Outcome: TypeAlias = tuple[bool, str, str]
"""Whether a question came out right, the short answer, and the text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that can be switched off.

    Attributes:
        off: What stands in its place, by the full name of what is replaced.
        reader: The reader that it matters to.
        is_indexed: Whether the index is made with it.
    """

    off: Mapping[str, Any]
    reader: str = "cross_encoder"
    is_indexed: bool = False


def same(first: Any, *_: object) -> Any:
    """Return what came."""
    return first


def alone(question: str) -> list[str]:
    """Return a question as the only one."""
    return [question]


def as_asked(question: str, _: object) -> Rewritten:
    """Return a question as the only wording."""
    return Rewritten((question,))


def as_read(_: str, evidence: Sequence[Evidence], *__: object) -> list[Evidence]:
    """Return evidence as it came."""
    return list(evidence)


def none(*_: object) -> list[Any]:
    """Return nothing in a list."""
    return []


def nothing(*_: object) -> float:
    """Take nothing off."""
    return 0.0


def a_question(_: str) -> Intent:
    """Take everything for a question."""
    return Intent.QUESTION


def never(*_: object) -> bool:
    """Say no."""
    return False


def without_form(form: re.Pattern[str]) -> Rule:
    """Return the rule of one form of the first reader's answers."""
    left = tuple(pair for pair in similarity.FORMS if pair[1] is not form)
    return Rule({f"{SIMILARITY}.FORMS": left}, "similarity")


def without_weight(name: str) -> Rule:
    """Return the rule of one weight of the first reader."""
    return Rule({f"{SIMILARITY}.WEIGHTS": {**similarity.WEIGHTS, name: 0.0}}, "similarity")


ENGLISH = frozenset(STOPWORDS_EN)
PIPELINE = "citewell.answers.pipeline"
GATE = "citewell.reading.gate"
REWRITING = "citewell.questions.rewriting"
DEPENDENCE = "citewell.questions.dependence"
EVIDENCE = "citewell.reading.evidence"
SIMILARITY = "citewell.reading.readers.similarity"
BM25 = "citewell.index.lexical.bm25"
RULES = {
    "several places": Rule({f"{GATE}.expects_several": never}),
    "what is no question": Rule({f"{PIPELINE}.detect_intent": a_question}),
    "nothing but question words": Rule({f"{PIPELINE}.has_no_content": never}),
    "follow-ups": Rule({f"{PIPELINE}.find_rewritings": as_asked, f"{REWRITING}.rewrite_follow_up": same}),
    "follow-ups: pronouns": Rule({f"{REWRITING}.points_back": never, f"{DEPENDENCE}.points_back": never}),
    "follow-ups: function words": Rule({f"{REWRITING}.FUNCTION_WORDS": frozenset()}),
    "follow-ups: without the words before": Rule({f"{PIPELINE}.variants": alone}),
    "speakers": Rule({"citewell.reading.table_rows.said_in": none}),
    "wordy questions": Rule({f"{PIPELINE}.find_cores": none}),
    "what is named": Rule({f"{EVIDENCE}.weigh": nothing}),
    "what is named, read again": Rule({f"{EVIDENCE}.about_names": none}),
    "what need not have happened": Rule({f"{PIPELINE}.prefer_facts": as_read}),
    "index: words of questions": Rule({f"{BM25}.STOPWORDS": ENGLISH}, is_indexed=True),
    "index: stop words": Rule({f"{BM25}.STOPWORDS": frozenset()}, is_indexed=True),
    "index: stems": Rule({f"{BM25}.stem": same}, is_indexed=True),
    "similarity: numbers": without_form(similarity.NUMBER_FORM),
    "similarity: times": without_form(similarity.TIME_FORM),
    "similarity: missing": without_weight("missing"),
    "similarity: unknown": without_weight("unknown"),
}


@contextmanager
def switched(off: Mapping[str, Any]) -> Iterator[None]:
    """Put other things in the places of some."""
    with ExitStack() as stack:
        for name, other in off.items():
            stack.enter_context(patch(name, other))
        yield


@contextmanager
def remembered() -> Iterator[None]:
    """Run the network once for each pair of texts."""
    run_network = CrossEncoderReader._windows  # noqa: SLF001 - where a pair of texts goes in
    known: dict[tuple[str, Told], list[Window]] = {}

    def windows(self: CrossEncoderReader, first: str, second: Told) -> list[Window]:
        if (first, second) not in known:
            known[first, second] = run_network(self, first, second)
        return known[first, second]

    with patch.object(CrossEncoderReader, "_windows", windows):
        yield


class Sets:
    """The sets of questions, each with its articles."""

    def __init__(self, near_misses: Path) -> None:
        """Read the questions of the split `dev` and the articles."""
        paths = {
            "wikinews": (WIKINEWS / "questions.jsonl", WIKINEWS / "articles.jsonl"),
            "near misses": (near_misses / "questions.jsonl", near_misses / "articles.jsonl"),
            "article": (ROOT / "corpus" / "questions.jsonl", ROOT / "corpus" / "operation-disruptor.txt"),
        }
        self.asked = {
            name: question_sets.read(asked).select("dev").questions for name, (asked, _) in paths.items()
        }
        self.articles = {name: load([articles]).documents for name, (_, articles) in paths.items()}
        self._made: dict[tuple[str, str], Assistant] = {}
        self._encoder: Encoder | None = None

    def ask(self, rule: Rule) -> dict[str, dict[str, Outcome]]:
        """Ask every question of every set without a rule; return what came of each by its id."""
        found = {}
        with switched(rule.off):
            for name, asked in self.asked.items():
                assistant = self._assistant(name, rule)
                report = run.evaluate(asked, assistant, assistant.collection.documents)
                found[name] = {record["id"]: outcome_of(record) for record in report.records}
        return found

    def _assistant(self, name: str, rule: Rule) -> Assistant:
        """Return an Assistant about a set's articles, made anew where the rule is in the index."""
        if not rule.is_indexed and (name, rule.reader) in self._made:
            return self._made[name, rule.reader]
        settings = Settings(reader=rule.reader, generator="extractive")
        made = Assistant.from_documents(self.articles[name], settings=settings, encoder=self._encoder)
        self._encoder = made.encoder
        if not rule.is_indexed:
            self._made[name, rule.reader] = made
        return made


def outcome_of(record: Record) -> Outcome:
    """Return what came of a question."""
    prediction = record["prediction"]
    if prediction is None:
        raise RuntimeError(record["error"])
    is_silent = prediction["abstention"] is not None
    right = record["scores"].get("right") == 1.0 if record["answerable"] else is_silent
    return right, prediction["short"], "" if is_silent else prediction["text"]


def compare(kept: Mapping[str, Outcome], off: Mapping[str, Outcome]) -> str:
    """Say which questions are right only with a rule or without it, and how many answers differ besides."""
    gained = [id_ for id_ in kept if kept[id_][0] > off[id_][0]]
    lost = [id_ for id_ in kept if kept[id_][0] < off[id_][0]]
    changed = sum(kept[id_] != off[id_] for id_ in kept) - len(gained) - len(lost)
    signs = (("+", gained), ("-", lost))
    return "; ".join(" ".join((f"{sign}{len(ids)}", *ids)) for sign, ids in signs) + f"; ~{changed}"


def main() -> None:
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--near-misses", type=Path, default=NEAR_MISSES, help="folder")
    parser.add_argument("--rule", default="", help="a part of the names of the rules to measure")
    given = parser.parse_args()
    sets = Sets(given.near_misses)
    kept: dict[str, dict[str, dict[str, Outcome]]] = {}
    with remembered():
        for name, rule in RULES.items():
            if given.rule not in name:
                continue
            if rule.reader not in kept:
                kept[rule.reader] = sets.ask(Rule({}, rule.reader))
            off = sets.ask(rule)
            for part, outcomes in kept[rule.reader].items():
                print(f"{name} | {part} | {compare(outcomes, off[part])}", flush=True)


if __name__ == "__main__":
    main()
