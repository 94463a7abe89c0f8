"""What is read for a page ends with the page, and with the server; a real server and a real browser."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import hostile

ROOT = Path(__file__).parent.parent.parent
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow(reason="a real server reads a page of 18 MB for a real browser, twice"),
]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of its own, and its address."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "tide.txt").write_text("The tide rose to 3.2 metres.\n\nNobody was hurt.\n")
    variables = {"CITEWELL_ENCODER": "hashing", "CITEWELL_READER": "similarity", "CITEWELL_PORT": "0"}
    with subprocess.Popen(
        [sys.executable, ROOT / "app.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **variables, "CITEWELL_OWN_SECONDS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as program:
        assert program.stdout is not None
        yield program, program.stdout.readline().split()[3]
        program.kill()


def readers(program: subprocess.Popen[str]) -> list[str]:
    """Return the processes that read for a server."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [row.split(maxsplit=3) for row in listed.stdout.splitlines()]
    return [
        pid
        for pid, _, state, words in rows
        if "citewell.documents.reading_process" in words and state[0] != "Z" and is_of(program, pid)
    ]


def is_of(program: subprocess.Popen[str], pid: str) -> bool:
    """Whether a process was started by a server; one whose parent has died is the session's own still."""
    parent = subprocess.run(["ps", "-o", "ppid=", "-p", pid], capture_output=True, text=True, check=False)  # noqa: S607
    return parent.stdout.strip() in {str(program.pid), "1"}


def until(wanted: bool, program: subprocess.Popen[str], seconds: float) -> float:  # noqa: FBT001
    """Wait until there are readers, or none; return how long that took."""
    began = time.monotonic()
    while bool(readers(program)) is not wanted:
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


def test_reading_ends_with_the_page_and_with_the_server(
    served: tuple[subprocess.Popen[str], str], browser: Browser, tmp_path: Path
) -> None:
    program, url = served
    file = hostile.write(tmp_path, "page.html")
    for ends in ("page", "server"):
        page = browser.new_page()
        page.goto(url)
        page.get_by_role("button", name="Your own article").click()
        page.set_input_files("#add-files", file)
        until(True, program, 60)  # noqa: FBT003
        if ends == "page":
            page.close()
            until(False, program, 20)  # noqa: FBT003
        else:
            began = time.monotonic()
            program.send_signal(signal.SIGTERM)
            assert program.wait(20) == 0
            assert time.monotonic() - began < 5
            until(False, program, 2)  # noqa: FBT003
            page.close()
