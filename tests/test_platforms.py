"""What only Unix has is not needed to ask, or to load the server; docs/platforms.md lists the rest."""

import subprocess
import sys
from pathlib import Path

from citewell import files

# What Windows lacks, taken away; its own modules for processes and sockets cannot be tried here.
POOR = """
import os, signal, sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {"resource", "fcntl", "pwd", "grp", "termios"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
for name in ("resource", "fcntl", "pwd", "grp", "termios"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Missing())
for name in ("SIGHUP", "SIGPIPE", "SIGXCPU", "SIGKILL", "SIGUSR1"):
    delattr(signal, name)
for name in ("getuid", "fork", "nice", "mkfifo"):
    delattr(os, name)
"""
ASK = """
from pathlib import Path
from citewell import Assistant
from citewell.cli import commands
assistant = Assistant.from_files(["tide.txt"], encoder="hashing", reader="similarity", threshold=0)
print(assistant.ask("How high did the tide rise at Kiel?").short)
from citewell.web import connections, server, workplace
with server.handle_signals(lambda *_: None), workplace.workplace() as folder:
    print(workplace.is_ours(folder), connections.MOST)
"""


def test_without_what_only_unix_has_it_answers_and_the_server_can_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "tide.txt").write_text("The tide rose to 3.2 metres at Kiel on Monday. Nobody was hurt.")
    done = subprocess.run(
        [sys.executable, "-c", POOR + ASK],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["3.2 metres", "True 768"]


def test_a_file_and_a_folder_are_made_durable(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    files.sync(tmp_path / "a")
    files.sync(tmp_path)
