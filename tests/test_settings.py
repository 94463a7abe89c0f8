import re
from inspect import signature
from pathlib import Path
from typing import get_type_hints

import pytest

from citewell import plugins
from citewell.assistant import Assistant
from citewell.errors import SettingsError
from citewell.options import Options
from citewell.settings import GENERATOR_OPTIONS, Settings, choose, settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CITEWELL_THRESHOLD")  # that of all tests


def test_arguments_outrank_the_environment_and_that_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("citewell.toml").write_text("passages = 3\nport = 1\nthreshold = 0.25\n")
    monkeypatch.setenv("CITEWELL_PORT", "2")
    monkeypatch.setenv("CITEWELL_PASSAGES", "4")
    chosen = settings(passages=5)
    assert (chosen.passages, chosen.port, chosen.threshold) == (5, 2, 0.25)


def test_an_argument_that_is_none_is_not_given() -> None:
    assert settings(port=None).port == 7860


def test_a_wrong_key_in_the_file_names_the_right_one() -> None:
    Path("citewell.toml").write_text("treshold = 0.5\n")
    with pytest.raises(SettingsError, match=r"unknown setting 'treshold'.*did you mean 'threshold'"):
        settings()


def test_a_wrong_key_in_the_environment_names_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_PASAGES", "4")
    with pytest.raises(SettingsError, match=r"CITEWELL_PASAGES.*did you mean 'passages'"):
        settings()


def test_a_wrong_value_is_named_with_what_was_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_THRESHOLD", "1.5")
    with pytest.raises(SettingsError, match=r"'threshold' is '1.5': input should be less than or equal to 1"):
        settings()


def test_a_file_that_is_no_toml_is_named() -> None:
    Path("citewell.toml").write_text("port = = 3\n")
    with pytest.raises(SettingsError, match=r"citewell\.toml cannot be read"):
        settings()


@pytest.mark.parametrize("option", GENERATOR_OPTIONS)
def test_the_default_that_an_option_of_generators_names_is_that_of_every_one_that_takes_it(
    option: str,
) -> None:
    named = re.search(r"\[(.*)\]", Settings.model_fields[option].description or "")
    doors = {name: plugins.door("generators", name) for name in ("llama_cpp", "openai_chat")}
    defaults = {
        name: signature(create).parameters[option].default
        for name, create in doors.items()
        if plugins.takes(create, option)
    }
    assert defaults
    if named and option == "grammar":
        assert named[1] == ", ".join(f"{name}: {'yes' if on else 'no'}" for name, on in defaults.items())
    elif named and option != "models_folder":  # of the user's own
        assert set(defaults.values()) == {type(next(iter(defaults.values())))(named[1])}
    else:
        assert set(defaults.values()) <= {"", None}


def test_every_setting_but_the_index_is_a_keyword_of_its_type() -> None:
    fields = {name: field.annotation for name, field in Settings.model_fields.items() if name != "index"}
    assert {name: kind | None for name, kind in fields.items() if kind} == get_type_hints(Options)


def test_what_is_typed_overrides_settings_given_whole_and_the_rest_of_them_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CITEWELL_PASSAGES", "4")
    base = settings(threshold=0.25, port=1)
    chosen = choose(base, threshold=0.5, port=None)
    assert (chosen.threshold, chosen.port, chosen.passages) == (0.5, 1, 4)


def test_a_plugin_is_given_no_setting_that_it_does_not_take_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_MODEL", "qwen.gguf")  # for another generator
    assistant = Assistant.from_text("It rose.", encoder="hashing", threshold=0)
    assert (assistant.encoder.name, assistant.threshold) == ("hashing-512", 0)
    with pytest.raises(SettingsError, match="the generator 'extractive' takes no 'model'; leave it out"):
        Assistant.from_text("It rose.", encoder="hashing", model="qwen.gguf")
    with pytest.raises(SettingsError, match="the reader 'similarity' takes no 'reader_model'"):
        Assistant.from_text("It rose.", encoder="hashing", reader="similarity", reader_model="mine")
    with pytest.raises(SettingsError, match=r"unknown setting 'treshold'; did you mean 'threshold'"):
        Assistant.from_text("It rose.", treshold=0)  # type: ignore[call-arg]
