"""Compare weights on development sets that stand for what people ask, by source and by kind.

Reading alone is measured: a question is put to every passage that it is asked of, the passage with the
highest score gives the answer. Retrieval, conversation and reckoning have no part in it, so questions that
need an earlier one, or a sum, and those about nothing in the article are left out.
"""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from tokenizers import Tokenizer

from citewell.documents import loading
from citewell.documents.document import Document
from citewell.documents.passages import Passage, split
from citewell.evaluation import metrics
from citewell.evaluation import questions as asked_about
from citewell.reading.reader import Calibration, Reader, log_odds
from citewell.reading.readers.cross_encoder import create
from training import near_misses
from training.examples import held_back_questions
from training.report import auroc, best_f1, forced_f1, whole

ROOT = Path(__file__).parent.parent
OWN = {  # questions and articles of this repository
    "article": (ROOT / "corpus" / "questions.jsonl", ROOT / "corpus" / "operation-disruptor.txt"),
    **{
        name: (folder / "questions.jsonl", folder / "articles.jsonl")
        for name in ("wikinews", "lookalikes")
        for folder in [ROOT / "tests" / "data" / name]
    },
}
LEFT_OUT = {"reasoning", "off_topic", "hostile"}
FALSE_ABSTENTION = 0.10
PRECISION = 0.90
MIN_SHOWN = 10  # answers that a precision is measured on
EACH = 1000  # rows that a source counts as in the pool
SILENT = "silent"
POOLED = "all, each source alike"

Values = NDArray[np.float64]
"""Shape [n, 4], one row a question: score, 1 when it can be answered, F1, and 1 when the answer is right."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A question and what is read for it.

    Attributes:
        source: The set that it is from.
        kind: Of question or near miss; "" where the set has none.
        question: As asked.
        passages: All of them are read.
        answers: Any one is right; empty when the passages do not answer.
    """

    source: str
    kind: str
    question: str
    passages: tuple[Passage, ...]
    answers: tuple[str, ...]


def probes(config: Mapping[str, Any], data: Path, tokens: Tokenizer) -> Iterator[Probe]:
    """Yield the questions of every development set.

    Args:
        config: Of `further.toml`: the articles of SQuAD that are held back.
        data: The data sets.
        tokens: Says where passages end.
    """
    counted = near_misses.spans(tokens)
    cut: dict[str, tuple[Passage, ...]] = {}

    def passages(article: Document) -> tuple[Passage, ...]:
        key = article.sha256
        cut[key] = cut.get(key) or tuple(split(article, counted))
        return cut[key]

    for one in near_misses.read(data, "dev"):
        answers = (one.article.text[one.answer.start : one.answer.end],) if one.answer else ()
        yield Probe("near misses", one.kind, one.question, passages(one.article), answers)
    old = config["held_back"]["clean"]
    for row in held_back_questions(config, data):
        name = "SQuAD, never trained on" if row.title in old else "SQuAD, held back now"
        yield Probe(name, "", row.question, (whole(row.context),), row.answers)
    for name, (file, articles) in OWN.items():
        # A file's articles are called by the file's name and their own.
        documents = {article.id.rpartition("/")[2]: article for article in loading.load([articles]).documents}
        groups = alike(articles) if name == "lookalikes" else {}
        for question in asked_about.read(file).select("dev").questions:
            if question.history or question.kind in LEFT_OUT:
                continue
            about = question.document_id or next(iter(documents))
            read = [passages(documents[other]) for other in groups.get(about, (about,))]
            together = tuple(passage for some in read for passage in some)
            yield Probe(name, question.kind, question.question, together, question.answers)


def alike(path: Path) -> dict[str, list[str]]:
    """Return for each article those of its group, itself among them."""
    groups: dict[str, list[str]] = defaultdict(list)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        groups[row["group"]].append(row["id"])
    return {row["id"]: groups[row["group"]] for row in rows}


def read(reader: Reader, found: Iterable[Probe]) -> Values:
    """Return what a reader makes of each question."""
    rows = []
    for probe in found:
        readings = reader.read(probe.question, probe.passages)
        place = max(range(len(readings)), key=lambda place: readings[place].score)
        best, text = readings[place], probe.passages[place].document.text
        spans = best.short or best.evidence
        said = text[spans[0].start : spans[-1].end]
        right = metrics.is_right(said, (), probe.answers, ())
        f1 = metrics.f1(said, probe.answers or [""])
        rows.append((best.score, bool(probe.answers), f1, right))
    return np.array(rows, dtype=np.float64)


def cached(folder: Path, found: Sequence[Probe], work: Path) -> Values:
    """Return what the weights in a folder make of the questions; once measured it is kept in `work`."""
    hashed = hashlib.sha256((folder / "reader.onnx").read_bytes())
    for probe in found:
        texts = "\0".join(passage.text for passage in probe.passages)
        hashed.update("\0".join((probe.question, texts, *probe.answers)).encode())
    path = work / f"development-{hashed.hexdigest()[:16]}.npy"
    if not path.exists():
        work.mkdir(parents=True, exist_ok=True)
        np.save(path, read(create(folder=str(folder)), found))
    rows: Values = np.load(path)
    return rows


# The figures


