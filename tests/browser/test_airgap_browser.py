"""`app.py`, asked in a real browser, with every socket but loopback refused."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, expect

from airgap import command, variables

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Served:
    process: "subprocess.Popen[str]"
    url: str
    log: Path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Run `app.py` as `make chat` does, in a folder that holds a corpus and no index yet."""
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"import runpy; runpy.run_path({str(ROOT / 'app.py')!r}, run_name='__main__')"
    log = tmp_path / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command(code),
            cwd=tmp_path,
            env=variables(tmp_path) | {"CITEWELL_PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        url = f"http://127.0.0.1:{port}/"
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            try:
                urllib.request.urlopen(f"{url}healthz", timeout=5).close()  # noqa: S310 - our own address
                break
            except (URLError, ConnectionError):
                time.sleep(0.2)
        yield Served(process, url, log)
        process.kill()
        process.wait()


def test_index_serve_ask_and_stop_without_a_network(served: Served, browser: Browser) -> None:
    assert served.process.poll() is None, served.log.read_text()
    page = browser.new_page()
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    page.goto(served.url)
    page.get_by_role("textbox").fill("How many people were arrested in Germany?")
    page.get_by_role("textbox").press("Enter")
    expect(page.get_by_text("The arrests were carried out in the United States (121)").first).to_be_visible()
    expect(page.locator("mark").first).to_contain_text("The arrests were carried out")
    assert [url for url in elsewhere if not url.startswith((served.url, "data:", "blob:"))] == []
    page.close()

    os.kill(served.process.pid, signal.SIGTERM)
    assert served.process.wait(20) == 0, served.log.read_text()
    log = served.log.read_text()
    assert "OPENED" not in log, log
    assert "LOOKED UP" not in log, log
