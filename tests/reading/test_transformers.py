"""Any model of the hub reads; what it is worth is measured, not believed."""

from pathlib import Path

import numpy as np
import pytest

import small_models
from citewell import plugins
from citewell.documents.document import document
from citewell.documents.passages import split
from citewell.errors import SettingsError
from citewell.evaluation import calibration
from citewell.reading.readers import transformers

TIDE = "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt. " * 12


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "finds": small_models.save(folder / "finds"),
        "judges": small_models.save(folder / "judges", small_models.LABELS),
        "grades": small_models.save(folder / "grades", ("good", "bad")),
    }


def test_the_best_span_ends_where_it_begins_or_later() -> None:
    starts, ends = np.array([0.0, 5.0, 1.0]), np.array([9.0, 2.0, 1.0])
    assert transformers.best_span(starts, ends, nothing=3.0) == (0, 0, 6.0)
    assert transformers.best_span(starts[1:], ends[1:], nothing=3.0) == (0, 0, 4.0)


def test_a_passage_longer_than_the_model_is_read_to_its_end(models: dict[str, Path]) -> None:
    reader = transformers.create(reader_model=str(models["finds"]), support_model=str(models["judges"]))
    article = document(TIDE, id="tide")
    (passage,) = split(article, plugins.load("encoders", "hashing").token_spans, max_tokens=4000)
    seen: list[int] = []
    inner = reader._model.forward  # noqa: SLF001

    def watched(**inputs: object) -> object:
        seen.append(len(inputs["input_ids"]))  # type: ignore[arg-type]
        return inner(**inputs)

    reader._model.forward = watched  # noqa: SLF001
    (reading,) = reader.read("How high did the tide rise?", [passage])
    assert seen[0] > 2  # windows of 64 tokens
    assert reading.evidence


def test_no_answer_lies_in_the_place(models: dict[str, Path]) -> None:
    reader = transformers.create(reader_model=str(models["finds"]), support_model=str(models["judges"]))
    named = document("Nobody was hurt. It rose.", id="a", title="The tide of the year at Kiel and at Bremen")
    (passage,) = split(named, plugins.load("encoders", "hashing").token_spans)
    for question in ("Who?", "How high did the tide rise?", "Was it at Kiel?"):
        span, _ = reader._best(question, passage)  # noqa: SLF001 - a reading has whole sentences besides
        assert span is not None
        assert 0 <= span.start < span.end <= len(passage.text)


def test_what_is_not_measured_is_answered_only_when_it_is_very_sure(models: dict[str, Path]) -> None:
    reader = transformers.create(reader_model=str(models["finds"]), support_model=str(models["judges"]))
    assert reader.calibration == transformers.UNMEASURED
    assert calibration.settings_file(reader).parent == transformers.CALIBRATIONS


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reader_model": "finds"}, "needs --support-model"),
        ({"support_model": "judges"}, "needs --reader-model"),
        ({"reader_model": "finds", "support_model": "grades"}, "has the labels good, bad"),
        ({"reader_model": "nothing", "support_model": "judges"}, "no model '.*nothing'"),
    ],
)
def test_a_model_that_is_not_there_or_not_of_its_kind_is_named(
    given: dict[str, str], message: str, models: dict[str, Path], tmp_path: Path
) -> None:
    named = {option: str(models.get(name, tmp_path / name)) for option, name in given.items()}
    with pytest.raises(SettingsError, match=message):
        plugins.load("readers", "transformers", **named)
