"""The whole main job with every socket but loopback refused, and no setting that says "offline".

The part with a real browser stands in `browser/test_airgap_browser.py`.
"""

import subprocess
from pathlib import Path

from airgap import command, variables


def offline(code: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run code with the guard on."""
    return subprocess.run(
        command(code), cwd=cwd, env=variables(cwd), capture_output=True, text=True, check=False, timeout=240
    )


def test_the_guard_sees_a_connection(tmp_path: Path) -> None:
    seen = offline("import socket; socket.create_connection(('192.0.2.1', 80), 1)", tmp_path)
    assert "OPENED" in seen.stderr or "LOOKED UP" in seen.stderr


def test_index_ask_and_chat_open_no_socket(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "tide.txt").write_text(
        "The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt."
    )
    done = offline(
        """
from citewell import ask
from citewell.cli.commands import app
app(["index", "corpus"], standalone_mode=False)
answer = ask("How high did the tide rise at Kiel?")
assert answer.citations[0].quote == "The tide rose to 3.2 metres at Kiel on Monday.", answer
""",
        tmp_path,
    )
    assert "OPENED" not in done.stderr, done.stderr
    assert "LOOKED UP" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
