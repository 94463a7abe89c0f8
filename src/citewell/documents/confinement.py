"""Have files read by another process, which may take only so much memory and time, and may do little else.

A file can be small to send and dear to read, and a parser can be made to do what nobody meant. So what a
stranger gives is read elsewhere: `citewell.documents.reading_process` is what runs there and says which
limit holds where.
"""

import atexit
import json
import os
import selectors
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from dataclasses import fields as dataclass_fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from citewell.documents.document import Document, are_of
from citewell.documents.loading import Failure, FileLimits, Found, SourceFile
from citewell.documents.structure import Mark
from citewell.errors import LoadError

# Others may be computing too: a process that waits for its turn has done nothing wrong.
WALL = 4
# Besides reading: a process is started, and imports the parsers.
START_S = 20
# How often who waits is asked whether to go on.
ASKED_EVERY_S = 0.05
PIECE_BYTES = 1 << 16
# The exit status of a process that ends itself for want of memory.
OUT_OF_MEMORY = 90
# JSON writes a letter outside ASCII as "\uXXXX", one outside the first plane as two of those.
BYTES_PER_CHARACTER = 12
BYTES_PER_ARTICLE = 200
# Of the environment only what a Python may need to start at all: anything else may be a secret.
KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "TZ")
# Else numpy reserves memory for a thread a core.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Allowance:
    """What reading a file may take.

    Attributes:
        memory_mb: Megabytes of memory.
        seconds: Of computing; waiting may be WALL times as long.
        nice: How far others go first, 0 to 19.
    """

    memory_mb: int
    seconds: int
    nice: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """What a process may take, and what a file may hold.

    Attributes:
        parent: Process id of who started it.
        memory_bytes: Of data, that of the libraries included.
        seconds: Of computing, for each file.
        nice: How far others go first, 0 to 19.
        file_bytes: As in FileLimits.
        characters: As in FileLimits.
        articles: As in FileLimits.
    """

    parent: int
    memory_bytes: int
    seconds: int
    nice: int
    file_bytes: int
    characters: int
    articles: int


def carry_on() -> None:
    """Never stop."""


class Confinement:
    """Reads files in another process, begun when the first file comes and anew after one that it dies of.

    Used by one thread at a time, and closed by the thread that began it: its end is the process's end.
    """

    def __init__(
        self, allowance: Allowance, limits: FileLimits, *, check: Callable[[], None] = carry_on
    ) -> None:
        """Begin nothing yet.

        Args:
            allowance: What reading a file may take.
            limits: What a file may hold.
            check: Called again and again while a file is read; stops the reading by raising an error.
        """
        self._allowance = allowance
        self._limits = limits
        self._check = check
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def read(self, path: Path, name: str) -> Found | Failure:
        """Read one file as `loading.read_file` does; past a limit it is a Failure that names it."""
        try:
            line = self._ask(path, name)
            return parse_found(json.loads(line), path, name)
        except LoadError as error:
            self.close()
            return Failure(name, str(error), path)
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            self.close()
            return Failure(name, "made its reader write nonsense; save it as plain text", path)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            end(process)
            RUNNING.discard(process)

    def _ask(self, path: Path, name: str) -> bytes:
        """Have the process read a file and return what it says."""
        started = self._process is None
        if self._process is None:
            self._process = self._begin()
        process = self._process
        wall_s = WALL * self._allowance.seconds + START_S * started
        try:
            send(process, {"path": os.path.abspath(path), "name": name})  # noqa: PTH100 - links stay as they are
            return self._line(process, time.monotonic() + wall_s)
        except (BrokenPipeError, EOFError) as error:
            raise LoadError(self._why(process.wait())) from error
        except TimeoutError as error:
            message = f"was not read within {wall_s:,} seconds; save it as plain text, or split it"
            raise LoadError(message) from error

    def _line(self, process: subprocess.Popen[bytes], until: float) -> bytes:
        """Return the next line that the process writes."""
        assert process.stdout is not None  # noqa: S101 - it was made with a pipe
        most = (
            PIECE_BYTES
            + self._limits.characters * BYTES_PER_CHARACTER
            + self._limits.articles * BYTES_PER_ARTICLE
        )
        pieces: list[bytes] = []
        size = 0
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                self._check()
                if time.monotonic() > until:
                    raise TimeoutError
                if not selector.select(ASKED_EVERY_S):
                    continue
                piece = os.read(process.stdout.fileno(), PIECE_BYTES)
                if not piece:
                    raise EOFError
                pieces.append(piece)
                size += len(piece)
                if piece.endswith(b"\n"):
                    return b"".join(pieces)
                if size > most:
                    message = f"gives more than {most:,} bytes once it is read; save it as plain text"
                    raise LoadError(message)

    def _begin(self) -> subprocess.Popen[bytes]:
        """Start the process and say what it may take."""
        command = [sys.executable, "-P", "-B", "-X", "utf8", "-m", "citewell.documents.reading_process"]
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=environment(),
                start_new_session=True,  # Ctrl-C on the terminal is for us, and we end it
            )
        except OSError as error:
            message = f"cannot be read: no process to read it in can be started ({error.strerror or error})"
            raise LoadError(message) from error
        RUNNING.add(process)
        allowance, limits = self._allowance, self._limits
        task = Task(
            os.getpid(), allowance.memory_mb * 1_000_000, allowance.seconds, allowance.nice, **asdict(limits)
        )
        with suppress(BrokenPipeError):  # why, is told when it is waited for
            send(process, asdict(task))
        return process

    def _why(self, code: int) -> str:
        """Say why the process ended, by its exit status."""
        if code == OUT_OF_MEMORY:
            limit = f"{self._allowance.memory_mb:,} MB of memory"
        elif code == -signal.SIGXCPU:
            limit = f"{self._allowance.seconds:,} seconds of computing"
        else:
            how = f"signal {-code}" if code < 0 else f"status {code}"
            return f"ended the process that read it ({how}); it is damaged, or save it as plain text"
        return f"takes more than {limit} to read, the limit; save it as plain text, or split it"


