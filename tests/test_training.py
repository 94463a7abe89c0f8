"""A few steps of training, from data to weights that citewell reads with."""

import gzip
import json
import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from citewell.documents import document
from citewell.passages import Passage
from citewell.readers.cross_encoder import create
from citewell.text import Span, sentences
from training import base, contradictions, examples, export, report, train, unanswerable
from training.records import Question, Statement

ROOT = Path(__file__).parent.parent
CONFIG = tomllib.loads((ROOT / "training" / "config.toml").read_text(encoding="utf-8"))
HELD_BACK = CONFIG["held_back"]["articles"][0]
CONTEXT = (
    "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt in the port of Kiel. Boats from Denmark, "
    "Sweden and Norway were lost, said Ann Lee. The quay opens again on 12 May 2021."
)
ASKED = [
    ("How high did the tide rise at Kiel?", "3.2 metres"),
    ("Whose boats were lost with those of Norway?", "Denmark, Sweden and Norway"),
    ("Who told of the boats from Denmark?", "Ann Lee"),
    ("When will the quay of Kiel open in 2021?", "12 May 2021"),
]


def row(number: int, question: str, answer: str, context: str = CONTEXT) -> dict[str, Any]:
    start = context.find(answer)
    answers = [{"text": answer, "answer_start": start}] if answer else []
    return {
        "id": str(number),
        "title": f"t{number % 3}",
        "context": context,
        "question": question,
        "answers": answers,
        "is_impossible": not answer,
    }


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of the real sets' names and form, a few records each."""
    folder = tmp_path_factory.mktemp("data")
    long = "Nothing else happened that week, and every shop was open. " * 40 + CONTEXT
    rows = [row(n, *asked) for n, asked in enumerate(ASKED * 3)]
    rows += [row(20, ASKED[0][0], "3.2 metres", long), row(21, "Who won the election?", "")]
    for name, content in (
        *((f"qa/{entry['file']}", rows) for entry in CONFIG["reading"]),
        *(
            (
                f"nli/{entry['file']}",
                [
                    {"premise": CONTEXT, "hypothesis": "The tide rose on Monday.", "label": "entail"},
                    {"premise": CONTEXT, "hypothesis": "The tide fell.", "label": "contradict"},
                    {"premise": CONTEXT, "hypothesis": "Ann Lee is tall.", "label": "neutral"},
                ]
                * 8,
            )
            for entry in CONFIG["support"]
        ),
    ):
        path = folder / "reader" / f"{name}.jsonl.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in content)
    # Only the article that is held back speaks of Zanzibar.
    asked = [*ASKED, ("Who won?", "")]
    articles = [
        {
            "title": title,
            "paragraphs": [{"context": text, "qas": [row(n, *pair, text) for n, pair in enumerate(asked)]}],
        }
        for title, text in (("Tide", CONTEXT), (HELD_BACK, CONTEXT.replace("Nobody", "Nobody in Zanzibar")))
    ]
    with gzip.open(folder / "squad2-dev-part-a.json.gz", "wt", encoding="utf-8") as file:
        json.dump({"data": articles}, file)
    return folder


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    few = {"foreign": 2, "cut": 2, "swap": 2}
    small = {"tokens_per_batch": 400, "checkpoint_every": 2}
    return {
        **CONFIG,
        "unanswerable": {**CONFIG["unanswerable"], **few},
        "contradictions": {"made": 6},
        "train": {**CONFIG["train"], **small},
    }


@pytest.fixture(scope="module")
def built(config: dict[str, Any], data: Path, tmp_path_factory: pytest.TempPathFactory) -> examples.Data:
    _, path = base.files(config["base"]["l6"], tmp_path_factory.mktemp("base"))
    return examples.build(config, data, examples.tokenizer(path, config["max_tokens"], config["stride"]))


# The data


def test_the_same_seed_makes_the_same_examples(
    config: dict[str, Any], data: Path, built: examples.Data
) -> None:
    _, path = base.files(config["base"]["l6"], data)
    again = examples.build(config, data, examples.tokenizer(path, config["max_tokens"], config["stride"]))
    assert repr(again.phases) == repr(built.phases)  # NaN is not itself


def test_labels_stand_on_the_answer_s_tokens(
    config: dict[str, Any], data: Path, built: examples.Data
) -> None:
    _, path = base.files(config["base"]["l6"], data)
    tokens = examples.tokenizer(path, config["max_tokens"], config["stride"])
    answers = {squeezed(answer) for _, answer in ASKED}
    spans = [
        example
        for phase in built.phases
        for example in phase
        if example.answerable == 1 and example.start[0] == example.start[1]
    ]
    assert len(spans) > 20
    for example in spans:
        said = tokens.decode(list(example.ids[example.start[0] : example.end[0] + 1]))
        assert squeezed(said) in answers
        assert example.first <= example.start[0] <= example.end[0] < len(example.ids) - 1


def squeezed(text: str) -> str:
    return "".join(text.lower().split())


def test_held_back_articles_are_not_trained_on(
    config: dict[str, Any], data: Path, built: examples.Data
) -> None:
    held = examples.held_back_questions(config, data)
    assert held
    assert {question.title for question in held} == {HELD_BACK}
    train_rows, kept = examples.split_statements(config, data, random.Random(1))
    assert kept
    assert len(train_rows) > len(kept)
    path = base.files(config["base"]["l6"], data)[1]
    tokens = examples.tokenizer(path, config["max_tokens"], config["stride"])
    seen = [tokens.decode(list(example.ids)) for phase in built.phases for example in phase]
    assert any("kiel" in text for text in seen)
    assert not any("zanzibar" in text for text in seen)


