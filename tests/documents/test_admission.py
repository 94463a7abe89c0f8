"""What of a file can be read is read; what cannot is told, and what was decoded wrongly is refused."""

import json
from pathlib import Path

import pytest

from citewell.documents.loading import Loaded, load

ROSE = "The tide rose on Tuesday, and nobody was hurt."


def loaded(folder: Path, name: str, data: bytes | str) -> Loaded:
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return load([folder / name])


def lines(*texts: str) -> str:
    return "\n".join(json.dumps({"text": text}) for text in texts)


def told(found: Loaded) -> list[str]:
    return [warned.text for warned in found.warnings]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.html"])
def test_the_guess_of_an_encoding_is_told_in_every_kind_of_text(name: str, tmp_path: Path) -> None:
    text = "El puente está cerrado desde el viernes. ¿Dónde está la señora?"
    whole = {"a.csv": f"text\n{text}\n{text}\n", "a.html": f"<p>{text}</p>" * 5}.get(name, text)
    found = loaded(tmp_path, name, whole.encode("cp1252"))

    assert text in found.documents[0].text
    assert told(found) == ["read as cp1252 (guessed: it is not UTF-8 and names no encoding that is true)"]


def test_bad_lines_are_named_and_the_others_are_read(tmp_path: Path) -> None:
    found = loaded(tmp_path, "a.jsonl", f"{lines(ROSE)}\n{{\n{lines(ROSE + ' Twice.')}")

    assert [document.id for document in found.documents] == ["a/1", "a/3"]
    assert told(found)[0].startswith("left out: line 2: is not JSON")


def test_a_file_without_one_good_line_is_refused_with_the_first_reason(tmp_path: Path) -> None:
    found = loaded(tmp_path, "a.jsonl", "{\n[")

    assert found.failures[0].reason.startswith("line 1: is not JSON")


def test_the_first_of_many_bad_lines_are_named_and_the_others_are_counted(tmp_path: Path) -> None:
    found = loaded(tmp_path, "a.jsonl", f"{lines(ROSE)}\n" + "{\n" * 50)

    assert len(found.warnings) == 21
    assert told(found)[-1] == "left out: 30 more"


def test_an_article_without_a_word_is_left_out_of_many_and_refused_alone(tmp_path: Path) -> None:
    found = loaded(tmp_path, "a.jsonl", lines(ROSE, " ... "))

    assert told(found) == ["left out: article 2 of 2 holds no text; an article needs at least one word"]
    assert "holds no text" in loaded(tmp_path, "b.jsonl", lines(" ... ")).failures[0].reason


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "mac_roman"])
def test_text_that_was_decoded_wrongly_is_refused(encoding: str, tmp_path: Path) -> None:
    text = "Le café de la gare est fermé depuis l'été.".encode().decode(encoding)
    (failure,) = loaded(tmp_path, "a.txt", text).failures

    assert "decoded wrongly" in failure.reason
    assert "save it as UTF-8" in failure.reason


def test_of_many_articles_the_one_that_was_decoded_wrongly_is_left_out(tmp_path: Path) -> None:
    found = loaded(tmp_path, "a.jsonl", lines(ROSE, "Le cafÃ© est fermÃ©."))

    assert [document.text for document in found.documents] == [ROSE]
    assert told(found)[0].startswith("left out: article 2 of 2 holds text that was decoded wrongly")


def test_a_place_that_was_decoded_wrongly_is_told_and_the_text_stays_as_it_is(tmp_path: Path) -> None:
    text = f"Who reads “é” as Windows-1252 sees “Ã©”. {ROSE} “So it is”, “says” she – “é”, “à”, “ö”, “ü”."
    found = loaded(tmp_path, "a.txt", text)

    assert found.documents[0].text == text
    assert told(found) == ["1 places look decoded wrongly, as in 'Ã©'"]
