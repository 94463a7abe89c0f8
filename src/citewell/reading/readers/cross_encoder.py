"""Read with our own network: question and passage together, in one pass.

For a question and a passage, the network (`training/`, card in `weights/MODEL_CARD.md`) returns the span
that answers, how surely the span answers, and how relevant the passage is. For a statement and its evidence,
the network returns whether the evidence supports the statement. The network is one int8 ONNX file, run by
onnxruntime; no torch is needed.

Each pair of texts is run by itself, without padding, and pairs run in parallel on all cores. A batch of pairs
is no faster (`benchmarks/readers.py`). Also, int8 arithmetic uses one scale for a whole batch, so in a batch
the result for a passage would depend on the other passages.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from citewell.documents import passages
from citewell.documents.passages import Passage
from citewell.documents.places import MAX_PLACE_TOKENS, Part, fit_place, place_parts
from citewell.errors import SettingsError
from citewell.forks import PerProcess
from citewell.index.protocols import Encoder
from citewell.reading.reader import Calibration, Judgement, Reading, cite_sentences
from citewell.reading.table_rows import Told, plainly, tell
from citewell.streams import checker
from citewell.text.full_stops import ordinal_start
from citewell.text.spans import Span
from citewell.text.variants import plain_forms

WEIGHTS = Path(__file__).parent / "weights"
READER, TOKENIZER = "reader.onnx", "tokenizer.json"
NO_WEIGHTS = "{} holds no reader's weights ({}): install citewell again"
MAX_TOKENS = 256  # longest pair, as in training
SPECIAL_TOKENS = 3  # between and around the two texts of a pair
MAX_QUESTION_TOKENS = MAX_TOKENS - SPECIAL_TOKENS - passages.MAX_TOKENS  # leaves room for a passage
STRIDE = 96  # tokens shared by two windows of a longer passage
PLACE: tuple[Part, ...] = ("title", "headings")  # as in training
MAX_SPAN_TOKENS = 64  # longest short answer
ANSWERABLE_WEIGHT = 1.0
NO_SPAN = -30.0  # the score of a passage without a token

# Windows whose output is remembered, about 3 kB each: those of the last forty questions or so.
REMEMBERED = 512

Logits = NDArray[np.float32]
Outputs: TypeAlias = tuple[Logits, Logits, Logits, Logits]
"""The network's output: span, answerable, relevance, support."""
Item = TypeVar("Item")
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Window:
    """The network's output for one window of a passage.

    Attributes:
        offsets: Range of each token of the window in the passage's text.
        pieces: For each token, the number of the told text's piece that it stands in, see `Told`.
        starts: For each token, the logit that the answer begins there.
        ends: For each token, the logit that the answer ends there.
        nothing: Logit that there is no answer; the sum of its start and its end logit.
        answerable: Logit that the window answers the question.
        relevance: Ranking score, a logit.
        support: Logits of entail, neutral, contradict.
        cited: By the number of a piece that names a speaker, what to cite for it, see `Told`.
    """

    offsets: tuple[Span, ...]
    pieces: tuple[int, ...]
    starts: Logits
    ends: Logits
    nothing: float
    answerable: float
    relevance: float
    support: Logits
    cited: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)


