"""What is written for other programs: SQuAD's own script finds our figures, and ragas its keys."""

import json
import re
import string
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from citewell.assistant import Assistant
from citewell.cli.evaluate import evaluate as command
from citewell.errors import ReportError
from citewell.evaluation import beir, predictions, squad
from citewell.evaluation.report import Report
from citewell.evaluation.run import Search, evaluate, judge

TIDE = "The tide rose to 4 metres at Kiel. Nobody was hurt. The mayor closed the bridge at noon."
ASKED: tuple[tuple[str, str, str], ...] = (
    ("one", "How high did the tide rise at Kiel?", "4 metres"),
    ("two", "Who closed the bridge at noon?", "The mayor of Oslo"),
    ("three", "hello", "Nobody"),
    ("four", "thanks", ""),
    ("five", "When did the mayor close the bridge?", ""),
)
# The keys of SingleTurnSample that are no strings, in ragas 0.4.3.
LISTS = {"retrieved_contexts", "retrieved_context_ids", "reference_contexts"}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQuAD: of the answers given one is right, one is half right and one should not be given."""
    text = f"{TIDE} The mayor of Oslo slept."
    qas = [
        {
            "id": id_,
            "question": question,
            "answers": [{"text": said, "answer_start": text.index(said)}] if said else [],
            "is_impossible": not said,
        }
        for id_, question, said in ASKED
    ]
    path = tmp_path_factory.mktemp("squad") / "dev.json"
    path.write_text(json.dumps({"data": [{"title": "Sea", "paragraphs": [{"context": text, "qas": qas}]}]}))
    return path


@pytest.fixture(scope="module")
def report(file: Path) -> Report:
    asked = squad.read(file)
    assistant = Assistant.from_documents(asked.documents, encoder="hashing", reader="similarity", threshold=0)
    return evaluate(asked.questions, assistant, asked.documents, search=Search.of(assistant))


def official(data: Mapping[str, Any], said: Mapping[str, str], no_answer: Mapping[str, float]) -> float:
    """Return F1 as evaluate-v2.0.py counts it, in its own order, at its threshold of 1."""
    scores = {}
    for qa in (qa for article in data["data"] for part in article["paragraphs"] for qa in part["qas"]):
        gold = [answer["text"] for answer in qa["answers"] if words(answer["text"])] or [""]
        raw = max(overlap(words(answer), words(said[qa["id"]])) for answer in gold)
        scores[qa["id"]] = float(not qa["answers"]) if no_answer[qa["id"]] > 1 else raw
    return sum(scores.values()) / len(scores)


def words(text: str) -> list[str]:
    bare = "".join(character for character in text.lower() if character not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def overlap(gold: list[str], said: list[str]) -> float:
    if not gold or not said:
        return float(gold == said)
    same = sum((Counter(gold) & Counter(said)).values())
    return 2 * same / (len(gold) + len(said))


def test_squads_own_script_finds_our_f1_in_the_file(file: Path, report: Report, tmp_path: Path) -> None:
    made = predictions.files(report, tmp_path / "said.json", predictions.Format.SQUAD)
    said, no_answer = (json.loads(text()) for text in made.values())
    assert [path.name for path in made] == ["said.json", "said.na_prob.json"]
    assert list(said) == list(no_answer) == [id_ for id_, _, _ in ASKED]
    assert (said["one"], said["three"], said["four"]) == ("4 metres", "", "")
    assert all(0 <= value <= 1 for value in no_answer.values())
    assert no_answer["three"] == 1 > no_answer["one"]
    ours: Any = report.to_dict()
    assert official(json.loads(file.read_text()), said, no_answer) == pytest.approx(ours["overall"]["f1"])
    assert 0 < ours["overall"]["f1"] < 1


def test_ragas_finds_its_keys_and_the_passages_that_were_found(report: Report, tmp_path: Path) -> None:
    ((_, text),) = predictions.files(report, tmp_path / "said.jsonl", predictions.Format.RAGAS).items()
    samples = [json.loads(line) for line in text().splitlines()]
    assert [sample["user_input"] for sample in samples] == [question for _, question, _ in ASKED]
    for sample in samples:
        assert {key for key, value in sample.items() if isinstance(value, list)} == LISTS
        assert all(isinstance(value, str) for key, value in sample.items() if key not in LISTS)
        assert all(part in f"{TIDE} The mayor of Oslo slept." for part in sample["retrieved_contexts"])
    first, last = samples[0], samples[-1]
    assert first["response"] == "The tide rose to 4 metres at Kiel."
    assert (first["reference"], first["reference_contexts"]) == ("4 metres", [first["response"]])
    assert first["retrieved_contexts"]
    assert (last["reference"], last["reference_contexts"]) == ("The article does not say.", [])


def test_a_question_that_could_not_be_asked_stands_in_no_file(report: Report, tmp_path: Path) -> None:
    first, *others = report.records
    failed = Report([{**first, "prediction": None, "error": "broken"}, *others], report.passages)
    for form in predictions.Format:
        made = predictions.files(failed, tmp_path / "said.json", form)
        assert all("one" not in text() and "4 metres?" not in text() for text in made.values())


def test_a_ranking_has_no_predictions(report: Report, tmp_path: Path) -> None:
    queries = beir.JudgedQueries("b", "", (), {"q": "Did it rise?"}, {"q": {"d": 1}})
    ranked = judge(queries, Search([], lambda *_: []))
    assert report.records
    with pytest.raises(ReportError, match=r"said\.json: nothing was answered"):
        predictions.files(ranked, tmp_path / "said.json", predictions.Format.SQUAD)


def test_the_command_writes_both(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CITEWELL_ENCODER", "hashing")
    run: Callable[..., None] = command
    for form, name in ((predictions.Format.SQUAD, "said.json"), (predictions.Format.RAGAS, "said.jsonl")):
        run(file, said=tmp_path / name, said_as=form, reader="similarity")
    assert "overall.f1" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "said.json",
        "said.jsonl",
        "said.na_prob.json",
    ]
    assert len((tmp_path / "said.jsonl").read_text().splitlines()) == len(ASKED)
