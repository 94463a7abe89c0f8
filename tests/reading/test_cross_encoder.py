"""The trained reader, with its shipped weights."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnxruntime
import pytest

from citewell import plugins
from citewell.documents.document import document
from citewell.documents.passages import Passage
from citewell.errors import SettingsError
from citewell.reading.readers.cross_encoder import (
    MAX_TOKENS,
    WEIGHTS,
    CrossEncoderReader,
    create,
    map_in_parallel,
)
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from training import report

TIDE = (
    "The tide rose to 3.2 metres at Kiel on Monday. Boats from Denmark (4), Sweden (12) and Norway (7) were "
    "lost, said Ann Lee, who leads the port. The police did not arrest anyone."
)


@pytest.fixture(scope="module")
def reader() -> CrossEncoderReader:
    return create()


def whole(text: str) -> Passage:
    article = document(text, id="a")
    return Passage(article, 0, len(article.text), tuple(sentences(article.text)))


def short(reader: CrossEncoderReader, question: str, text: str = TIDE) -> str:
    passage = whole(text)
    (found,) = reader.read(question, [passage])
    return " | ".join(passage.text[span.start : span.end] for span in found.short)


# What is read


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How high did the tide rise?", "3.2 metres"),
        ("Where did the tide rise on Monday?", "Kiel"),
        ("How many boats from Sweden were lost?", "12"),
        ("Who leads the port?", "Ann Lee"),
    ],
)
def test_the_short_answer_is_found(reader: CrossEncoderReader, question: str, answer: str) -> None:
    assert short(reader, question) == answer


def test_a_question_without_an_answer_scores_below_one_with(reader: CrossEncoderReader) -> None:
    (answered,) = reader.read("How high did the tide rise?", [whole(TIDE)])
    for asked in ("How high did the tide rise at Bremen in 1962?", "Who won the chess tournament?"):
        (unanswered,) = reader.read(asked, [whole(TIDE)])
        assert unanswered.score < answered.score


def test_the_passage_that_the_question_is_about_is_more_relevant(reader: CrossEncoderReader) -> None:
    about, other = reader.read(
        "How high did the tide rise?", [whole(TIDE), whole("Parliament passed a law on tax.")]
    )
    assert about.relevance > other.relevance


def test_an_answer_far_down_a_long_passage_is_found(reader: CrossEncoderReader) -> None:
    filler = "Nothing else happened in the town that week, and the shops were open as ever. " * 60
    text = filler + TIDE
    passage = whole(text)
    (found,) = reader.read("How high did the tide rise?", [passage])
    assert [passage.text[span.start : span.end] for span in found.short] == ["3.2 metres"]
    assert found.evidence == (
        next(span for span in passage.sentences if "tide rose" in passage.text[span.start : span.end]),
    )


def test_what_is_found_in_a_passage_does_not_hang_on_the_others(reader: CrossEncoderReader) -> None:
    passages = [whole(TIDE), whole("Parliament passed a law."), whole(TIDE * 2), whole("x")]
    together = reader.read("How high did the tide rise?", passages)
    assert together == [reader.read("How high did the tide rise?", [passage])[0] for passage in passages]


def test_a_pair_is_run_once_and_read_alike_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = create()
    run, runs = onnxruntime.InferenceSession.run, list[int]()

    def counted(self: onnxruntime.InferenceSession, *given: Any) -> Any:
        runs.append(1)
        return run(self, *given)

    monkeypatch.setattr(onnxruntime.InferenceSession, "run", counted)
    passages = [whole(TIDE), whole(TIDE[:47]), whole(f"{TIDE} Nobody was hurt.")]
    first = reader.read("How high did the tide rise?", passages)
    assert len(runs) == 3
    assert reader.read("How high did the tide rise?", passages[::-1]) == first[::-1]
    assert len(runs) == 3
    # The same tokens, parted elsewhere, are another pair.
    assert reader.judge([("The tide rose.", "It did.")]) != reader.judge([("The tide rose. It", "did.")])
    assert create().read("How high did the tide rise?", passages[1:]) == first[1:]


def test_results_come_in_the_order_of_the_items_whatever_their_size() -> None:
    items = [3, 1, 2, 9, 9, 0]
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        return -item

    found = map_in_parallel(work, items, size=lambda item: item)
    assert found == [-item for item in items]
    assert sorted(begun) == sorted(items)
    assert begun[0] == 9


def test_characters_outside_the_plane_keep_their_places(reader: CrossEncoderReader) -> None:
    assert short(reader, "How high did the tide rise?", "👩‍👩‍👧 𝔘h. " + TIDE) == "3.2 metres"


def test_a_question_longer_than_the_network_reads_leaves_room_for_the_passage(
    reader: CrossEncoderReader,
) -> None:
    (found,) = reader.read("How high did the tide rise? " + "Please tell me. " * 200, [whole(TIDE)])
    assert found.evidence
    assert MAX_TOKENS == 256


# The place in front of what is read

HARBOUR = "The harbour earned 14 million crowns last year. Its director is Karl Vik."


def named(title: str, text: str = HARBOUR) -> Passage:
    passage = whole(text)
    return replace(passage, document=replace(passage.document, title=title))


def test_a_passage_of_what_the_question_names_is_surer(reader: CrossEncoderReader) -> None:
    passages = [named(f"Report of {name} Harbour") for name in ("Lund", "Moss", "Hamar")]
    for place, name in enumerate(("Lund", "Moss", "Hamar")):
        found = reader.read(f"Who is the director of {name} Harbour?", passages)
        assert max(range(3), key=lambda at: found[at].score) == place


def test_no_answer_lies_in_the_place(reader: CrossEncoderReader) -> None:
    passage = named("Karl Vik is the director of Lund Harbour", "The harbour earned 14 million crowns.")
    (found,) = reader.read("Who is the director of Lund Harbour?", [passage])
    assert all(passage.start <= span.start < span.end <= passage.end for span in found.short)
    assert "Vik" not in "".join(passage.text[span.start : span.end] for span in found.short)


def test_the_place_stands_in_front_of_every_window(reader: CrossEncoderReader) -> None:
    filler = "Nothing else happened in the town that week, and the shops were open as ever. " * 60
    passages = [named(f"Report of {name} Harbour", filler + HARBOUR) for name in ("Lund", "Moss")]
    own, other = reader.read("Who is the director of Lund Harbour?", passages)
    assert own.evidence == other.evidence
    assert own.score > other.score


# What is supported

SENTENCE = "Police in Germany arrested 42 people in September, and seized 500 kilograms of drugs."


@pytest.mark.parametrize(
    ("statement", "proved"),
    [
        ("Police in Germany arrested 42 people in September.", True),
        ("500 kilograms of drugs were seized.", True),
        ("Police in Germany arrested 24 people in September.", False),
        ("Police in Sweden arrested 42 people in September.", False),
        ("Police in Germany did not arrest 42 people in September.", False),
        ("The president resigned in September.", False),
    ],
)
def test_a_statement_is_supported_or_not(reader: CrossEncoderReader, statement: str, proved: bool) -> None:  # noqa: FBT001
    (share,) = reader.supports([(statement, SENTENCE)])
    assert (share >= 0.5) is proved


# The files


def test_the_weights_are_small_and_their_card_says_what_was_measured() -> None:
    assert (WEIGHTS / "reader.onnx").stat().st_size < 40e6
    figures = json.loads((WEIGHTS / "figures.json").read_text(encoding="utf-8"))
    assert (WEIGHTS / "MODEL_CARD.md").read_text(encoding="utf-8") == report.card(figures)


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    shutil.copytree(WEIGHTS, tmp_path / "weights")
    with (tmp_path / "weights" / "tokenizer.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(
        SettingsError, match=r"tokenizer\.json has SHA-256 [0-9a-f]{64}, wanted [0-9a-f]{64}: install"
    ):
        plugins.load("readers", "cross_encoder", folder=str(tmp_path / "weights"))


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json", "SHA256SUMS"])
def test_missing_weights_are_named(tmp_path: Path, name: str) -> None:
    shutil.copytree(WEIGHTS, tmp_path, dirs_exist_ok=True)
    (tmp_path / name).unlink()
    with pytest.raises(SettingsError, match="holds no reader's weights"):
        create(folder=str(tmp_path))


def test_no_torch_is_needed_to_read() -> None:
    code = (
        "import sys; from citewell.reading.readers.cross_encoder import create; from citewell.text.spans "
        "import Span;"
        "from citewell.documents.document import document; from citewell.documents.passages import Passage;"
        "article = document('The tide rose to 3.2 metres.', id='a');"
        "passage = Passage(article, 0, 28, (Span(0, 28),));"
        "print(create().read('How high did the tide rise?', [passage])[0].short);"
        "print('torch' in sys.modules, 'transformers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"({Span(17, 27)},)", "False False"]
