"""Compare readers on the same questions: how well each reads, how fast, and how large it is.

Prints a table; below each figure stands its 95 % interval. The intervals are of each reader alone: all
are asked the same questions, so a difference between two is surer than their overlap looks. "Forced"
means that every question is answered. Rows are the first reader, our weights (`--weights NAME=FOLDER`,
as often as wanted), and with `--work` the base that ours is trained from, untouched. With `--squad` the
paragraph is given. `--batching` compares, for the first folder, ways to run many pairs instead.
Run it on an idle machine, with the extra `train`: `.venv/bin/python benchmarks/readers.py`.
"""

import argparse
import gzip
import math
import os
import platform
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from tokenizers import Encoding, Tokenizer

from citewell import plugins
from citewell.assistant import Assistant
from citewell.documents.passages import Passage
from citewell.evaluation import metrics, questions, run, squad
from citewell.evaluation.questions import QuestionSet
from citewell.index.protocols import Encoder
from citewell.reading.reader import Calibration, Judgement, Reader, Reading
from citewell.reading.readers.cross_encoder import (
    MAX_TOKENS,
    READER,
    TOKENIZER,
    WEIGHTS,
    load_checked,
    map_in_parallel,
)
from citewell.settings import settings

sys.path.append(str(Path(__file__).parent.parent))  # training/ is no part of the package
from training import base
from training.model import POSITIONS
from training.report import auroc, best_f1, named_folder, whole

ROOT = Path(__file__).parent.parent
FALSE_ABSTENTION = 0.10  # readers are compared where each withholds as many answers that it should give
TIMED = 30  # questions
REPEATS = 9  # of each way to run many pairs
WIDTH = 140  # columns of a terminal that the table needs
OURS = ("ids", "mask", "segments")
PUBLISHED = ("input_ids", "attention_mask", "token_type_ids")

Values: TypeAlias = NDArray[np.float64]
"""Shape [n, columns], one row a question: confidence or score, 1 when it can be answered, F1, …"""

Statistic: TypeAlias = Callable[[Values], float]
Inputs: TypeAlias = dict[str, NDArray[np.int64]]


