"""Read files in another process, which has limits of memory and time and few other rights.

A small file can take much memory and time to read, and a crafted file can make a parser run harmful code.
So another process reads the files that a stranger gives. That process runs
`citewell.documents.reading_process`, whose docstring says which limit holds on which system.
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

# Waiting may take longer than computing, since other processes may be computing too.
WALL = 4
# Time besides the reading: the process starts and imports the parsers.
START_S = 20
# How often the caller that waits is asked whether to go on.
ASKED_EVERY_S = 0.05
PIECE_BYTES = 1 << 16
# The exit status of a process that ends itself for want of memory.
OUT_OF_MEMORY = 90
# JSON writes a letter outside ASCII as "\uXXXX", one outside the first plane as two of those.
BYTES_PER_CHARACTER = 12
BYTES_PER_ARTICLE = 200
# The only environment variables that the process gets, since Python may need them to start. Any other
# variable may be a secret.
KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "TZ")
# Without this, numpy reserves memory for one thread per core.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Allowance:
    """The resources that reading a file may take.

    Attributes:
        memory_mb: Megabytes of memory.
        seconds: Seconds of computing; waiting may be WALL times as long.
        nice: Niceness of the process, 0 to 19; 19 is the lowest priority.
    """

    memory_mb: int
    seconds: int
    nice: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """The resources that a process may take, and the limits of a file.

    Attributes:
        parent: Process id of the process that started it.
        memory_bytes: Bytes of data, that of the libraries included.
        seconds: Seconds of computing, for each file.
        nice: Niceness of the process, 0 to 19; 19 is the lowest priority.
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
    """Reads files in another process; starts it for the first file, and again after a file that ended it.

    One thread at a time may use this object. The thread that started the process must close the object:
    when that thread ends, the process ends.
    """

    def __init__(
        self, allowance: Allowance, limits: FileLimits, *, check: Callable[[], None] = carry_on
    ) -> None:
        """Keep the limits; start no process yet.

        Args:
            allowance: The resources that reading a file may take.
            limits: The limits of a file.
            check: Called repeatedly while a file is read; stops the reading by raising an error.
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
        """Read one file as `loading.read_file` does; return a Failure that names the limit it passes."""
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
        with suppress(BrokenPipeError):  # the exit status tells the reason, when the process is waited for
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
    """Return the environment of the process: the paths of the same modules, and no secret."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    places = [os.path.abspath(place) for place in sys.path]  # noqa: PTH100 - links stay as they are
    return {**kept, **ONE_THREAD, "PYTHONPATH": os.pathsep.join(places)}


def parse_found(record: Mapping[str, Any], path: Path, name: str) -> Found | Failure:
    """Parse the answer of the process about a file; the answer may be anything at all.

    Raises:
        ValueError: The answer is not one of a reading process.
        TypeError: The same.
        KeyError: The same.
    """
    if "failure" in record:
        return Failure(name, str(record["failure"]), path)
    articles = tuple(parse_document(article) for article in record["articles"])
    file = SourceFile(path, name, str(record["sha256"]), int(record["size"]))
    return Found(file, articles, tuple(map(str, record["warnings"])))


def parse_document(fields: Mapping[str, Any]) -> Document:
    """Parse one article in the answer of the process.

    Raises:
        ValueError: The article is not one of a reading process.
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
