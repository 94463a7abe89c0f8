"""Measure what `find` finds: `python -m benchmarks.finding [--thresholds] [--time FOLDER_OR_FILE...]`.

tests/data/finding/judged.jsonl has statements and questions with every sentence that states or answers them,
over the `dev` articles of tests/data/wikinews and tests/data/near_misses. Printed are precision and recall
over all sentences found, for statements and for questions; `--thresholds` prints them by threshold. `--time`
measures how long a search over other articles takes instead.
"""

import argparse
import json
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

from citewell.answers import finding
from citewell.answers.finding import Sought
from citewell.assistant import Assistant
from citewell.documents.document import Document, document
from citewell.documents.loading import load
from citewell.index import storage
from citewell.settings import Settings

DATA = Path(__file__).parents[1] / "tests" / "data"
SETS = ("wikinews", "near_misses")
STEPS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)

Places: TypeAlias = set[tuple[str, int]]
"""Sentences: the article's id and the offset of the first character."""


def rows(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def dev_articles() -> list[Document]:
    """Return the `dev` articles of both sets."""
    found = []
    for name in SETS:
        asked = rows(DATA / name / "questions.jsonl")
        dev = {question["document_id"] for question in asked if question["split"] == "dev"}
        found += [
            document(item["text"], id=item["id"], title=item["title"], published=item["published"])
            for item in rows(DATA / name / "articles.jsonl")
            if item["id"] in dev
        ]
    return found


def open_articles(index: Path | None) -> Assistant:
    """Return an assistant on the articles; take the index from a folder, or keep it there."""
    if index is not None and (index / "manifest.json").exists():
        return Assistant(*storage.load(index), Settings())
    made = Assistant.from_documents(dev_articles(), settings=Settings())
    if index is not None:
        index.mkdir(exist_ok=True)
        storage.save(made.collection, made.encoder, index)
    return made


def judged_places(judged: dict[str, Any], texts: dict[str, str]) -> Places:
    """Return the sentences that state a text."""
    return {
        (item["document_id"], texts[item["document_id"]].index(item["quote"])) for item in judged["found"]
    }


def measure(assistant: Assistant, steps: Iterable[float] | None) -> None:
    """Find every text of the set, and print precision and recall."""
    texts = {item.id: item.text for item in assistant.collection.documents}
    shipped = dict(finding.THRESHOLDS)
    if steps:
        finding.THRESHOLDS.update(dict.fromkeys(Sought, min(steps)))
    scored: dict[Sought, list[tuple[float, bool]]] = {sought: [] for sought in Sought}
    wanted = dict.fromkeys(Sought, 0)
    for judged in rows(DATA / "finding" / "judged.jsonl"):
        right = judged_places(judged, texts)
        found = assistant.find(judged["text"])
        wanted[found.sought] += len(right)
        scored[found.sought] += [
            (item.probability, (item.citation.document_id, item.citation.start) in right)
            for item in found.found
        ]
    print("| sought | threshold | found | precision | recall |\n|---|---|---|---|---|")
    for sought, items in scored.items():
        if not wanted[sought]:
            continue  # none of the judged texts is of this kind
        for least in steps or [shipped[sought]]:
            kept = [is_right for probability, is_right in items if probability >= least]
            precision = f"{sum(kept) / len(kept):.0%}" if kept else "-"
            recall = f"{sum(kept)} of {wanted[sought]} ({sum(kept) / wanted[sought]:.0%})"
            print(f"| {sought.value} | {least} | {len(kept)} | {precision} | {recall} |")


def measure_time(paths: list[Path]) -> None:
    """Print how long a search over all articles of some files takes."""
    assistant = Assistant.from_documents(load(paths).documents, settings=Settings())
    spent = []
    for judged in rows(DATA / "finding" / "judged.jsonl")[::4]:
        start = time.perf_counter()
        assistant.find(judged["text"])
        spent.append(time.perf_counter() - start)
    articles = len(assistant.collection.documents)
    print(
        f"{articles} articles, {len(assistant.collection.passages)} passages: {median(spent):.1f} s a search"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--index", type=Path, help="where the index of the articles is kept")
    parser.add_argument("--thresholds", action="store_true", help="print the figures by threshold")
    parser.add_argument(
        "--time", type=Path, nargs="+", metavar="PATH", help="time a search over these articles"
    )
    given = parser.parse_args()
    if given.time:
        measure_time(given.time)
    else:
        measure(open_articles(given.index), STEPS if given.thresholds else None)


if __name__ == "__main__":
    main()
