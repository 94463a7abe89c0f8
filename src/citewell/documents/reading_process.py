"""Read files in this process, which first gives up its rights; `citewell.documents.confinement` starts it.

Run as `python -m citewell.documents.reading_process`. The first line of stdin is a Task, each further one a
file to read. For each file a line of JSON goes to stdout. The format is JSON, not pickle, because a crafted
file may control the output, and loading a pickle can run code.

The limits on each system:

- everywhere: time of computing (the system ends the process), no written file, no core dump, no new process
  and no connection by Python's own means, lower priority, an end when the process that started it is gone.
- Linux: memory (the system gives no more), an end in the same moment as the thread that started it; on x86-64
  and ARM64 the kernel refuses sockets, new programs and signals to others, even to a hijacked parser.
- elsewhere, as on macOS: memory, checked every tenth of a second.

Rights that remain: the process can read all files that its user may read, and can delete files.
"""

import ctypes
import json
import os
import platform
import re
import resource
import signal
import struct
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from citewell.documents.confinement import OUT_OF_MEMORY, Task
from citewell.documents.loading import Failure, FileLimits, Found, read_file

# The exit status of a process that nobody waits for.
ORPHANED = 91
LOOKED_EVERY_S = 0.1
# A file that takes too much memory is often reported as damaged: libraries do not say why they failed.
MUCH = 0.5
# Events of Python (PEP 578) that no parser has a reason for.
REFUSED = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.kill",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.",
)

PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
SECCOMP_MODE_FILTER = 2
LOAD_WORD, JUMP_IF_EQUAL, JUMP_FROM, RETURN = 0x20, 0x15, 0x35, 0x06
X32 = 0x40000000  # the same calls by other numbers begin here
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 13  # EACCES
# By the machine's name: its number in the audit header of Linux, and from the kernel's tables its numbers of
# socket, connect, execve, execveat, kill, tkill, tgkill, ptrace, process_vm_writev and io_uring_setup.
MACHINES = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 62, 200, 234, 101, 311, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 129, 130, 131, 117, 271, 425)),
}


def main() -> None:
    """Read the files that are named on stdin, until it ends."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints goes nowhere: stdout is where answers are read.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    task = Task(**json.loads(requests.readline()))
    confine(task)
    limits = FileLimits(task.file_bytes, task.characters, task.articles)
    for line in requests:
        allow_seconds(task.seconds)
        answers.write(answer(json.loads(line), limits, task.memory_bytes) + b"\n")
        answers.flush()


def answer(wanted: Mapping[str, str], limits: FileLimits, memory_bytes: int) -> bytes:
    """Read one file and return what it holds as a line; without memory, end."""
    before = peak_bytes()
    try:
        found = read_file(Path(wanted["path"]), wanted["name"], limits)
        line = json.dumps(record(found)).encode()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001  # a parser may raise anything, and others' files are to be read
        found = Failure(
            wanted["name"], f"cannot be read ({type(error).__name__}); save it as plain text", Path()
        )
        line = json.dumps(record(found)).encode()
    if isinstance(found, Failure) and peak_bytes() > max(before, MUCH * memory_bytes):
        os._exit(OUT_OF_MEMORY)
    return line


def record(found: Found | Failure) -> dict[str, Any]:
    """Return the result in the types of JSON, without the file's path, which the caller knows."""
    if isinstance(found, Failure):
        return {"failure": found.reason}
    articles = [asdict(article) for article in found.articles]
    file = {"sha256": found.file.sha256, "size": found.file.size}
    return {**file, "articles": articles, "warnings": found.warnings}


def confine(task: Task) -> None:
    """Take from this process, for good, the rights that it does not need."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        control(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != task.parent:  # the parent died before that call
        os._exit(ORPHANED)
    os.nice(task.nice)
    # Linux shares the processor among sessions first, and this process is one of its own: without this, nice
    # would count for nothing beside the server.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(task.nice), encoding="ascii")
    allow_seconds(task.seconds)
    threading.Thread(target=watch, args=(task,), daemon=True).start()
    refuse_programs()
    sys.addaudithook(refuse)
    resource.setrlimit(resource.RLIMIT_DATA, (task.memory_bytes, task.memory_bytes))


def allow_seconds(seconds: int) -> None:
    """Let the process compute for so many seconds from now; after that the system ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def watch(task: Task) -> None:
    """End the process when its parent is gone, or when it has too much memory on a system without a limit."""
    while True:
        time.sleep(LOOKED_EVERY_S)
        if os.getppid() != task.parent:
            os._exit(ORPHANED)
        if peak_bytes() > task.memory_bytes:
            os._exit(OUT_OF_MEMORY)


def peak_bytes() -> int:
    """Return the most memory that the process has had; 0 when Linux does not say."""
    if platform.system() == "Linux":
        # subtle: getrusage also counts the parent's memory, since this process was a copy of its parent
        # before it became this program.
        try:
            status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        except OSError:
            return 0
        peak = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
        return int(peak[1]) * 1024 if peak else 0
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    """Refuse the events of Python that no parser needs."""
    if event.startswith(REFUSED):
        message = f"{event} is refused to a process that reads files"
        raise PermissionError(message)


def refuse_programs() -> None:
    """Have the kernel refuse sockets and new programs, on Linux and machines that we know."""
    if sys.platform != "linux" or platform.machine() not in MACHINES or sys.maxsize < X32 << 2:
        return
    header, calls = MACHINES[platform.machine()]
    # A program of the Berkeley packet filter (seccomp(2)): each step is (code, jump if true, else, value).
    refused = len(calls) + 5
    steps = [(LOAD_WORD, 0, 0, 4), (JUMP_IF_EQUAL, 0, refused - 2, header), (LOAD_WORD, 0, 0, 0)]
    steps += [(JUMP_FROM, refused - 4, 0, X32)]
    steps += [(JUMP_IF_EQUAL, len(calls) - place, 0, number) for place, number in enumerate(calls)]
    steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filter_ = struct.pack("HL", len(steps), ctypes.addressof(program))
    control(PR_SET_NO_NEW_PRIVS, 1)
    control(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.create_string_buffer(filter_))


def control(*arguments: Any) -> None:
    """Call prctl; on a kernel that lacks the option the other limits still hold."""
    library = ctypes.CDLL(None)
    padded = [*arguments, 0, 0, 0, 0][:5]
    library.prctl(*(ctypes.c_ulong(value) if isinstance(value, int) else value for value in padded))


if __name__ == "__main__":
    main()