class CrossEncoderReader:
    """Read question and passage with the network that the module describes."""

    languages = frozenset({"en"})

    def __init__(self, folder: Path, calibration: Calibration) -> None:
        """Load a folder with `reader.onnx` and `tokenizer.json`.

        Raises:
            SettingsError: A file is missing, or its hash is not the one in SHA256SUMS.
        """
        self.calibration = calibration
        self._network = PerProcess(lambda: load_network(folder))
        self._tokenizer = Tokenizer.from_str(load_checked(folder, TOKENIZER).decode())
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        # A follow-up is read to resolve it and read again to answer it, and many people ask the same.
        self._infer = lru_cache(REMEMBERED)(partial(infer, self._network))
        self._first, self._between = self._tokenizer.encode("").ids  # [CLS] and [SEP]

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return the best span of each passage and the sentences that hold it."""
        question = self._cut(question)
        read = map_in_parallel(
            lambda passage: self._windows(question, self._tell(passage, question)),
            passages,
            size=lambda passage: passage.end - passage.start,
        )
        return [make_reading(passage, windows) for passage, windows in zip(passages, read, strict=True)]

    def supports(self, claims: Sequence[tuple[str, str]]) -> list[float]:
        """Return the probability that each statement is entailed; long evidence counts by its best window."""
        return [judgement.entails for judgement in self.judge(claims)]

    def judge(self, claims: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return how evidence stands to each claim; long evidence counts by the best window for it."""
        read = map_in_parallel(
            lambda claim: self._windows(self._cut(claim[0]), plainly(claim[1])),
            claims,
            size=lambda claim: len(claim[0]) + len(claim[1]),
        )
        return [
            max((shares(window.support) for window in windows), key=lambda found: found.entails)
            for windows in read
        ]

    def _tell(self, passage: Passage, question: str) -> Told:
        """Return a passage as it is read for a question, with its place."""
        place = fit_place(place_parts(passage, PLACE), self._token_spans, MAX_PLACE_TOKENS)
        return replace(tell(passage, question), place=place)

    def _token_spans(self, text: str) -> list[Span]:
        """Return the characters of each token."""
        return [Span(*offsets) for offsets in self._tokens(text)[1]]

    def _tokens(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Return the tokens of a text and the characters of each."""
        encoding = self._tokenizer.encode(plain_forms(text), add_special_tokens=False)
        return encoding.ids, encoding.offsets

    def _cut(self, text: str) -> str:
        """Cut a question to a length that leaves room for a passage."""
        spans = self._token_spans(text)
        return text if len(spans) <= MAX_QUESTION_TOKENS else text[: spans[MAX_QUESTION_TOKENS - 1].end]

    def _windows(self, first: str, second: Told) -> list[Window]:
        """Run the network on every window of a pair; the place stands in front of each window."""
        question, place = self._tokens(first)[0], self._tokens(second.place)[0]
        ids, offsets = self._tokens(second.text)
        before = [self._first, *question, self._between, *place]
        room = MAX_TOKENS - len(before) - 1
        step = room - STRIDE
        return [
            self._run(before, ids[at : at + room], offsets[at : at + room], len(question) + 2, second)
            for at in range(0, max(0, len(ids) - room) + step, step)
        ]

    def _run(
        self,
        before: Sequence[int],
        ids: Sequence[int],
        offsets: Sequence[tuple[int, int]],
        second: int,
        told: Told,
    ) -> Window:
        """Run the network on one window.

        Args:
            before: Tokens of the question and of the place, with the special ones.
            ids: Tokens of the window.
            offsets: Their characters in the told text.
            second: Number of the question's tokens, with the special ones around them.
            told: The told text.
        """
        tokens = np.array([*before, *ids, self._between], dtype=np.int64)
        span, answerable, relevance, support = self._infer(tokens.tobytes(), second)
        # The network reads the place and a header's words in the row, but they are never the answer.
        found = [
            (place, characters)
            for place, offset in enumerate(offsets, start=len(before))
            if (characters := told.locate(Span(*offset))) is not None
        ]
        places = [place for place, _ in found]
        return Window(
            offsets=tuple(characters for _, characters in found),
            pieces=tuple(told.piece(offsets[place - len(before)][0]) for place in places),
            starts=span[0, places, 0],
            ends=span[0, places, 1],
            nothing=float(span[0, 0].sum()),
            answerable=float(answerable[0]),
            relevance=float(relevance[0]),
            support=support[0],
            cited=told.cited,
        )


def infer(network: PerProcess[onnxruntime.InferenceSession], tokens: bytes, second: int) -> Outputs:
    """Return the network's output for one window.

    Args:
        network: The network.
        tokens: The tokens, as int64.
        second: Number of the first token of the second text.
    """
    ids = np.frombuffer(tokens, dtype=np.int64)[np.newaxis]
    segments = np.zeros_like(ids)
    segments[0, second:] = 1
    inputs = {"ids": ids, "segments": segments, "mask": np.ones_like(ids)}
    span, answerable, relevance, support = network.get().run(None, inputs)
    return span, answerable, relevance, support


def make_reading(passage: Passage, windows: Sequence[Window]) -> Reading:
    """Return the answer of a passage from the network's output for its windows."""
    found = [(*best, window.cited) for window in windows if (best := best_span(window)) is not None]
    relevance = max(window.relevance for window in windows)
    if not found:
        return Reading(passage.sentences[:1], (), NO_SPAN, relevance)
    score, span, piece, cited = min(found, key=lambda best: (-best[0], best[1]))
    end = passage.start + span.end
    if piece in cited:
        return Reading(cited[piece], (Span(passage.start + span.start, end),), score, relevance)
    start = passage.start + ordinal_start(passage.text, span.start)
    return cite_sentences(passage, Span(start, end), score, relevance)


def best_span(window: Window) -> tuple[float, Span, int] | None:
    """Return (score, span, number of its piece) of the best span.

    It has the highest sum of start and end logits (Devlin et al. 2019).
    The score is the span's logits less those of no answer, plus the weighted logit that the window answers.
    An empty window gives None.
    """
    n = len(window.offsets)
    if not n:
        return None
    sums = window.starts[:, None] + window.ends[None, :]
    # A span does not end before it begins, and has at most MAX_SPAN_TOKENS tokens.
    allowed = np.tril(np.triu(np.ones((n, n), dtype=bool)), MAX_SPAN_TOKENS - 1)
    # An answer does not go on over words that were added: from a cell to the next, or to a repeated name.
    pieces = np.array(window.pieces)
    allowed &= pieces[:, None] == pieces[None, :]
    start, end = np.unravel_index(int(np.argmax(np.where(allowed, sums, -np.inf))), sums.shape)
    span = Span(window.offsets[start].start, window.offsets[end].end)
    margin = float(sums[start, end]) - window.nothing
    return round(margin + ANSWERABLE_WEIGHT * window.answerable, 4), span, window.pieces[start]


def shares(support: Logits) -> Judgement:
    """Return the probabilities of the three labels."""
    powers = np.exp(support - support.max())
    return Judgement(*(float(share) for share in powers / powers.sum()))


def map_in_parallel(
    work: Callable[[Item], Found], items: Sequence[Item], size: Callable[[Item], int] = lambda _: 0
) -> list[Found]:
    """Return the result of `work` for each item, in order; several cores work in parallel.

    The longest items are begun first, so that no core is left with a long one at the end.

    Args:
        work: Done for each item, in any thread and in any order.
        items: The items.
        size: How long the work on an item takes, on any scale; they are alike when it is not given.

    Raises:
        AbandonedError: Nobody waits for the results any more; items whose turn has not come are left.
    """
    check = checker()

    def work_on(item: Item) -> Found:
        check()
        return work(item)

    if len(items) <= 1:
        return [work_on(item) for item in items]
    begun = sorted(range(len(items)), key=lambda place: -size(items[place]))
    found = dict(zip(begun, shared_pool().map(work_on, [items[place] for place in begun]), strict=True))
    return [found[place] for place in range(len(items))]


@cache
def shared_pool() -> ThreadPoolExecutor:
    """Return the thread pool that all readers of this process share, one thread per core."""
    return ThreadPoolExecutor(usable_cores(), thread_name_prefix="citewell-reader")


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# A fork copies the pool without its threads: a child that asked with it would wait for ever.
os.register_at_fork(after_in_child=shared_pool.cache_clear)


def load_network(folder: Path) -> onnxruntime.InferenceSession:
    """Return the network of a folder, on one thread: pairs run in parallel, not the parts of one.

    Raises:
        SettingsError: The file is missing or has changed.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    model = load_checked(folder, READER)
    # A sum and a norm by themselves are faster on a CPU than onnxruntime's node of both.
    return onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"], disabled_optimizers=["SkipLayerNormFusion"]
    )


def read_sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a folder of weights, by name.

    Raises:
        SettingsError: There is no list of them.
    """
    try:
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        return {name: digest for digest, name in (line.split() for line in lines)}
    except (OSError, ValueError) as error:
        raise SettingsError(NO_WEIGHTS.format(folder, error)) from error


def load_checked(folder: Path, name: str) -> bytes:
    """Return a file of a folder of weights after checking its hash.

    Raises:
        SettingsError: The file is missing or has changed.
    """
    wanted = read_sums(folder)
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise SettingsError(NO_WEIGHTS.format(folder, error)) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != wanted.get(name):
        message = (
            f"{folder / name} has SHA-256 {digest}, wanted {wanted.get(name, 'one in SHA256SUMS')}:"
            " install citewell again"
        )
        raise SettingsError(message)
    return content


def create(encoder: Encoder | None = None, *, folder: str = "") -> CrossEncoderReader:  # noqa: ARG001
    """Make the reader; it needs no encoder.

    Args:
        encoder: Not used.
        folder: Folder of other weights, as `python -m training export` writes them; "" for the shipped ones.
    """
    return CrossEncoderReader(Path(folder) if folder else WEIGHTS, Calibration.beside(Path(__file__)))
