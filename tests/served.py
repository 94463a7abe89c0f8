"""Run the server as a process of its own, as somebody at a command line does, and watch what it prints."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from citewell import storage
from small_index import RECIPE, write

LIGHT = {"CITEWELL_ENCODER": "hashing", "CITEWELL_READER": "similarity"}


@dataclass(frozen=True, slots=True)
class Served:
    """A server.

    Attributes:
        process: It.
        url: Where it answers, with a slash at the end.
        log: What it has written to stdout and stderr.
    """

    process: "subprocess.Popen[bytes]"
    url: str
    log: Path

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(urlsplit(self.url).port or 0)

    def is_well(self) -> bool:
        """Whether it runs and answers."""
        if self.process.poll() is not None:
            return False
        with urllib.request.urlopen(f"{self.url}healthz", timeout=60) as response:  # noqa: S310 - our own
            return bool(json.load(response)["status"] == "ok")

    def said(self) -> str:
        """What it has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serving(folder: Path, *options: str, **variables: str) -> Iterator[Served]:
    """Run `citewell serve` in a folder, on an index of two small articles if there is none."""
    index, log = folder / "index", folder / "log"
    if not index.exists():
        storage.update(index, [write(folder / "corpus")], RECIPE)
    environment = os.environ | LIGHT | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | variables
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "citewell", "serve", "--port", "0", "--index", str(index), *options],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Served(process, opened(process, log), log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def opened(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Wait until the server says where it is."""
    ends = time.monotonic() + 240
    while time.monotonic() < ends and process.poll() is None:
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("citewell is on "):
                return line.split()[3]
        time.sleep(0.1)
    message = f"the server did not open: {log.read_text(encoding='utf-8', errors='replace')}"
    raise AssertionError(message)
