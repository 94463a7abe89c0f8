"""Run code with every socket but loopback refused, and told on stderr."""

import os
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


def command(code: str) -> list[str]:
    """Return the command that runs code with the guard on."""
    return [sys.executable, "-c", GUARD + code]


def variables(folder: Path) -> dict[str, str]:
    """Return an environment without a cache or a setting that would keep anything from a hub."""
    kept = {name: value for name, value in os.environ.items() if name not in ONLINE}
    return kept | {"HF_HOME": str(folder / "no-cache"), "XDG_CACHE_HOME": str(folder / "no-cache")}
