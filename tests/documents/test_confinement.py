"""A process that reads files takes what it may, says what it read, and goes when nobody waits for it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import hostile
from citewell.documents.confinement import RUNNING, Allowance, Confinement, environment, parse_found
from citewell.documents.loading import Failure, FileLimits, Found, load, read_file

pytestmark = pytest.mark.unix("limits of a process")

CORPUS = Path(__file__).parents[2] / "corpus"
ROOM = Allowance(memory_mb=400, seconds=20)
# A plugin of another package whose loader does what the file says.
EVIL = """\
import ctypes, os, socket, time
from citewell.documents.loader import Article

def loop():
    while True:
        pass

def fill():
    return str(len([bytes(1 << 20) for _ in range(3000)]))

def call(name, *arguments):
    return str(getattr(ctypes.CDLL(None), name)(*arguments))

WAYS = {
    "loop": loop,
    "fill": fill,
    "sleep": lambda: time.sleep(60),
    "die": lambda: os._exit(7),
    "abort": os.abort,
    "environment": lambda: " ".join(os.environ),
    "descriptors": lambda: " ".join(os.listdir("/proc/self/fd")),
    "nice": lambda: str(os.getpriority(os.PRIO_PROCESS, 0)),
    "socket": lambda: str(socket.socket()),
    "bare_socket": lambda: call("socket", 2, 1, 0),
    "program": lambda: str(os.posix_spawn("/bin/true", ["true"], {})),
    "bare_program": lambda: call("execv", b"/bin/true", None),
    "kill": lambda: call("kill", os.getppid(), 0),
    "print": lambda: str(os.write(1, b"{}\\n")),
    "raise": lambda: 1 / 0,
}

class Loader:
    suffixes = (".evil",)
    def load(self, path):
        yield Article(f"it said {WAYS[path.read_text()]()}")

create = Loader
"""


@pytest.fixture
def evil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return what makes a file that has its loader do something."""
    site = tmp_path / "site"
    information = site / "evil-1.dist-info"
    information.mkdir(parents=True)
    (site / "evil.py").write_text(EVIL)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1\n")
    (information / "entry_points.txt").write_text("[citewell.loaders]\nevil = evil\n")
    monkeypatch.syspath_prepend(str(site))

    def make(way: str) -> Path:
        path = tmp_path / f"{way}.evil"
        path.write_text(way)
        return path

    return make


def read(path: Path, allowance: Allowance = ROOM, limits: FileLimits | None = None) -> Found | Failure:
    with Confinement(allowance, limits or FileLimits()) as confinement:
        return confinement.read(path, path.name)


def reason(got: Found | Failure) -> str:
    assert isinstance(got, Failure), got
    return got.reason


def said(got: Found | Failure) -> str:
    assert isinstance(got, Found), got
    return got.articles[0].text.removeprefix("it said ")


def test_files_are_read_as_in_this_process(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,title,text\n1,,One é 🌊.\n1,Second,Two.\n")
    (tmp_path / "b.txt").write_text("\n")
    (tmp_path / "c.exe").write_text("x")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.md").write_text("---\ndate: 2020-09-22\n---\nThree.")

    with Confinement(ROOM, FileLimits()) as confinement:
        assert load([tmp_path, CORPUS], read=confinement.read) == load([tmp_path, CORPUS])


@pytest.mark.parametrize(
    ("way", "wanted"),
    [
        ("loop", "takes more than 1 seconds of computing to read, the limit"),
        ("fill", "takes more than 400 MB of memory to read, the limit"),
        ("die", r"ended the process that read it \(status 7\)"),
        ("raise", r"cannot be read \(ZeroDivisionError\)"),
        ("socket", "cannot be opened: socket.* is refused to a process that reads files"),
        ("program", "cannot be opened: os.posix_spawn is refused to a process that reads files"),
    ],
)
def test_what_ends_or_stops_a_reader_is_a_failure_and_the_next_file_is_read(
    evil: Callable[[str], Path], tmp_path: Path, way: str, wanted: str
) -> None:
    (tmp_path / "tide.txt").write_text("It rose.")
    with Confinement(Allowance(400, 1), FileLimits()) as confinement:
        got = confinement.read(evil(way), "x.evil")
        after = confinement.read(tmp_path / "tide.txt", "tide.txt")

    assert isinstance(got, Failure)
    assert re.match(wanted, got.reason), got.reason
    assert isinstance(after, Found)


def test_what_its_parent_has_in_memory_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "tide.txt").write_text("It rose.")
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from citewell.documents.confinement import *\n"
        "from citewell.documents.loading import FileLimits\n"
        "model = b'x' * 600_000_000\n"
        "with Confinement(Allowance(400, 20), FileLimits()) as confinement:\n"
        "    for _ in range(4):\n"
        "        time.sleep(0.1)\n"
        "        print(confinement.read(Path(sys.argv[1]), 'tide.txt'))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "tide.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())

    assert done.stdout.count("Found(") == 4