def thirds(rows: Values) -> Values:
    """Return weights of sum 1 that make a third of the questions unanswerable, whatever share is."""
    able = rows[:, 1] == 1
    weights: Values = np.where(able, 2 / 3 / max(able.sum(), 1), 1 / 3 / max((~able).sum(), 1))
    return weights


def silent_from(rows: Values) -> float:
    """Return the score that nine of ten answerable questions reach; NaN without any."""
    able = np.sort(rows[rows[:, 1] == 1, 0])
    return float(able[int(FALSE_ABSTENTION * len(able))]) if len(able) else math.nan


def silent(rows: Values) -> float:
    """Return the share of unanswerable questions below the score that nine of ten others reach."""
    unable = rows[rows[:, 1] == 0, 0]
    return float((unable < silent_from(rows)).mean()) if len(unable) else math.nan


def curve(rows: Values) -> tuple[Values, Values, Values]:
    """Return scores, falling, with the share of questions shown from each on, and of right ones among them.

    No score parts two answers that are equally sure.
    """
    order = np.argsort(-rows[:, 0], kind="stable")
    scores, weights, right = rows[order, 0], thirds(rows)[order], rows[order, 3]
    shown = np.cumsum(weights)
    last = np.append(scores[1:] != scores[:-1], True) & (np.arange(len(rows)) >= MIN_SHOWN - 1)
    return scores[last], shown[last], (np.cumsum(weights * right) / shown)[last]


def precise_from(rows: Values) -> float:
    """Return the lowest score from which nine of ten answers shown are right; infinity without one."""
    scores, _, right = curve(rows)
    good = np.flatnonzero(right >= PRECISION)
    return float(scores[good[-1]]) if len(good) else math.inf


def coverage(rows: Values) -> float:
    """Return the share of questions shown where nine of ten answers shown are right."""
    scores, shown, _ = curve(rows)
    above = scores >= precise_from(rows)
    return float(shown[above].max()) if above.any() else 0.0


def shown_right(rows: Values, score: float) -> float:
    """Return the share of right answers among those shown from a score on; NaN when none is."""
    weights, shown = thirds(rows), rows[:, 0] >= score
    return float((weights * rows[:, 3])[shown].sum() / weights[shown].sum()) if shown.any() else math.nan


def alike_in_size(groups: Iterable[Values]) -> Values:
    """Return rows of all sources, as many of each: of small ones again, of large ones some."""
    return np.concatenate([rows[np.linspace(0, len(rows) - 0.5, EACH).astype(int)] for rows in groups])


FIGURES: Mapping[str, Callable[[Values], float]] = {
    "best F1": lambda rows: best_f1(rows[:, :3]),
    "forced F1": lambda rows: forced_f1(rows[:, :3]),
    "AUROC": lambda rows: auroc(rows[:, :3]),
    "silent": silent,
    "coverage": coverage,
}
CAPTION = (
    "silent: unanswerable questions without an answer where 10 % of the others have none; coverage: questions"
    " shown where 90 % of what is shown is right; right: of what is shown from the pooled 90 % threshold on,"
    " and false: answerable questions that are not; the last three with a third unanswerable;"
    " calibrated: right of what is shown from the threshold of the calibration that is installed"
)


def tables(
    found: Sequence[Probe], measured: Mapping[str, Values], calibration: Calibration
) -> tuple[Table, Table]:
    """Return the table by source and the one by source and kind.

    Args:
        found: The questions.
        measured: By the name of the weights, what they make of them.
        calibration: Of the installed weights.
    """
    sources = list(dict.fromkeys(probe.source for probe in found))
    of = np.array([probe.source for probe in found])
    kinds = np.array([probe.kind for probe in found])
    by_source = Table("source", "n", "weights", *FIGURES, "right", "false", "calibrated", caption=CAPTION)
    by_kind = Table(
        "source", "kind", "n", *(f"{name}: {what}" for name in measured for what in (SILENT, "F1"))
    )
    least = (log_odds(calibration.threshold) - calibration.intercept) / calibration.slope
    pooled = {
        name: alike_in_size([rows[of == source] for source in sources]) for name, rows in measured.items()
    }
    for source in (*sources, POOLED):
        for name, rows in measured.items():
            chosen = pooled[name] if source == POOLED else rows[of == source]
            level = precise_from(pooled[name])
            able = chosen[chosen[:, 1] == 1, 0]
            shares = (shown_right(chosen, level), float((able < level).mean()), shown_right(chosen, least))
            count = f"{len(rows)}" if source == POOLED else f"{len(chosen)}"
            figures = (figure(chosen) for figure in FIGURES.values())
            by_source.add_row(source, count, name, *(shown(value) for value in (*figures, *shares)))
    for source in sources:
        for kind in sorted(set(kinds[of == source]) - {""}):
            here = (of == source) & (kinds == kind)
            cells = []
            for rows in measured.values():
                level = silent_from(rows[of == source])
                cells += [shown(float((rows[here, 0] < level).mean())), shown(forced_f1(rows[here, :3]))]
            by_kind.add_row(source, kind, f"{here.sum()}", *cells)
    return by_source, by_kind


def shown(value: float) -> str:
    """Return a figure as it stands in a table."""
    return "–" if math.isnan(value) else f"{value:.3f}"
