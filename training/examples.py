"""Turn questions and statements into the token windows that are trained on."""

import math
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Encoding, Tokenizer

from training import contradictions, near_misses, places, unanswerable
from training.model import SUPPORT
from training.records import Question, Statement, questions, statements

ROOT = Path(__file__).parent.parent
NONE = -1  # no label for this head
UNSUPPORTED = len(SUPPORT)  # neutral or contradict, not told which
ENUMERATION = re.compile(r"^[^.;]{2,60}, [^.;]+(?:,? (?:and|or) )[^.;]+$|^[\w ’'-]+ (?:and|&) [\w ’'-]+$")
MIN_LETTERS = 5  # of a word that is misspelt


@dataclass(frozen=True, slots=True)
class Example:
    """A window and its labels.

    Attributes:
        ids: Tokens, with the special ones.
        first: Tokens of the first text, with [CLS] and its [SEP].
        start: First and last token at which the span may begin; (0, 0) for no answer, NONE for no label.
        end: The same for the span's last token.
        answerable: 1, 0 or NONE.
        support: Index of SUPPORT, UNSUPPORTED or NONE.
        relevance: The base's score; NaN for none.
    """

    ids: tuple[int, ...]
    first: int
    start: tuple[int, int] = (NONE, NONE)
    end: tuple[int, int] = (NONE, NONE)
    answerable: int = NONE
    support: int = NONE
    relevance: float = float("nan")


@dataclass(slots=True)
class Data:
    """Examples of the two phases, and the records that are held back."""

    phases: tuple[list[Example], list[Example]] = field(default_factory=lambda: ([], []))
    made: list[Question] = field(default_factory=list)


def tokenizer(path: Path, max_tokens: int, stride: int) -> Tokenizer:
    """Return the base's tokenizer, cutting the second text into windows."""
    made = Tokenizer.from_file(str(path))
    made.no_padding()
    made.enable_truncation(max_tokens, stride=stride, strategy="only_second")
    return made


def held_back_questions(config: Mapping[str, Any], data: Path) -> list[Question]:
    """Return the questions that are developed on."""
    articles = set(config["held_back"]["articles"])
    return [question for question in questions(data, "squad2-dev-part-a") if question.title in articles]


def split_statements(
    config: Mapping[str, Any], data: Path, rng: random.Random
) -> tuple[list[Statement], list[Statement]]:
    """Return the statements to train on and those held back, drawn by `rng`."""
    train: list[Statement] = []
    held: list[Statement] = []
    for entry in config["support"]:
        rows = list(statements(data, entry["file"]))
        rng.shuffle(rows)
        keep = round(len(rows) * config["held_back"]["support_share"])
        held += rows[:keep]
        train += rows[keep : keep + entry["take"]]
    return train, held


def held_back_statements(config: Mapping[str, Any], data: Path) -> list[Statement]:
    """Return the statements that are developed on: neither this training saw them nor an earlier one."""
    train, held = split_statements(config, data, random.Random(config["seed"]))
    if "earlier_seed" in config["held_back"]:
        _, held = split_statements(config, data, random.Random(config["held_back"]["earlier_seed"]))
    seen = set(train)
    return [statement for statement in held if statement not in seen]


def build(config: Mapping[str, Any], data: Path, tokens: Tokenizer) -> Data:
    """Make every example of both phases, in a fixed order."""
    rng = random.Random(config["seed"])
    held = set(config["held_back"]["articles"])
    made = Data()
    sources: list[Question] = []  # others are made from these
    lists: list[Question] = []
    titled: list[Question] = []
    for entry in config["reading"]:
        rows = [
            row
            for row in questions(data, entry["file"], within=entry.get("within", False))
            if row.title not in held and len(row.context) <= entry.get("longest", math.inf)
        ]
        rng.shuffle(rows)
        rows = rows[entry.get("skip", 0) :]
        chosen = rows[: entry.get("take", 0) or None]
        if entry["file"] in config["unanswerable"]["from"]:
            sources += chosen
            lists += listing(rows if config["lists"].get("take") else chosen)
        if entry.get("titled"):
            titled += chosen
            chosen = places.some(chosen, config["places"], rng)
        add(made, chosen, entry["copies"], tokens, config, rng)
    if "near_misses" in config:
        settings = config["near_misses"]
        written = ROOT / settings["written"] if "written" in settings else None
        asked = list(near_misses.read(data, "train", written))
        rows = list(near_misses.pairs(asked, settings, tokens, rng))
        titled += rows
        add(made, places.some(rows, config["places"], rng), settings["copies"], tokens, config, rng)
    if "places" in config:
        named = list(places.named(titled, config["places"], rng))
        made.made += named
        add(made, named, config["places"]["copies"], tokens, config, rng)
    if take := config["lists"].get("take"):
        rng.shuffle(lists)
        lists = lists[:take]
    add(made, lists, config["lists"]["copies"], tokens, config, rng)
    wanted = {way: config["unanswerable"][way] for way in ("foreign", "cut", "swap")}
    unanswered = list(unanswerable.made(sources, wanted, rng))
    made.made += unanswered
    add(made, unanswered, config["unanswerable"]["copies"], tokens, config, rng)
    train, _ = split_statements(config, data, random.Random(config["seed"]))
    entailed = [statement for statement in train if statement.label == "entail"]
    train += contradictions.made(sources, entailed, config["contradictions"]["made"], rng)
    rng.shuffle(train)
    half = len(train) // 2
    for phase, rows_ in zip(made.phases, (train[:half], train[half:]), strict=True):
        phase.extend(support_examples(rows_, tokens))
    if config.get("mixed"):
        made.phases = ([*made.phases[0], *made.phases[1]], [])
    return made


