"""Run the clone as a Hugging Face Space does: its requirements alone, then app.py, then a question over HTTP.

python tests/space.py       # installs into a new environment, which takes minutes and needs pip's index
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PARTS = ("app.py", "requirements.txt", "src", "corpus")
QUESTION = "How many vendors were arrested?"


def main() -> None:
    """Install, run, ask and print the answer."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        venv.create(place / "env", with_pip=True)
        python = place / "env" / "bin" / "python"
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run(
            [*install, "-r", ROOT / "requirements.txt", "-c", ROOT / "constraints.txt"], check=True
        )
        told = answer(python, place)
    print(f"{told['short']}: {told['text']}")  # noqa: T201  # the result
    sys.exit(told["short"] != "179")


def answer(python: Path, place: Path, more: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what the Space answers to QUESTION.

    Args:
        python: The interpreter, whose environment has what the requirements name.
        place: An empty folder; what a Space copies is copied into it.
        more: What is set in the environment besides.
    """
    clone = place / "space"
    clone.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, clone / part)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CITEWELL_", "PYTHON"))}
    # The host is a Space's own, and would let others in.
    given = {"SPACE_ID": "ann/citewell", "GRADIO_SERVER_NAME": "127.0.0.1", "CITEWELL_PORT": "0"}
    with subprocess.Popen(
        [python, "app.py"],
        cwd=clone,
        env={**kept, **given, **(more or {})},
        stdout=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout
        try:
            line = served.stdout.readline()
            assert line.startswith("citewell is on "), line
            return fetch(f"{line.split()[3]}v1/ask", {"question": QUESTION})
        finally:
            served.terminate()


def fetch(url: str, body: object) -> dict[str, Any]:
    """Return what an address of our own server answers to a body."""
    sent = json.dumps(body).encode()
    request = urllib.request.Request(url, sent, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=120) as response:  # noqa: S310
        told: dict[str, Any] = json.load(response)
        return told


if __name__ == "__main__":
    main()
