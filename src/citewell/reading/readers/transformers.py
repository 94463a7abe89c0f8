"""Read with any extractive question-answering model of the hub, and judge support with any entailment model.

`--reader transformers --reader-model deepset/deberta-v3-large-squad2` takes a folder or a hub name. The model
runs on a GPU if there is one. It scores a span by the span's start and end logits less those of the first
token, which stands for no answer (Devlin et al. 2019). The scores are not calibrated until
`citewell calibrate --reader transformers --reader-model …` has run.
"""

import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import (
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoTokenizer,
)

from citewell.documents.passages import Passage
from citewell.documents.places import SHARE, Part, fit_place, place_parts
from citewell.errors import SettingsError
from citewell.index.protocols import Encoder
from citewell.reading.reader import Calibration, Judgement, Reading, cite_sentences
from citewell.text.spans import Span

CALIBRATIONS = Path(__file__).parent / "calibrations"
# Until the model's scores are calibrated, only very sure answers are given.
UNMEASURED = Calibration(slope=0.5, intercept=0.0, threshold=0.95, fitted_on="nothing")
DENIES = re.compile("contradict", re.IGNORECASE)
ENTAILS = re.compile("entail", re.IGNORECASE)  # at a label's beginning: "not_entailment" is another label
MAX_TOKENS = 384  # longest pair, as SQuAD models are trained
STRIDE = 128  # tokens shared by two windows of a longer passage
MAX_SPAN_TOKENS = 64
NO_SPAN = -30.0  # the score of a passage without a token
BATCH = 16
PLACE: tuple[Part, ...] = ("title", "headings")

Logits = NDArray[np.float32]


