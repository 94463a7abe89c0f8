"""Count what the solver makes of questions that count, compare, add, rank and ask yes or no.

    python benchmarks/solver.py [QUESTIONS.jsonl --articles ARTICLES] [--show]

Each question is solved with the default reader over the article that it is about; without arguments those of
`tests/data/reasoning/dev-questions.jsonl`. Right is what the question set says, by the words of the short
answer and a sentence of the proof (`citewell.evaluation.metrics.is_right`); an unanswerable question that is
solved is wrong; silent is left to the reader. A kind that is right less than nine times in ten of those that
are solved does not belong in the solver.
"""

import argparse
from collections import Counter
from pathlib import Path

from citewell.answers.writer import RECKONER
from citewell.assistant import Assistant
from citewell.documents import loading
from citewell.evaluation import questions
from citewell.evaluation.metrics import Place, is_right
from citewell.settings import Settings

DATA = Path(__file__).parents[1] / "tests" / "data"
QUESTIONS = DATA / "reasoning" / "dev-questions.jsonl"
ARTICLES = DATA / "near_misses" / "articles.jsonl"


def main() -> None:
    """Read the arguments, ask, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", type=Path, nargs="?", default=QUESTIONS)
    parser.add_argument("--articles", type=Path, default=ARTICLES)
    parser.add_argument("--show", action="store_true", help="print what is solved, question by question")
    given = parser.parse_args()
    documents = loading.load([given.articles]).documents
    asked = questions.read(given.questions).questions
    golds = questions.locate_evidence(asked, documents)
    needed = {gold.document_id or documents[0].id for gold in golds}
    articles = [document for document in documents if document.id in needed]
    assistant = Assistant.from_documents(articles, settings=Settings())
    found: Counter[tuple[str, str, str]] = Counter()
    for question, gold in zip(asked, golds, strict=True):
        answer = assistant.ask(question.question, only={gold.document_id or documents[0].id})
        outcome = "silent"
        if answer.trace.writer == RECKONER:
            cited = [Place(item.document_id, item.start, item.end) for item in answer.citations]
            solved = is_right(answer.short, cited, question.answers, gold.places)
            outcome = "right" if solved else "wrong"
            if given.show:
                print(f"{outcome}: {question.id} {question.question} -> {answer.text}")
        for kind in (question.kind, "all"):
            found[question.split, kind, outcome] += 1
    print("| split | kind | n | right | wrong | silent |\n|---|---|---|---|---|---|")
    for split, kind in dict.fromkeys((split, kind) for split, kind, _ in sorted(found)):
        right, wrong, silent = (found[split, kind, outcome] for outcome in ("right", "wrong", "silent"))
        print(f"| {split} | {kind} | {right + wrong + silent} | {right} | {wrong} | {silent} |")


if __name__ == "__main__":
    main()