def listing(rows: Sequence[Question]) -> list[Question]:
    """Return the questions whose answer is a whole list."""
    return [
        row
        for row in rows
        if row.answer and ENUMERATION.match(row.context[row.answer.start : row.answer.end])
    ]


def add(
    made: Data,
    rows: Sequence[Question],
    copies: Sequence[int],
    tokens: Tokenizer,
    config: Mapping[str, Any],
    rng: random.Random,
) -> None:
    """Add the examples of questions to the phases, misspelling some anew in each copy."""
    for phase, times in zip(made.phases, copies, strict=True):
        for _ in range(times):
            noisy = [
                replace(row, question=misspelt(row.question, rng))
                if rng.random() < config["noise"]["share"]
                else row
                for row in rows
            ]
            phase.extend(reading_examples(noisy, tokens, rng))


def reading_examples(rows: Sequence[Question], tokens: Tokenizer, rng: random.Random) -> list[Example]:
    """Return one window a question: the one with the answer, or any; one more that lacks it, at times."""
    found = []
    for row, encoding in zip(
        rows, encode(tokens, [(row.question, row.context) for row in rows]), strict=True
    ):
        windows = [encoding, *encoding.overflowing]
        examples = [window_example(row, window) for window in windows]
        answering = [example for example in examples if example.answerable == 1]
        others = [example for example in examples if example.answerable == 0]
        if row.answer is None:
            found.append(rng.choice(others))
            continue
        found += answering[:1]
        if others and rng.random() < 0.3:
            found.append(rng.choice(others))
    return found


def window_example(row: Question, window: Encoding) -> Example:
    """Return the example of one window; an answer only partly in it gives no label at all."""
    first = window.sequence_ids.index(1)
    unlabelled = Example(tuple(window.ids), first)
    if row.answer is None:
        return replace(unlabelled, start=(0, 0), end=(0, 0), answerable=0)
    inside = [
        place
        for place, (start, end) in enumerate(window.offsets)
        if window.sequence_ids[place] == 1 and start < row.answer.end and end > row.answer.start
    ]
    if not inside:
        return replace(unlabelled, start=(0, 0), end=(0, 0), answerable=0)
    low, high = inside[0], inside[-1]
    whole = window.offsets[low][0] <= row.answer.start and window.offsets[high][1] >= row.answer.end
    if not whole:
        return unlabelled
    if row.within:
        return replace(unlabelled, start=(low, high), end=(low, high), answerable=1)
    return replace(unlabelled, start=(low, low), end=(high, high), answerable=1)


def support_examples(rows: Sequence[Statement], tokens: Tokenizer) -> list[Example]:
    """Return one example a statement; of long evidence its first window."""
    labels = {**{label: place for place, label in enumerate(SUPPORT)}, "unsupported": UNSUPPORTED}
    encodings = encode(tokens, [(row.text, row.evidence) for row in rows])
    return [
        Example(tuple(encoding.ids), encoding.sequence_ids.index(1), support=labels[row.label])
        for row, encoding in zip(rows, encodings, strict=True)
        if 1 in encoding.sequence_ids
    ]


def encode(tokens: Tokenizer, pairs: Iterable[tuple[str, str]]) -> list[Encoding]:
    """Return the windows of pairs; a first text that leaves no room is cut short."""
    return list(tokens.encode_batch([(first[:400], second) for first, second in pairs]))


def misspelt(question: str, rng: random.Random) -> str:
    """Return the question with one long word misspelt: a letter dropped, doubled, or two swapped."""
    words = [match for match in re.finditer(r"[a-z]+", question) if len(match[0]) >= MIN_LETTERS]
    if not words:
        return question
    match = rng.choice(words)
    word = match[0]
    at = rng.randrange(1, len(word) - 1)
    other = rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
    return question[: match.start()] + other + question[match.end() :]


def pad(
    examples: Sequence[Example],
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return ids, segments and mask, each int64 [n, longest]."""
    longest = max(len(example.ids) for example in examples)
    ids, segments, mask = (np.zeros((len(examples), longest), np.int64) for _ in range(3))
    for row, example in enumerate(examples):
        ids[row, : len(example.ids)] = example.ids
        segments[row, example.first : len(example.ids)] = 1
        mask[row, : len(example.ids)] = 1
    return ids, segments, mask
