"""A few steps of training, from data to weights that citewell reads with."""

import gzip
import hashlib
import json
import math
import random
import subprocess
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from citewell.documents import loading
from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.evaluation import questions as asked_about
from citewell.reading.reader import Calibration
from citewell.reading.readers.cross_encoder import WEIGHTS, create
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from training import __main__ as program
from training import (
    base,
    contradictions,
    development,
    examples,
    export,
    near_misses,
    places,
    report,
    train,
    unanswerable,
)
from training.model import ReaderModel
from training.records import Question, Statement

ROOT = Path(__file__).parent.parent
CONFIG = tomllib.loads((ROOT / "training" / "config.toml").read_text(encoding="utf-8"))
FURTHER = tomllib.loads((ROOT / "training" / "further.toml").read_text(encoding="utf-8"))
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
LONG = f"{CONTEXT}\n\n" + "Nothing else happened that week, and every shop was open. " * 30


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
        *((f"qa/{entry['file']}", rows) for entry in (*CONFIG["reading"], *FURTHER["reading"])),
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
    write_near_misses(folder / "near_misses")
    return folder


def write_near_misses(folder: Path) -> None:
    """An article for each use; only the one to test on speaks of Zanzibar."""
    folder.mkdir()
    texts = {"train": LONG, "dev": LONG.replace("Kiel", "Lund"), "test": LONG.replace("Kiel", "Zanzibar")}
    articles, asked = [], []
    for part, text in texts.items():
        named = {"id": part, "title": f"Of {part}", "source": "", "date": "", "licence": "CC0"}
        articles.append({**named, "text": text, "split": part})
        told = {"answer": "Ann Lee", "sentence": "were lost, said Ann Lee.", "answerable": True}
        for question, kind, rest in (
            ("Who told of the boats?", "factoid", told),
            ("How high was the tide at Malmo?", "other_entity", {"answerable": False}),
        ):
            asked.append({"article": part, "question": question, "kind": kind, "split": part, **rest})
    for name, rows in (("articles", articles), ("questions", asked)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


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


# Training further


@pytest.fixture(scope="module")
def further() -> dict[str, Any]:
    few = {"foreign": 2, "cut": 2, "swap": 2}
    # Of the data that this test makes alone.
    without_written = {key: value for key, value in FURTHER["near_misses"].items() if key != "written"}
    return {
        **FURTHER,
        "near_misses": {**without_written, "second": 1.0, "without_answer": 1.0},
        "places": {**FURTHER["places"], "own": 5, "other": 5},
        "unanswerable": {**FURTHER["unanswerable"], **few},
        "contradictions": {"made": 6},
    }


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    _, path = base.files(CONFIG["base"]["l6"], tmp_path_factory.mktemp("base"))
    return examples.tokenizer(path, FURTHER["max_tokens"], FURTHER["stride"])


def test_a_near_miss_is_put_to_several_passages_and_an_answer_stands_where_it_is_marked(
    further: dict[str, Any], data: Path, tokens: Tokenizer
) -> None:
    asked = list(near_misses.read(data, "train"))
    assert {one.article.id for one in asked} == {"train"}
    made = list(near_misses.pairs(asked, further["near_misses"], tokens, random.Random(0)))
    told = [one for one in made if one.answer]
    missed = [one for one in made if one.question == "How high was the tide at Malmo?"]
    assert [one.context[one.answer.start : one.answer.end] for one in told if one.answer] == ["Ann Lee"]
    assert len(missed) == 2
    assert all(one.answer is None for one in missed)
    assert "The tide rose" in missed[0].context  # the most alike first
    without = [one for one in made if one.question == told[0].question and one.answer is None]
    assert without
    assert all("Ann Lee" not in one.context for one in without)


def test_an_answer_that_its_article_does_not_give_is_said(data: Path) -> None:
    article = document("The tide rose at Kiel.", id="a")
    with pytest.raises(SystemExit, match="a does not say 'Ann' in 'said Ann'"):
        near_misses.place(article, "said Ann", "Ann")
    with pytest.raises(SystemExit, match=r"lacks articles\.jsonl"):
        list(near_misses.read(data / "reader", "train"))


def test_weights_that_another_run_must_leave_first_are_asked_for(tmp_path: Path) -> None:
    lacking = {
        "run": "training/fresh.toml",
        "weights": "training/work/nowhere/x.checkpoint.pt",
        "tokenizer": "t",
    }
    with pytest.raises(
        SystemExit, match=r"run `python -m training train --config training/fresh\.toml --work"
    ):
        base.load({**lacking, "layers": 1}, tmp_path)


def test_near_misses_of_a_table_are_read_as_citewell_tells_its_rows(
    tmp_path: Path, tokens: Tokenizer
) -> None:
    text = "Ports\n\nPort | Ships\nKiel | 12\nVisby | 7\n\nThe port of Kiel is the larger one."
    table = text.index("Kiel | 12")
    marks = [["heading", 0, 5, "", 1], ["table", table, text.index("\n\nThe"), "Port | Ships", 0]]
    article = {"id": "t1", "title": "Harbours of 2021", "source": "", "date": "", "split": "train"}
    asked = [
        {"question": "How many ships has Visby?", "answer": "7", "sentence": "Visby | 7", "answerable": True},
        {"question": "How many crews has Visby?", "answerable": False},
    ]
    data, written = tmp_path / "data", tmp_path / "written"
    data.mkdir()
    write_near_misses(data / "near_misses")
    written.mkdir()
    (written / "articles.jsonl").write_text(json.dumps({**article, "text": text, "marks": marks}) + "\n")
    lines = [json.dumps({"article": "t1", "kind": "numeric", **one}) + "\n" for one in asked]
    (written / "questions.jsonl").write_text("".join(lines))
    read = [one for one in near_misses.read(data, "train", written) if one.article.id == "t1"]
    settings = {"passage_tokens": [180], "second": 0.0, "without_answer": 0.0}
    answered, silent = near_misses.pairs(read, settings, tokens, random.Random(0))
    assert answered.answer is not None
    told = answered.context
    assert told[answered.answer.start - len("Port Visby, Ships: ") :].startswith("Port Visby, Ships: 7.")
    assert told[answered.answer.start : answered.answer.end] == "7"
    assert silent.answer is None
    assert silent.context == told
    assert places.placed(answered).context.startswith("Harbours of 2021 | ")


def test_near_misses_are_written_for_citewell_to_be_asked(data: Path, tmp_path: Path) -> None:
    near_misses.write(data, tmp_path)
    asked = asked_about.read(tmp_path / "questions.jsonl").questions
    found = asked_about.locate_evidence(asked, loading.load([tmp_path / "articles.jsonl"]).documents)
    assert [(len(gold.places), one.answers) for gold, one in zip(found, asked, strict=True)] == [
        (1, ("Ann Lee",)),
        (0, ()),
    ] * 2
    assert [(one.id, one.split) for one in asked[1:3]] == [("near-0001", "dev"), ("near-1000", "test")]


def test_training_further_reads_no_article_that_is_developed_or_tested_on(
    further: dict[str, Any], data: Path, tokens: Tokenizer
) -> None:
    built = examples.build(further, data, tokens)
    seen = [tokens.decode(list(example.ids)) for phase in built.phases for example in phase]
    assert not built.phases[1]  # mixed
    assert any("kiel" in text for text in seen)
    assert not any("zanzibar" in text or "lund" in text for text in seen)
    # `longest` is of the context alone.
    assert any(text.find("of train |") > 0 for text in seen)


def test_no_statement_is_held_back_that_either_training_saw(further: dict[str, Any], data: Path) -> None:
    held = examples.held_back_statements(further, data)
    now, _ = examples.split_statements(further, data, random.Random(further["seed"]))
    assert CONFIG["seed"] == further["held_back"]["earlier_seed"]
    _, earlier = examples.split_statements(CONFIG, data, random.Random(CONFIG["seed"]))
    assert not set(held) & set(now)
    assert set(held) <= set(earlier)


def test_a_passage_behind_its_place_keeps_its_answer() -> None:
    row = replace(question(), title="Tides_of_Kiel")
    found = places.placed(row)
    assert found.answer is not None
    assert found.context.startswith("Tides of Kiel | The tide")
    assert found.context[found.answer.start : found.answer.end] == "Ann Lee"
    assert places.placed(replace(row, title="")) == replace(row, title="")


def test_a_question_that_names_another_article_is_not_answered() -> None:
    rows = [replace(question(), title=title) for title in ("Tides", "Boats", "Ports")]
    made = list(places.named(rows, {"own": 3, "other": 3}, random.Random(0)))
    assert [bool(row.answer) for row in made] == [True] * 3 + [False] * 3
    for row in made:
        assert (row.title in row.question) is bool(row.answer)
        assert bool(row.answer) or row.context.startswith(f"{row.title} | ")


def test_the_rate_falls_last_and_a_longer_run_begins_alike() -> None:
    short, long = ([train.schedule(step, n, 0.1, 0.5) for step in range(n)] for n in (100, 200))
    assert short[10:50] == [1.0] * 40
    assert short[50] > short[75] > short[99] > 0
    assert long[20:100] == [1.0] * 80
    assert [train.schedule(step, 100, 0.1) for step in (9, 10, 55, 99)] == [1.0, 1.0, 0.5, 1 / 90]


def test_frozen_layers_do_not_move() -> None:
    model = ReaderModel(2)
    train.freeze(model, 1)
    moving = {name.split(".")[0] for name, weight in model.named_parameters() if weight.requires_grad}
    assert "words" not in moving
    assert "span" in moving
    assert not any(weight.requires_grad for weight in model.layers[0].parameters())
    assert all(weight.requires_grad for weight in model.layers[1].parameters())


def test_a_blend_lies_between_what_was_trained_and_what_it_began_with() -> None:
    torch.manual_seed(0)
    trained, begun = ReaderModel(1), ReaderModel(1)
    wanted = 0.75 * trained.span.weight.detach().clone() + 0.25 * begun.span.weight.detach()
    torch.testing.assert_close(train.blended(trained, begun, 0.25).span.weight.detach(), wanted)


def test_weights_after_several_steps_are_averaged(tmp_path: Path) -> None:
    models = [ReaderModel(1) for _ in range(2)]
    with pytest.raises(SystemExit, match=r"holds no a\.10\.pt, a\.20\.pt"):
        train.trained(tmp_path, "a", 1, (10, 20))
    for step, model in zip((10, 20), models, strict=True):
        train.save(train.averaged_file(tmp_path, "a", step), model.state_dict())
    found = train.trained(tmp_path, "a", 1, (10, 20))
    wanted = (models[0].span.weight + models[1].span.weight) / 2
    torch.testing.assert_close(found.span.weight.detach(), wanted.detach())


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A repository whose history holds weights that its files no longer are."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(tmp_path)]
    for content in (b"old", b"new"):
        (tmp_path / "reader.onnx").write_bytes(content)
        (tmp_path / "tokenizer.json").write_bytes(content)
        for words in (["init", "-q"], ["add", "."], ["commit", "-qm", content.decode()]):
            subprocess.run([*git, *words], check=True)
    shown = subprocess.run([*git, "rev-parse", "HEAD~1"], check=True, capture_output=True, text=True)
    monkeypatch.setattr(base, "ROOT", tmp_path)
    wanted = hashlib.sha256(b"old").hexdigest()
    files = {"weights": "reader.onnx", "tokenizer": "tokenizer.json"}
    return {"commit": shown.stdout.strip(), "sha256": wanted, **files}


def test_a_base_is_taken_from_the_history_by_its_hash(history: dict[str, Any], tmp_path: Path) -> None:
    weights, tokenizer = base.files(history, tmp_path / "work")
    assert weights.read_bytes() == tokenizer.read_bytes() == b"old"
    with pytest.raises(SystemExit, match="wanted 00"):
        base.files({**history, "sha256": "00"}, tmp_path / "work")
    with pytest.raises(SystemExit, match="fetch the whole history"):
        base.files({**history, "commit": "0" * 40}, tmp_path / "work")


def test_the_shipped_weights_read_alike_once_they_are_float_again(tmp_path: Path, tokens: Tokenizer) -> None:
    folder = tmp_path / "base" / "shipped"
    folder.mkdir(parents=True)
    for name in ("reader.onnx", "tokenizer.json"):
        (folder / name).write_bytes((WEIGHTS / name).read_bytes())
    shipped = {
        "commit": "shipped", "layers": 12, "weights": "reader.onnx", "tokenizer": "tokenizer.json",
        "sha256": hashlib.sha256((folder / "reader.onnx").read_bytes()).hexdigest(),
    }  # fmt: skip
    model = base.load(shipped, tmp_path).eval()
    session = onnxruntime.InferenceSession(folder / "reader.onnx")
    window = tokens.encode(ASKED[0][0], CONTEXT)
    inputs = [torch.tensor([values]) for values in (window.ids, window.type_ids, window.attention_mask)]
    named = dict(zip(export.INPUTS, (values.numpy() for values in inputs), strict=True))
    with torch.no_grad():
        span, answerable, relevance, support = model(*inputs)
    found = session.run(None, named)
    # What is left is the rounding of what flows through the quantised network.
    for value, other, apart in zip(
        (span, answerable, relevance, support), found, (1.0, 0.5, 1.0, 0.5), strict=True
    ):
        assert np.abs(value.numpy() - other).max() < apart


# The development sets


def rows(*values: tuple[float, int, float, int]) -> development.Values:
    return np.array(values, dtype=np.float64)


def test_near_misses_are_silent_below_what_nine_of_ten_answers_reach() -> None:
    able = [(float(score), 1, 1.0, 1) for score in range(10)]
    assert development.silent(rows(*able, (0.5, 0, 0, 0), (1.0, 0, 0, 0), (5.0, 0, 0, 0))) == pytest.approx(
        1 / 3
    )
    assert math.isnan(development.silent(rows(*able)))


def test_coverage_counts_a_third_of_the_questions_as_unanswerable() -> None:
    able = [(10.0 + n, 1, 1.0, 1) for n in range(20)]
    # Twenty right answers weigh 2/3 together, ten near misses 1/3.
    found = rows(*able, (30.0, 0, 0, 0), *[(0.0, 0, 0, 0)] * 9)
    assert development.shown_right(found, 10.0) == pytest.approx((2 / 3) / (2 / 3 + 1 / 30))
    # Nine near misses are equally sure: with one of them all would be shown.
    assert development.precise_from(found) == 10.0
    assert development.coverage(found) == pytest.approx(2 / 3 + 1 / 30)
    assert development.coverage(rows(*[(1.0, 1, 0.0, 0)] * 12, (0.0, 0, 0, 0))) == 0


def test_every_source_has_questions_and_a_look_alike_is_read_beside_its_pair(
    data: Path, tokens: Tokenizer
) -> None:
    found = list(development.probes(FURTHER, data, tokens))
    assert {probe.source for probe in found} == {
        "near misses", "SQuAD, never trained on", "article", "wikinews", "lookalikes",
    }  # fmt: skip
    pair = {
        len({item.document.id for item in probe.passages}) for probe in found if probe.source == "lookalikes"
    }
    assert pair == {2}
    assert not {probe.kind for probe in found} & {"reasoning", "off_topic", "hostile", "follow_up"}
    dev = [probe for probe in found if probe.source == "near misses"]
    assert [probe.answers for probe in dev] == [("Ann Lee",), ()]
    by_source, by_kind = development.tables(
        found,
        {
            "one": np.array(
                [(n % 7, bool(probe.answers), 1, bool(probe.answers)) for n, probe in enumerate(found)], float
            )
        },
        Calibration(1.0, 0.0, 0.5),
    )
    assert by_source.row_count == len({probe.source for probe in found}) + 1
    assert by_kind.row_count > 10


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


@pytest.mark.slow(reason="a network is trained, interrupted and trained on")
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


@pytest.mark.slow(reason="the program reads every passage of the development articles")
def test_the_program_compares_the_weights_that_ship_where_none_are_named(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--data", str(data), "--work", str(tmp_path), "--every", "60"]
    config = str(Path(program.__file__).with_name("further.toml"))
    monkeypatch.setattr("sys.argv", ["training", "dev", "--config", config, *given])

    program.main()

    shown = capsys.readouterr().out
    assert WEIGHTS.name in shown
    assert "lookalikes" in shown