class BestSentence:
    """Read with a network that only ranks: the sentence ranked first is the evidence and the answer."""

    languages = frozenset({"en"})

    def __init__(self, model: Path, tokenizer: Path) -> None:
        """Load a published cross-encoder."""
        # Halved, logits from -12 to 11 stay apart in the six digits that a record keeps of a probability.
        self.calibration = Calibration(slope=0.5, intercept=0.0, threshold=0.5)
        self._session = session(model.read_bytes(), threads=1)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(POSITIONS)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return the best sentence of each passage; ties by position."""
        sentences = [
            passage.document.text[span.start : span.end] for passage in passages for span in passage.sentences
        ]
        scores = iter(map_in_parallel(partial(self._score, question), sentences))
        found = []
        for passage in passages:
            own = list(islice(scores, len(passage.sentences)))
            best = int(np.argmax(own))
            sentence = (passage.sentences[best],)
            found.append(Reading(evidence=sentence, short=sentence, score=own[best], relevance=own[best]))
        return found

    def supports(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """Return 1 for each statement: they are the article's own sentences, and it cannot judge others."""
        return [1.0 for _ in claims]

    def judge(self, claims: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return the same as `supports`."""
        return [Judgement(1.0, 0.0, 0.0) for _ in claims]

    def _score(self, question: str, sentence: str) -> float:
        inputs = arrays(PUBLISHED, [self._tokenizer.encode(question, sentence)])
        return float(self._session.run(None, inputs)[0][0, 0])


def session(model: bytes, *, threads: int) -> onnxruntime.InferenceSession:
    """Return a network that runs on so many threads; 0 is onnxruntime's own choice."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def arrays(names: tuple[str, str, str], encodings: Sequence[Encoding]) -> Inputs:
    """Return a network's inputs [n, length] under its names of tokens, mask and segments."""
    rows = [(item.ids, item.attention_mask, item.type_ids) for item in encodings]
    return {
        name: np.array(values, dtype=np.int64)
        for name, values in zip(names, zip(*rows, strict=True), strict=True)
    }


def forced(rows: Values, column: int) -> float:
    """Return the mean of a column over the questions that can be answered."""
    return float(rows[rows[:, 1] == 1, column].mean())


def abstention_recall(rows: Values) -> float:
    """Return the share of unanswerable questions abstained on where FALSE_ABSTENTION of the others are."""
    answerable = np.sort(rows[rows[:, 1] == 1, 0])
    threshold = answerable[int(FALSE_ABSTENTION * len(answerable))]  # so many lie below it
    return float((rows[rows[:, 1] == 0, 0] < threshold).mean())


ON_ARTICLE: Mapping[str, Statistic] = {
    "F1, forced": partial(forced, column=2),
    "right, forced": partial(forced, column=3),
    "evidence recall, forced": partial(forced, column=4),
    f"abstention recall at {FALSE_ABSTENTION:.0%} false": abstention_recall,
    "AUROC": auroc,
}
ON_SQUAD: Mapping[str, Statistic] = {
    "SQuAD best F1": best_f1,
    "SQuAD F1, forced": partial(forced, column=2),
    "SQuAD AUROC": auroc,
}


def about_article(assistant: Assistant, reader: Reader, asked: QuestionSet) -> Values:
    """Ask the whole Assistant, with its threshold at 0.

    Returns:
        For each question the confidence, whether it can be answered, F1, whether the answer is right, and
        whether its evidence is cited.
    """
    assistant._pipeline = replace(assistant._pipeline, reader=reader)  # noqa: SLF001 - settings name a plugin, not its folder, and the base is none
    report = run.evaluate(asked.questions, assistant, assistant.collection.documents)
    if report.errors:
        raise SystemExit("\n".join(f"{record['id']}: {record['error']}" for record in report.errors))
    rows = []
    for record in report.records:
        said, scores = record["prediction"], record["scores"]
        # What abstains at 0 does so at any threshold.
        confidence = said["confidence"] if said and not said["abstention"] else 0.0
        found = (scores["f1"], scores.get("right", 0.0), scores.get("evidence_recall", 0.0))
        rows.append((confidence, record["answerable"], *found))
    return np.array(rows, dtype=np.float64)


def about_paragraphs(reader: Reader, asked: QuestionSet) -> Values:
    """Let the reader alone read each question's paragraph as one passage.

    Returns:
        For each question the score, whether it can be answered, and F1.
    """
    articles = {article.id: article for article in asked.documents}
    rows = []
    for question in asked.questions:
        passage = whole(articles[question.document_id].text)
        (found,) = reader.read(question.question, [passage])
        said = ", ".join(passage.text[span.start : span.end] for span in found.short or found.evidence)
        rows.append((found.score, question.answerable, metrics.f1(said, question.answers)))
    return np.array(rows, dtype=np.float64)


def spread(asked: QuestionSet, limit: int | None) -> QuestionSet:
    """Return so many questions from all over a set, that a quick try may have every kind; all when None."""
    step = max(len(asked.questions) // limit, 1) if limit else 1
    return replace(asked, questions=asked.questions[::step][:limit])


def squad_questions(path: Path, titles: Sequence[str]) -> QuestionSet:
    """Read a SQuAD file, gzipped or not; only the articles with these titles when there are any."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / path.name.removesuffix(".gz")
        data = path.read_bytes()
        plain.write_bytes(gzip.decompress(data) if path.suffix == ".gz" else data)
        found = squad.read(plain)
    titled = {article.id: article.title for article in found.documents}
    if unknown := set(titles) - set(titled.values()):
        message = f"{path} has no article {', '.join(sorted(unknown))}"
        raise SystemExit(message)
    kept = tuple(item for item in found.questions if not titles or titled[item.document_id] in titles)
    return replace(found, questions=kept)


def milliseconds(reader: Reader, asked: QuestionSet, passages: Sequence[Passage]) -> float:
    """Return the median time to read the passages for a question, once all is warm."""
    spent = []
    for question in (asked.questions[0], *asked.questions[:TIMED]):
        start = time.perf_counter()
        reader.read(question.question, passages)
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent[1:])


def readers(given: argparse.Namespace, encoder: Encoder) -> Iterator[tuple[str, Reader, float | None]]:
    """Yield each reader with its name and the size of its own weights in MB."""
    yield "similarity", plugins.load("readers", "similarity", encoder=encoder), None
    if given.work:
        config = tomllib.loads((ROOT / "training" / "config.toml").read_text(encoding="utf-8"))
        model, tokenizer = base.files(config["base"]["l12"], given.work)
        yield "base, best sentence", BestSentence(model, tokenizer), model.stat().st_size / 1e6
    for name, folder in given.weights:
        reader = plugins.load("readers", "cross_encoder", folder=str(folder))  # says what a folder lacks
        yield name, reader, (folder / "reader.onnx").stat().st_size / 1e6


def cells(rows: Values, figures: Mapping[str, Statistic]) -> Iterator[str]:
    """Yield each figure over its 95 % interval; a dash where one kind of question is missing."""
    for statistic in figures.values():

        def of_both(drawn: Values, statistic: Statistic = statistic) -> float:
            return statistic(drawn) if 0 < drawn[:, 1].sum() < len(drawn) else math.nan

        low, high = metrics.interval(rows, of_both) or (math.nan, math.nan)
        value = of_both(rows)
        yield "–" if math.isnan(value) else f"{value:.3f}\n{low:.2f}–{high:.2f}"


def compared(given: argparse.Namespace, assistant: Assistant, asked: QuestionSet) -> Table:
    """Return the table of all readers."""
    passages = assistant.collection.passages[: assistant.settings.passages]
    paragraphs = spread(squad_questions(given.squad, given.articles), given.limit) if given.squad else None
    title = f"{len(asked.questions)} questions of {given.split} about the article"
    title += f", {len(paragraphs.questions):,} of {given.squad.name}" if paragraphs else ""
    columns = [*ON_ARTICLE, *(ON_SQUAD if paragraphs else ()), f"ms for {len(passages)} passages", "MB"]
    table = Table("reader", *columns, title=title, show_lines=True)
    rows = list(readers(given, assistant.encoder))
    for name, reader, size in track(rows, "Reading", console=Console(stderr=True)):
        on_article = cells(about_article(assistant, reader, asked), ON_ARTICLE)
        on_squad = cells(about_paragraphs(reader, paragraphs), ON_SQUAD) if paragraphs else ()
        time_ms = f"{milliseconds(reader, asked, passages):.1f}"
        table.add_row(name, *on_article, *on_squad, time_ms, "–" if size is None else f"{size:.1f}")
    return table


def batching(folder: Path, asked: QuestionSet, passages: Sequence[Passage]) -> Table:
    """Return the table of the ways to run a question's pairs; every repeat is of another question.

    Only the network is timed: tokens and answers are the same work in every way.
    """
    model, tokenizer = load_checked(folder, READER), load_checked(folder, TOKENIZER)
    alone, together = session(model, threads=1), session(model, threads=0)
    tokens = Tokenizer.from_str(tokenizer.decode())
    tokens.enable_truncation(MAX_TOKENS)
    tokens.enable_padding()

    def answerable(pair: Inputs) -> Any:
        return alone.run(None, pair)[1]

    ways: dict[str, Callable[[list[Inputs], Inputs], Any]] = {
        "pairs side by side, one a core": lambda pairs, _: map_in_parallel(answerable, pairs),
        "pairs one after another, one core": lambda pairs, _: [answerable(pair) for pair in pairs],
        "one padded batch, onnxruntime's threads": lambda _, batch: together.run(None, batch)[1],
    }
    spent: dict[str, list[float]] = {way: [] for way in ways}
    apart = 0.0
    for question in islice(cycle(asked.questions), REPEATS + 1):
        batch = arrays(OURS, tokens.encode_batch([(question.question, item.text) for item in passages]))
        lengths = batch["mask"].sum(axis=1)
        pairs = [{key: batch[key][[row], :length] for key in OURS} for row, length in enumerate(lengths)]
        logits = []
        for way, run_all in ways.items():
            start = time.perf_counter()
            logits.append(np.ravel(run_all(pairs, batch)))
            spent[way].append((time.perf_counter() - start) * 1000)
        apart = max(apart, float(np.abs(logits[0] - logits[-1]).max()))
    caption = f"largest difference of the logit `answerable`, alone and in the batch: {apart:.2g}"
    table = Table("way", "median ms", "from", "to", title=f"{len(passages)} passages", caption=caption)
    for way, (_, *times) in spent.items():  # the first is a warm-up
        table.add_row(way, *(f"{value:.1f}" for value in (statistics.median(times), min(times), max(times))))
    return table


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--weights", type=named_folder, action="append", metavar="NAME=FOLDER", help="another row"
    )
    parser.add_argument("--work", type=Path, help="training/work: compare the base too, fetched if need be")
    parser.add_argument("--split", choices=["dev", "test"], default="dev", help="test is not to choose by")
    parser.add_argument("--squad", type=Path, help="questions in SQuAD 2.0's format, .json or .json.gz")
    parser.add_argument(
        "--articles", action="append", default=[], metavar="TITLE", help="only this of --squad"
    )
    parser.add_argument("--limit", type=int, help="only so many questions of a set, for a quick try")
    parser.add_argument("--batching", action="store_true", help="compare ways to run pairs instead")
    given = parser.parse_args()
    given.weights = given.weights or [("int8", WEIGHTS)]
    asked = spread(questions.read(ROOT / "corpus" / "questions.jsonl").select(given.split), given.limit)
    assistant = Assistant.from_files(
        [ROOT / "corpus" / "operation-disruptor.txt"], settings=settings(reader="similarity", threshold=0.0)
    )
    if given.batching:
        table = batching(given.weights[0][1], asked, assistant.collection.passages)
    else:
        table = compared(given, assistant, asked)
    for column in table.columns[1:]:
        column.justify = "right"
    out = Console(highlight=False)
    out.width = max(out.width, WIDTH)
    out.print(table)
    out.print(f"{os.cpu_count()} cores, Python {platform.python_version()}")


if __name__ == "__main__":
    main()
