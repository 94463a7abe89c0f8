"""What holds on milvus-lite holds on a Milvus server too: the same tests, beside the server 2.3.5."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__)
NAMESPACE = ["unshare", "--net", "--map-root-user"]


def why_not() -> str:
    """Return why the server cannot run here; "" when it can."""
    if os.environ.get("MILVUS_OF_TESTS"):
        return "this is the run on the server"
    if find_spec("pymilvus") is None:
        return "needs pymilvus: pip install 'citewell[milvus]'"
    if find_spec("milvus") is None:
        return "needs the server, on Linux with x86-64: pip install milvus==2.3.5"
    if not (shutil.which("unshare") and shutil.which("ip")):
        return "needs unshare and ip, to keep the server off the network"
    if subprocess.run([*NAMESPACE, "true"], check=False, capture_output=True).returncode:
        return "needs a network namespace, which this machine does not allow"
    return ""


@pytest.mark.slow(reason="the server takes 8 s to start, and 3 s for each new collection")
@pytest.mark.timeout(1500)
@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_all_of_it_holds_on_a_server(tmp_path: Path) -> None:
    tests = [sys.executable, "-m", "pytest", "-n", "0", "-q", str(HERE.with_name("test_milvus.py"))]
    alone = [*NAMESPACE, sys.executable, str(HERE.parents[1] / "milvus_alone.py"), str(tmp_path / "server")]
    ran = subprocess.run(
        [*alone, *tests],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    assert "passed" in ran.stdout
