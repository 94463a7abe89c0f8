"""Hold conversations and ask wordy questions, and count the turns that are answered right.

    python -m benchmarks.conversations [--pooled] [--wordy] [--index FOLDER] [--show]

The conversations are about `dev` articles of tests/data/near_misses; their README says what a kind is. A turn
is right when its answer cites a sentence that answers it, and pointed to when that sentence is only said to
be possible. Each is asked of its article behind the answers before it; with `--pooled`, of all `dev` articles
together. What stands alone is asked without a history too: a turn that is right then and wrong behind its
history is lost. `--wordy` asks each of 30 questions in three lengths, and counts those for which all lengths
cite the same sentence, or point to it as possible. With `--index`, the articles' index is kept there for the
next run.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from citewell.answers.answer import Abstention, Answer
from citewell.assistant import Assistant
from citewell.checking.citations import Citation
from citewell.documents.document import Document, document
from citewell.index import storage
from citewell.settings import Settings

DATA = Path(__file__).parents[1] / "tests" / "data"
ALONE = frozenset({"first", "alone"})


def rows(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def dev_articles() -> list[Document]:
    """Return the `dev` articles of the near misses."""
    folder = DATA / "near_misses"
    asked = rows(folder / "questions.jsonl")
    dev = {question["document_id"] for question in asked if question["split"] == "dev"}
    return [
        document(item["text"], id=item["id"], title=item["title"], published=item["published"])
        for item in rows(folder / "articles.jsonl")
        if item["id"] in dev
    ]


def open_articles(index: Path | None) -> Assistant:
    """Return an assistant on the articles; take the index from a folder, or keep it there."""
    settings = Settings()
    if index is not None and (index / "manifest.json").exists():
        return Assistant(*storage.load(index), settings)
    made = Assistant.from_documents(dev_articles(), settings=settings)
    if index is not None:
        index.mkdir(parents=True, exist_ok=True)
        storage.save(made.collection, made.encoder, index)
    return made


def is_right(cited: Sequence[Citation], turn: dict[str, Any], texts: dict[str, str]) -> bool:
    """Whether a sentence is cited that answers the turn."""
    text = texts[turn["document_id"]]
    for quote in turn["evidence"]:
        start = text.index(quote)
        for citation in cited:
            is_same = citation.document_id == turn["document_id"]
            if is_same and citation.start < start + len(quote) and start < citation.end:
                return True
    return False


def hold(assistant: Assistant, turns: Iterable[dict[str, Any]], *, pooled: bool, show: bool) -> None:
    """Hold every conversation and print the table."""
    texts = {item.id: item.text for item in assistant.collection.documents}
    right, asked, silent, pointed = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    lost = 0
    for article, conversation in groupby(turns, key=lambda turn: str(turn["document_id"])):
        only = None if pooled else [article]
        history: list[Answer] = []
        for turn in conversation:
            answer = assistant.ask(turn["question"], history, only=only)
            is_found = is_right(answer.citations, turn, texts)
            for kind in (turn["kind"], "all"):
                asked[kind] += 1
                right[kind] += is_found
                silent[kind] += bool(answer.abstention)
                pointed[kind] += bool(answer.abstention) and is_right(first_cited(answer), turn, texts)
            if not is_found and turn["kind"] == "alone":
                lost += is_right(assistant.ask(turn["question"], only=only).citations, turn, texts)
            if show and not is_found:
                said = answer.abstention or answer.citations[0].quote[:90]
                print(f"{turn['id']} {turn['question']!r} as {answer.standalone!r}: {said}")
            history.append(answer)
    print("| kind | turns | right | wrong | silent | of which pointed to |\n|---|---|---|---|---|---|")
    for kind, n in asked.items():
        wrong = n - right[kind] - silent[kind]
        share = f"{right[kind]} ({right[kind] / n:.0%})"
        print(f"| {kind} | {n} | {share} | {wrong} | {silent[kind]} | {pointed[kind]} |")
    print(f"stand alone, and lost by their history: {lost}")


def ask_wordy(assistant: Assistant, questions: Iterable[dict[str, Any]], *, pooled: bool, show: bool) -> None:
    """Ask every question in its lengths and print how many cite the same sentence."""
    texts = {item.id: item.text for item in assistant.collection.documents}
    questions = list(questions)
    same, pointed, right = 0, 0, Counter[int]()
    for question in questions:
        only = None if pooled else [question["document_id"]]
        answers = [assistant.ask(wording, only=only) for wording in question["wordings"]]
        cited = {tuple((item.document_id, item.start) for item in answer.citations) for answer in answers}
        found = [is_right(answer.citations, question, texts) for answer in answers]
        right.update(place for place, is_found in enumerate(found) if is_found)
        is_same = len(cited) == 1 and all(answer.citations for answer in answers)
        same += is_same
        first = {tuple((item.document_id, item.start) for item in first_cited(answer)) for answer in answers}
        pointed += len(first) == 1 and () not in first
        if show and not is_same:
            print(question["id"], found, [answer.short or answer.abstention for answer in answers])
    print("| length | right |\n|---|---|")
    for place in range(len(questions[0]["wordings"])):
        mean = sum(len(item["wordings"][place]) for item in questions) / len(questions)
        print(f"| {mean:.0f} characters | {right[place]} of {len(questions)} |")
    print(f"the same sentence in all lengths: {same} of {len(questions)}")
    print(f"cited, or pointed to as possible: {pointed} of {len(questions)}")


def first_cited(answer: Answer) -> Sequence[Citation]:
    """Return what an answer cites first, or what is possible; nothing where it is silent."""
    is_possible = answer.abstention == Abstention.POSSIBLY
    return answer.closest[:1] if is_possible else answer.citations[:1]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--index", type=Path, help="where the index of the articles is kept")
    parser.add_argument("--pooled", action="store_true", help="ask all dev articles together")
    parser.add_argument("--wordy", action="store_true", help="ask the questions in three lengths")
    parser.add_argument("--show", action="store_true", help="name what is not right")
    given = parser.parse_args()
    assistant = open_articles(given.index)
    folder = DATA / "conversations"
    if given.wordy:
        ask_wordy(assistant, rows(folder / "wordy.jsonl"), pooled=given.pooled, show=given.show)
    else:
        hold(assistant, rows(folder / "turns.jsonl"), pooled=given.pooled, show=given.show)


if __name__ == "__main__":
    main()
