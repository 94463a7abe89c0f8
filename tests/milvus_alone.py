"""Run a command beside a Milvus server in a network namespace of its own, in which there is only 127.0.0.1.

    unshare --net --map-root-user python tests/milvus_alone.py FOLDER COMMAND...

Milvus 2.3.5 listens on every address and cannot be told otherwise; in the namespace there is no other. The
command finds the server's address in MILVUS_OF_TESTS.
"""

import os
import subprocess
import sys
from pathlib import Path

PORT = 19530
PARTS = ("rootCoord", "proxy", "queryCoord", "queryNode", "indexCoord", "indexNode", "dataCoord", "dataNode")


def main(folder: Path, command: list[str]) -> int:
    """Start the server, run the command, stop the server; return the command's exit status."""
    # Where the server is not installed, this file is still read with the other tests.
    from milvus import MilvusServer, MilvusServerConfig  # noqa: PLC0415

    subprocess.run(["/usr/bin/env", "ip", "link", "set", "lo", "up"], check=True)
    server = MilvusServer(MilvusServerConfig(data_dir=str(folder), proxy_port=PORT))
    for part in PARTS:
        server.config.set(f"{part}.ip", "127.0.0.1")
    with server:
        there = os.environ | {"MILVUS_OF_TESTS": f"http://127.0.0.1:{PORT}"}
        return subprocess.run(command, env=there, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2:]))
