"""The whole main job with every socket but loopback refused, and no setting that says "offline"."""

import os
import subprocess
import sys
from pathlib import Path

GUARD = """
import socket, sys
def guard(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.bind"):
        address = arguments[1]
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost", ""):
            sys.stderr.write(f"OPENED {event} {address}\\n"); sys.stderr.flush()
            raise OSError("no network")
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "::1", "localhost", None):
        sys.stderr.write(f"LOOKED UP {arguments[0]}\\n"); sys.stderr.flush()
        raise socket.gaierror("no network")
sys.addaudithook(guard)
"""
ONLINE = {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "GRADIO_ANALYTICS_ENABLED"}


def offline(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run code with the guard on, and without a cache or a setting that would keep it from a hub."""
    variables = {name: value for name, value in os.environ.items() if name not in ONLINE}
    return subprocess.run(
        [sys.executable, "-c", GUARD + code],
        cwd=cwd,
        env=variables | {"HF_HOME": str(cwd / "no-cache"), "XDG_CACHE_HOME": str(cwd / "no-cache")},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
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
from citewell.cli import app
app(["index", "corpus"], standalone_mode=False)
answer = ask("How high did the tide rise at Kiel?")
assert answer.citations[0].quote == "The tide rose to 3.2 metres at Kiel on Monday.", answer
""",
        tmp_path,
    )
    assert "OPENED" not in done.stderr, done.stderr
    assert "LOOKED UP" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr


def test_serving_the_web_chat_opens_loopback_only(tmp_path: Path) -> None:
    done = offline(
        """
import httpx
from citewell.assistant import Assistant
from citewell.settings import Settings
from citewell.web import server
assistant = Assistant.from_text("The tide rose at Kiel.", settings=Settings(encoder="hashing"))
served = server.start(assistant, host="127.0.0.1", port=0)
try:
    assert httpx.get(served.url).status_code == 200
finally:
    served.close()
""",
        tmp_path,
    )
    assert "OPENED" not in done.stderr, done.stderr
    assert "LOOKED UP" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
