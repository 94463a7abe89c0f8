"""The wheel by itself: built, installed outside the clone, run in an empty folder without a network."""

import json
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from pathlib import Path

import pytest

import airgap
from citewell.documents.sample import NOTICE

ROOT = Path(__file__).parents[1]
QUESTION = "How many vendors were arrested?"
SENTENCE = (
    "As a result, 179 vendors who engaged in tens of thousands of sales of illicit good were arrested across "
    "Europe and the United States."
)
START, END = 665, 798

pytestmark = pytest.mark.slow(reason="a wheel is built and installed, and each program loads the models anew")


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed `citewell`; what it depends on is borrowed from the environment of the tests."""
    wheels, place = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("outside")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = wheels.glob("*.whl")
    venv.create(place, with_pip=False)
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python")]
    install = [*pip, "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    (packages,) = place.glob("lib/python*/site-packages")
    # Its own packages come first, and no editable install of the tests' environment is followed.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    (packages / "sitecustomize.py").write_text(airgap.GUARD)
    return place / "bin" / "citewell"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """An empty folder outside the clone."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def environment(folder: Path) -> dict[str, str]:
    """Return an environment that knows neither the clone nor a cache."""
    kept = {name: value for name, value in airgap.variables(folder.parent).items() if name != "PYTHONPATH"}
    return {name: value for name, value in kept.items() if not name.startswith("CITEWELL_")}


def run(command: Path, folder: Path, *words: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the command in a folder; it opens no socket, and leaves nothing in the folder."""
    done = subprocess.run(
        [command, *words],
        cwd=folder,
        env=environment(folder),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "OPENED" not in done.stderr
    assert "LOOKED UP" not in done.stderr
    assert list(folder.iterdir()) == []
    return done


def test_a_question_is_answered_from_the_sample_which_is_said_first(command: Path, empty: Path) -> None:
    asked = run(command, empty, "ask", QUESTION)
    assert asked.returncode == 0, asked.stderr
    assert asked.stderr.splitlines() == [NOTICE]
    shown = " ".join(asked.stdout.split())
    assert shown.startswith(f"{SENTENCE} [1]")
    assert f"[1] Operation DisrupTor, characters {START} to {END}" in shown
    (article,) = command.parents[1].rglob("operation-disruptor.txt")
    assert article.read_text(encoding="utf-8")[START:END] == SENTENCE


def test_an_index_that_was_named_and_is_not_there_is_an_error(command: Path, empty: Path) -> None:
    asked = run(command, empty, "ask", QUESTION, "--index", "mine")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.startswith("citewell: no index in mine; build one")


def test_the_chat_of_the_terminal_answers_from_the_sample(command: Path, empty: Path) -> None:
    chatted = run(command, empty, "chat", typed=f"{QUESTION}\n\n")
    assert chatted.returncode == 0, chatted.stderr
    assert chatted.stderr.splitlines()[0] == NOTICE
    assert "179 vendors" in chatted.stdout


def test_the_web_chat_answers_from_the_sample_over_http(command: Path, empty: Path) -> None:
    with subprocess.Popen(
        [command, "serve", "--port", "0"],
        cwd=empty,
        env=environment(empty),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout
        assert served.stderr
        try:
            line = served.stdout.readline()
            assert line.startswith("citewell is on "), served.stderr.read()
            url = line.split()[3]
            assert "answering from the sample article" in fetch(url)
            event = json.loads(fetch(f"{url}gradio_api/call/ask", {"data": [QUESTION, [], ""]}))["event_id"]
            (answer,) = json.loads(fetch(f"{url}gradio_api/call/ask/{event}").partition("data: ")[2])
            assert answer["short"] == "179"
            assert answer["citations"][0]["document_title"] == "Operation DisrupTor"
        finally:
            served.terminate()
        said = served.stderr.read()
    assert NOTICE in said
    assert "OPENED" not in said
    assert list(empty.iterdir()) == []


def fetch(url: str, body: object = None) -> str:
    """Return what an address of our own server answers, to a body in JSON where one is given."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
        text: str = response.read().decode()
        return text
