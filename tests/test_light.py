"""An installation without extras indexes and asks, and says what else needs which extra."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from light_requirements import FILES, light

ROOT = Path(__file__).parent.parent
SENTENCE = "The tide rose to 3.2 metres at Kiel on Monday."
# Every package that only an extra brings, by the names under which they are imported.
EXTRA = [
    *("anyio", "fastapi", "gradio", "h11", "starlette", "uvicorn"),
    *("safetensors", "sentence_transformers", "sklearn", "torch", "transformers"),
]
LIGHT = f"""
import sys
sys.modules.update(dict.fromkeys({EXTRA!r}))  # an import of one of them fails
from citewell.cli.commands import main
sys.argv = ["citewell", *sys.argv[1:]]
main()
"""


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", LIGHT, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@pytest.mark.slow(reason="four programs are started")
def test_an_installation_without_extras_indexes_and_asks(tmp_path: Path) -> None:
    (tmp_path / "tide.txt").write_text(f"{SENTENCE} Nobody was hurt.")

    indexed = run(tmp_path, "index", "tide.txt")
    assert indexed.returncode == 0, indexed.stderr
    asked = run(tmp_path, "ask", "How high did the tide rise at Kiel?", "--index", "index")
    assert asked.returncode == 0, asked.stderr
    assert SENTENCE in " ".join(asked.stdout.split())

    served = run(tmp_path, "serve", "--index", "index")
    assert (served.returncode, served.stdout) == (2, "")
    assert served.stderr.endswith("pip install 'citewell[web]'\n")
    read = run(tmp_path, "ask", "How high?", "--index", "index", "--reader", "transformers")
    assert read.returncode == 2
    assert read.stderr.endswith("pip install 'citewell[all]'\n")


def test_the_list_without_pytorch_is_of_today() -> None:
    for file in FILES:
        assert (ROOT / file).read_text(encoding="utf-8") == light(file)


def test_the_extras_hold_what_this_test_takes_away() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    brought = {
        line.partition(">")[0].replace("-", "_")
        for extra in ("models", "web")
        for line in project["optional-dependencies"][extra]
    }
    always = {line.partition(">")[0].replace("-", "_") for line in project["dependencies"]}
    assert brought - always == {*EXTRA} - {"safetensors", "sklearn"}  # those come with the others
