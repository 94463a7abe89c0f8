"""SIGTERM ends a server within five seconds, whatever is being done, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.unix("SIGTERM")

# `close` waits for what does not end, as it would for a thread in a parser that lets nobody else run.
STUCK = """
import time
from citewell.web import server
from citewell.web.access import Access

server.Running.close = lambda self: time.sleep(60)
server.serve(lambda: time.sleep(60), Access())
"""


def test_a_server_that_cannot_finish_is_ended_and_leaves_nothing(tmp_path: Path) -> None:
    started = subprocess.Popen(
        [sys.executable, "-c", STUCK],
        env=os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stderr is not None
    assert "listening on" in started.stderr.readline()
    began = time.monotonic()
    started.send_signal(signal.SIGTERM)

    assert started.wait(20) == 0
    # Slack for a busy computer: without the end by force it is a minute.
    assert time.monotonic() - began < 10
    started.stderr.close()
    assert list(tmp_path.iterdir()) == []
