"""Milvus for the tests: a file, a server of milvus-lite, and stores in them."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from citewell.errors import ServerError
from citewell.index.milvus.client import Server
from citewell.index.milvus.store import MilvusStore

# The address of a server that is there already: the tests then run on it (tests/index/test_milvus_server.py).
GIVEN = os.environ.get("MILVUS_OF_TESTS", "")


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def lite_server(folder: Path) -> Iterator[str]:
    """Run milvus-lite as a server of its own, for several processes; yield its address."""
    if GIVEN:
        yield GIVEN
        return
    port = free_port()
    command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", str(folder), "--port", str(port)]
    with subprocess.Popen([*command, "--host", "127.0.0.1"], stderr=subprocess.DEVNULL) as process:
        try:
            uri = f"http://127.0.0.1:{port}"
            wait_for(uri)
            yield uri
        finally:
            process.terminate()
            process.wait(20)


def wait_for(uri: str, seconds: float = 60) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            Server(uri)
        except ServerError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def new_store(uri: str) -> MilvusStore:
    """Return an index that is not there yet."""
    return MilvusStore(uri, f"test_{secrets.token_hex(4)}")


def other_reader(store: MilvusStore) -> MilvusStore:
    """Return what another process has: the address and the name."""
    return replace(store)