class TransformersReader:
    """Read with one model and judge support with another, as the module describes.

    Attributes:
        calibration_file: File to which `citewell calibrate` writes this model's calibration.
    """

    languages: frozenset[str] = frozenset()  # those of the model

    def __init__(self, model: str, support_model: str) -> None:
        """Load both models; without a second model, the first judges support by reading.

        Raises:
            SettingsError: A name is neither a folder nor a model on the hub, or the model is of another kind.
        """
        # A tokenizer stores its truncation and padding while it works: only one thread may use it at a time.
        self._lock = threading.Lock()
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self._tokenizer, self._model = self._load(AutoModelForQuestionAnswering, model)
        self._judge_tokenizer, self._judge = self._load(AutoModelForSequenceClassification, support_model)
        labels = {name: place for place, name in self._judge.config.id2label.items()}
        entailing = [place for name, place in labels.items() if ENTAILS.match(name)]
        if len(entailing) != 1:
            message = (
                f"the support model {support_model!r} has the labels {', '.join(labels)}, and one must be"
                " entailment: name a model of natural language inference with --support-model"
            )
            raise SettingsError(message)
        self._entailing = int(entailing[0])
        # A model with two labels does not tell what is denied from what is left open.
        self._denying = next((int(place) for name, place in labels.items() if DENIES.match(name)), None)
        self.calibration_file = CALIBRATIONS / f"{re.sub(r'[^A-Za-z0-9.]+', '-', model).strip('-')}.json"
        is_measured = self.calibration_file.exists()
        self.calibration = Calibration.read(self.calibration_file) if is_measured else UNMEASURED

    def _load(self, kind: Any, name: str) -> tuple[Any, Any]:
        try:
            tokenizer = AutoTokenizer.from_pretrained(name, use_fast=True)
            model = kind.from_pretrained(name).to(self.device).eval()
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            first = next(iter(str(error).strip().splitlines()), type(error).__name__)
            message = (
                f"no model {name!r} for the reader 'transformers' ({first}); name a folder or a hub's model"
            )
            raise SettingsError(message) from error
        return tokenizer, model

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return the best span of each passage and the sentences that hold it."""
        return [self._reading(passage, *self._best(question, passage)) for passage in passages]

    def _best(self, question: str, passage: Passage) -> tuple[Span | None, float]:
        """Return the likeliest answer in a passage, and the answer's logits less those of no answer.

        The place stands in front of a passage's first window, and no answer lies in it.
        """
        room = longest(self._model, self._tokenizer)
        with self._lock:
            front = fit_place(place_parts(passage, PLACE), self._token_spans, room // SHARE)
            encoded = self._tokenizer(
                self._cut(question, room // 2), front + passage.text, truncation="only_second",
                max_length=room, stride=min(STRIDE, room // 4), return_overflowing_tokens=True,
                return_offsets_mapping=True, padding=True, return_tensors="pt",
            )  # fmt: skip
        offsets = encoded.pop("offset_mapping").numpy()
        encoded.pop("overflow_to_sample_mapping", None)
        with torch.inference_mode():
            found = self._model(**{name: values.to(self.device) for name, values in encoded.items()})
        best: tuple[Span | None, float] = (None, NO_SPAN)
        for row in range(len(offsets)):
            places = [
                place
                for place, sequence in enumerate(encoded.sequence_ids(row))
                if sequence == 1 and len(front) <= offsets[row][place][0] < offsets[row][place][1]
            ]
            if not places:
                continue
            starts, ends = (
                logits[row].float().cpu().numpy() for logits in (found.start_logits, found.end_logits)
            )
            first, last, score = best_span(starts[places], ends[places], float(starts[0] + ends[0]))
            if score > best[1]:
                span = Span(int(offsets[row][places[first]][0]), int(offsets[row][places[last]][1]))
                best = Span(span.start - len(front), span.end - len(front)), round(score, 4)
        return best

    def _token_spans(self, text: str) -> list[Span]:
        """Return the characters of each token."""
        offsets = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        return [Span(*offset) for offset in offsets["offset_mapping"]]

    def _cut(self, question: str, most: int) -> str:
        """Cut a question to a length that leaves room for a passage; the result is never empty."""
        ends = [span.end for span in self._token_spans(question)]
        return (question if len(ends) <= most else question[: ends[most - 1]]) or "?"

    def _reading(self, passage: Passage, span: Span | None, score: float) -> Reading:
        if span is None:
            return Reading(passage.sentences[:1], (), NO_SPAN, NO_SPAN)
        answer = Span(passage.start + span.start, passage.start + span.end)
        return cite_sentences(passage, answer, score, score)

    def supports(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """Return the probability that each statement is entailed by its evidence."""
        return [judgement.entails for judgement in self.judge(claims)]

    def judge(self, claims: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return how evidence stands to each claim, by the labels that the model names."""
        found: list[Judgement] = []
        room = longest(self._judge, self._judge_tokenizer)
        for start in range(0, len(claims), BATCH):
            statements, evidence = zip(*claims[start : start + BATCH], strict=True)
            with self._lock:
                encoded = self._judge_tokenizer(
                    list(evidence), list(statements), truncation=True, max_length=room, padding=True,
                    return_tensors="pt",
                )  # fmt: skip
            with torch.inference_mode():
                logits = self._judge(**encoded.to(self.device)).logits.float()
            for row in torch.softmax(logits, -1).tolist():
                entails = row[self._entailing]
                denies = 0.0 if self._denying is None else row[self._denying]
                found.append(Judgement(entails, max(0.0, 1 - entails - denies), denies))
        return found


def longest(model: Any, tokenizer: Any) -> int:
    """Return the largest number of tokens of a pair that a model reads."""
    return int(min(MAX_TOKENS, model.config.max_position_embeddings, tokenizer.model_max_length))


def best_span(starts: Logits, ends: Logits, nothing: float) -> tuple[int, int, float]:
    """Return the first and last token of the likeliest span, and its logits less those of no answer."""
    n = len(starts)
    sums = starts[:, None] + ends[None, :]
    allowed = np.tril(np.triu(np.ones((n, n), dtype=bool)), MAX_SPAN_TOKENS - 1)
    first, last = np.unravel_index(int(np.argmax(np.where(allowed, sums, -np.inf))), sums.shape)
    return int(first), int(last), float(sums[first, last]) - nothing


def create(
    encoder: Encoder | None = None,  # noqa: ARG001
    *,
    reader_model: str = "",
    support_model: str = "",
) -> TransformersReader:
    """Load the models; the reader needs no encoder.

    Args:
        encoder: Not used.
        reader_model: An extractive question-answering model: a folder or a hub name.
        support_model: A natural language inference model that judges statements: a folder or a hub name.

    Raises:
        SettingsError: A model is not named, not found or of another kind.
    """
    for option, value in (("--reader-model", reader_model), ("--support-model", support_model)):
        if not value:
            message = f"the reader 'transformers' needs {option}: a folder, or a model's name on the hub"
            raise SettingsError(message)
    return TransformersReader(reader_model, support_model)
