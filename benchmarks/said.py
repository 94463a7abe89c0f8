"""Ask what was planned or denied, what is told as "yesterday", and what two articles say differently.

    python -m benchmarks.said [--cases FILE] [--show] [--worth]

The cases are those of `tests/data/said`. With `--show` every wrong answer is printed. With `--worth` the
words that hedge are counted on articles that they were not written on: the `dev` questions of Wikinews and
of the near misses. For each word: how often it keeps the surest sentence from answering where that is wrong
(+) and where it is right (-), and how often it stands in the headline instead (~).
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rules import NEAR_MISSES, ROOT, WIKINEWS
from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.documents.document import Document, document
from citewell.documents.loading import load
from citewell.evaluation import questions as question_sets
from citewell.evaluation.metrics import contains
from citewell.reading.evidence import read_surest
from citewell.reading.hedging import hedge_of
from citewell.settings import Settings

CASES = ROOT / "tests" / "data" / "said" / "cases.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """A question about a few articles, and what its answer must be; the data's README has the fields."""

    id: str
    kind: str
    question: str
    articles: tuple[Document, ...]
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    both: tuple[str, ...]
    may_be_silent: bool

    def judge(self, answer: Answer) -> str:
        """Return "right", "silent" or "wrong"."""
        if answer.abstention:
            return "right" if self.may_be_silent else "silent"
        whole, short = f"{answer.text} {answer.short}".casefold(), answer.short.casefold()
        told = not self.right or any(text.casefold() in whole for text in self.right)
        if self.kind == "hedge" and self.may_be_silent:  # the headline must say it as well
            told = any(text.casefold() in short for text in self.right)
        told = told and all(text.casefold() in whole for text in self.both)
        is_false = any(text.casefold() in short for text in self.wrong)
        return "right" if told and not is_false and answer.disagrees == bool(self.both) else "wrong"


def cases_of(file: Path) -> Iterator[Case]:
    """Yield the cases of a file."""
    for line in file.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        articles = tuple(
            document(item["text"], id=f"{number}", title=item["title"], published=item["published"])
            for number, item in enumerate(record["articles"])
        )
        yield Case(
            id=record["id"],
            kind=record["kind"],
            question=record["question"],
            articles=articles,
            right=tuple(record["right"]),
            wrong=tuple(record["wrong"]),
            both=tuple(record["both"]),
            may_be_silent=record["may_be_silent"],
        )


def ask_cases(assistant: Assistant, file: Path, *, show: bool) -> None:
    """Ask the cases, and print how many of each kind are right, silent and wrong."""
    counts: dict[str, Counter[str]] = {}
    for case in cases_of(file):
        answer = assistant.beside(case.articles).ask(case.question)
        outcome = case.judge(answer)
        counts.setdefault(case.kind, Counter())[outcome] += 1
        if show and outcome != "right":
            print(f"{case.id} {outcome}: {case.question} -> {answer.short!r} {answer.confidence:.2f}")
    for kind, found in counts.items():
        told = f"right {found['right']}/{found.total()}, silent {found['silent']}, wrong {found['wrong']}"
        print(f"{kind:15} {told}")


def count_words(assistant: Assistant) -> None:
    """Print what each word that hedges does to the answers of the development questions."""
    kept: Counter[tuple[str, str]] = Counter()
    pipeline = assistant._pipeline  # noqa: SLF001 - the stages before the one that is counted
    asked = sure = 0
    for folder in (NEAR_MISSES, WIKINEWS):
        articles = {item.id.rpartition("/")[2]: item for item in load([folder / "articles.jsonl"]).documents}
        over = {key: pipeline.over(assistant.beside([item]).collection) for key, item in articles.items()}
        for question in question_sets.read(folder / "questions.jsonl").select("dev").questions:
            if question.history or not question.document_id:
                continue
            stages = over[question.document_id]
            hits = stages.retrieve(question.question, None)
            best = read_surest([question.question], hits, stages.reader)[0]
            asked += 1
            if best.probability < stages.gate.threshold([best]):
                continue
            sure += 1
            found = hedge_of(question.question, best)
            if found is None:
                continue
            span, hedge = found
            is_right = question.answerable and bool(contains(best.short, question.answers))
            outcome = ("-" if is_right else "+") if hedge.denies_question else "~"
            kept[hedge.cue.casefold(), outcome] += 1
            sentence = best.hit.passage.document.text[span.start : span.end]
            print(f"{outcome} {question.id} {hedge.cue}: {question.question} | {sentence}")
    print(f"{asked} questions, {sure} with a sentence that is sure enough")
    for cue in sorted({cue for cue, _ in kept}):
        print(f"{cue:20}", *(f"{sign} {kept[cue, sign]}" for sign in "+-~"))


def main() -> None:
    """Ask the cases and count the words."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--worth", action="store_true")
    given = parser.parse_args()
    assistant = Assistant.from_text("The lamp is green.", settings=Settings(generator="extractive"))
    ask_cases(assistant, given.cases, show=given.show)
    if given.worth:
        count_words(assistant)


if __name__ == "__main__":
    main()