RUNNING: "weakref.WeakSet[subprocess.Popen[bytes]]" = weakref.WeakSet()


@atexit.register
def end_all() -> None:
    """End every process that reads for this one."""
    for process in list(RUNNING):
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process, and return when it is gone."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.wait()


def send(process: subprocess.Popen[bytes], record: Mapping[str, Any]) -> None:
    """Write a line to a process."""
    assert process.stdin is not None  # noqa: S101 - it was made with a pipe
    process.stdin.write(json.dumps(record).encode() + b"\n")


def environment() -> dict[str, str]:
    """Return the environment of a process that reads: how to find the same modules, and no secret."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    places = [os.path.abspath(place) for place in sys.path]  # noqa: PTH100 - links stay as they are
    return {**kept, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(places)}


def parse_found(record: Mapping[str, Any], path: Path, name: str) -> Found | Failure:
    """Read what a process says of a file, which may be anything at all.

    Raises:
        ValueError: It is not what a reader says.
        TypeError: The same.
        KeyError: The same.
    """
    if "failure" in record:
        return Failure(name, str(record["failure"]), path)
    articles = tuple(parse_document(article) for article in record["articles"])
    file = SourceFile(path, name, str(record["sha256"]), int(record["size"]))
    return Found(file, articles, tuple(map(str, record["warnings"])))


def parse_document(fields: Mapping[str, Any]) -> Document:
    """Read an article of what a process says of a file.

    Raises:
        ValueError: It is not what a reader says.
        TypeError: The same.
    """
    marks = tuple(Mark(*mark) for mark in fields["marks"])
    made = Document(**{**fields, "marks": marks})
    texts = [getattr(made, field.name) for field in dataclass_fields(made) if field.name != "marks"]
    texts += [text for mark in marks for text in (mark.kind, mark.label)]
    if not all(isinstance(text, str) for text in texts):
        message = "an article's field is no string"
        raise TypeError(message)
    "".join(texts).encode()  # a lone half of a surrogate pair is a ValueError
    whole = all(isinstance(number, int) for mark in marks for number in (mark.start, mark.end, mark.level))
    if not whole or not are_of(made.text, marks):
        message = "an article's marks are of another text"
        raise ValueError(message)
    return made