def test_a_reader_that_only_waits_is_ended_too(
    evil: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citewell.documents.confinement.START_S", 3)
    monkeypatch.setattr("citewell.documents.confinement.WALL", 1)

    assert "was not read within 4 seconds" in reason(read(evil("sleep"), Allowance(400, 1)))


def test_a_reader_has_no_secret_no_file_of_ours_and_goes_last(
    evil: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    held = os.open(CORPUS, os.O_RDONLY)
    os.set_inheritable(held, True)  # noqa: FBT003
    try:
        with Confinement(Allowance(400, 20, nice=10), FileLimits()) as confinement:
            names = said(confinement.read(evil("environment"), "x"))
            priority = said(confinement.read(evil("nice"), "x"))
            descriptors = said(confinement.read(evil("descriptors"), "x")) if sys.platform == "linux" else ""
    finally:
        os.close(held)

    assert "OPENAI_API_KEY" not in names
    assert "HOME" not in names.split()
    assert int(priority) >= 10
    # Its three streams, the two that it talks by, and the folder that is being listed.
    assert len(descriptors.split()) <= 6


@pytest.mark.skipif(sys.platform != "linux", reason="what the Linux kernel refuses")
@pytest.mark.parametrize("way", ["bare_socket", "bare_program", "kill"])
def test_the_kernel_refuses_what_python_is_not_asked_for(evil: Callable[[str], Path], way: str) -> None:
    assert said(read(evil(way))) == "-1"


def test_what_a_parser_prints_is_not_taken_for_an_answer(evil: Callable[[str], Path]) -> None:
    assert said(read(evil("print"))) == "3"


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"sha256": "", "size": 1, "articles": [{"id": "a"}]},
        {"sha256": "", "size": 1, "articles": [{"id": "a", "title": "", "text": 3}]},
        {"sha256": "", "size": 1, "articles": 3},
        {"sha256": "", "size": "many", "articles": []},
    ],
)
def test_what_a_reader_says_is_checked(record: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        parse_found(record, Path("a"), "a")


@pytest.mark.parametrize("limits", [FileLimits(characters=100), FileLimits(articles=5)])
def test_limits_of_size_hold_here_and_there(tmp_path: Path, limits: FileLimits) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(hostile.jsonl_of_lines(1000))

    wanted = "holds more than 100 characters" if limits.characters == 100 else "holds more than 5 articles"
    assert wanted in reason(read_file(path, "a.jsonl", limits))
    assert wanted in reason(read(path, limits=limits))


def test_reading_stops_when_nobody_waits_for_it(evil: Callable[[str], Path]) -> None:
    began = time.monotonic()

    def check() -> None:
        if time.monotonic() > began + 2:
            raise InterruptedError

    with Confinement(ROOM, FileLimits(), check=check) as confinement:
        with pytest.raises(InterruptedError):
            confinement.read(evil("loop"), "x")
        assert not list(RUNNING)
    assert time.monotonic() < began + 15


def test_no_process_is_left_when_who_started_it_is_killed(evil: Callable[[str], Path]) -> None:
    code = (
        "import sys, threading, time\n"
        "from pathlib import Path\n"
        "from citewell.documents.confinement import *\n"
        "from citewell.documents.loading import FileLimits\n"
        "confinement = Confinement(Allowance(400, 60), FileLimits())\n"
        "thread = threading.Thread(target=confinement.read, args=(Path(sys.argv[1]), 'x'))\n"
        "thread.start()\n"
        "while not RUNNING: time.sleep(0.01)\n"
        "print(list(RUNNING)[0].pid, flush=True)\n"
        "thread.join()\n"
    )
    command = [sys.executable, "-c", code, str(evil("loop"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        reader = int(process.stdout.readline())
        assert is_there(reader)
        time.sleep(1)
        process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while is_there(reader) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_there(reader)


def is_there(process: int) -> bool:
    """Whether a process runs; one that has ended and is waited for does not."""
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")