def question(text: str = "Who told of the boats from Denmark in 2021?", answer: str = "Ann Lee") -> Question:
    start = CONTEXT.index(answer)
    return Question("s", "t", CONTEXT, text, Span(start, start + len(answer)), answers=(answer,))


def test_a_cut_passage_lacks_the_sentence_that_answers() -> None:
    made = unanswerable.cut(question())
    assert made is not None
    assert "Ann Lee" not in made.context
    assert "The quay opens" in made.context


def test_an_answer_that_stands_twice_is_not_cut() -> None:
    assert unanswerable.cut(question("Where did the tide rise?", "Kiel")) is None


def test_a_swapped_question_asks_of_something_else() -> None:
    swap = unanswerable.Swap([question()], random.Random(0))
    made = [swap(question()) for _ in range(20)]
    assert {found.question for found in made if found} - {question().question}
    assert all(found is None or found.question != question().question for found in made)


@given(st.integers(0, 10_000))
def test_a_changed_statement_differs_and_keeps_the_rest(seed: int) -> None:
    text = "Police in Germany arrested 42 people, and they were not seen by Ann Lee again."
    changed = contradictions.change(text, ["Oslo", "Mary Roe"], random.Random(seed))
    assert changed is not None
    assert changed != text
    assert len(set(changed.split()) ^ set(text.split())) <= 6


def test_a_question_is_misspelt_in_one_word() -> None:
    asked = "Where did the harbour master stand?"
    made = {examples.misspelt(asked, random.Random(seed)) for seed in range(30)}
    assert asked not in made or len(made) > 1
    assert all(sum(a != b for a, b in zip(asked.split(), other.split(), strict=True)) <= 1 for other in made)


# The losses


def example(**labels: Any) -> examples.Example:
    return examples.Example((101, 5, 102, 7, 8, 102), 3, **labels)


def test_the_span_loss_is_zero_only_for_the_right_span() -> None:
    batch = [example(start=(3, 3), end=(4, 4), answerable=1)]
    segments, mask = torch.tensor([[0, 0, 0, 1, 1, 1]]), torch.ones(1, 6, dtype=torch.int64)
    right, wrong = torch.zeros(1, 6, 2), torch.zeros(1, 6, 2)
    right[0, 3, 0] = right[0, 4, 1] = 50
    wrong[0, 0] = 50
    losses = [train.span_loss(logits, batch, segments, mask) for logits in (right, wrong)]
    assert losses[0] is not None
    assert losses[1] is not None
    assert losses[0] < 1e-6
    assert losses[1] > 40
    # Neither the question nor the last [SEP] can be an answer, whatever their logits.
    right[0, 1] = right[0, 5] = 99
    unmoved = train.span_loss(right, batch, segments, mask)
    assert unmoved is not None
    assert unmoved < 1e-6


def test_unsupported_punishes_entailment_alone() -> None:
    batch = [example(support=examples.UNSUPPORTED)]
    for logits, good in (([9.0, 0, 0], False), ([0, 9.0, 0], True), ([0, 0, 9.0], True)):
        loss = train.support_loss(torch.tensor([logits]), batch)
        assert loss is not None
        assert bool(loss < 0.01) is good


def test_heads_without_labels_have_no_loss() -> None:
    batch = [example()]
    assert train.answerable_loss(torch.zeros(1), batch) is None
    assert train.relevance_loss(torch.zeros(1), batch) is None
    assert train.support_loss(torch.zeros(1, 3), batch) is None


# The whole run


@pytest.mark.slow
def test_an_interrupted_training_goes_on_and_ends_in_weights_that_read(
    config: dict[str, Any], data: Path, built: examples.Data, tmp_path: Path
) -> None:
    train.train(config, "l6", built, tmp_path, max_steps=4)
    whole = torch.load(tmp_path / "l6.pt", weights_only=True)
    steps = [json.loads(line) for line in (tmp_path / "l6.log.jsonl").read_text().splitlines()]
    assert [step["step"] for step in steps] == [0, 1, 2, 3]

    again = tmp_path / "again"
    again.mkdir()
    train.train(config, "l6", built, again, max_steps=4, pause_at=3)
    assert not (again / "l6.pt").exists()
    train.train(config, "l6", built, again, max_steps=4)
    resumed = torch.load(again / "l6.pt", weights_only=True)
    for name, weight in whole.items():
        torch.testing.assert_close(resumed[name], weight, rtol=1e-3, atol=1e-5)

    with pytest.raises(SystemExit, match="over other examples"):
        train.train({**config, "seed": 1}, "l6", built, again, max_steps=4)

    model = train.trained(tmp_path, "l6", 6)
    _, tokenizer = base.files(config["base"]["l6"], tmp_path)
    export.ship(model, tokenizer, tmp_path / "fp32", tmp_path / "int8")
    passage = Passage(document(CONTEXT, id="a"), 0, len(CONTEXT), tuple(sentences(CONTEXT)))
    plain, small = (create(folder=str(tmp_path / name)) for name in ("fp32", "int8"))
    assert small.read(ASKED[0][0], [passage])[0].evidence
    (found,) = plain.read(ASKED[0][0], [passage])
    (like,) = small.read(ASKED[0][0], [passage])
    assert abs(found.score - like.score) < 0.5
    held = examples.held_back_questions(config, data)
    figures = report.reading(plain, held)
    assert 0 <= figures["best_f1"][0] <= 1
    statements = [
        Statement("s", CONTEXT, "The tide rose.", "entail"),
        Statement("s", CONTEXT, "It fell.", "contradict"),
    ]
    assert report.support(small, statements)["s"]["kept"][1] == 1
