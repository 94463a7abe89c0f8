"""Keep models in GGUF in a folder: find them by name, download them from the Hugging Face hub, check them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from citewell.errors import GeneratorError
from citewell.files import file_sha256
from citewell.progress import Progress, silent

MAGIC = b"GGUF"
SUFFIX = ".gguf"
SUMS = ".sha256"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that citewell is tested with.

    Attributes:
        repository: Repository on the Hugging Face hub.
        file: Name of the file in the repository.
        sha256: SHA-256 of the file.
        size: Size of the file, in bytes.
        licence: Licence as the model's makers state it.
    """

    repository: str
    file: str
    sha256: str
    size: int
    licence: str


KNOWN = {
    "qwen2.5-coder-1.5b": KnownModel(
        "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        1_117_320_768,
        "Apache-2.0",
    )
}


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model in the folder.

    Attributes:
        path: Path of the file.
        size: Size of the file, in bytes.
        sha256: SHA-256 that was noted at the download, or that of a known model; "" when neither exists.
    """

    path: Path
    size: int
    sha256: str


def models_folder(given: Path | None) -> Path:
    """Return the folder of models."""
    return given or user_cache_path("citewell") / "models"


def list_models(folder: Path) -> Iterator[StoredModel]:
    """Yield the models in a folder, by name."""
    for path in sorted(folder.rglob(f"*{SUFFIX}")) if folder.is_dir() else ():
        yield StoredModel(path, path.stat().st_size, expected_sha256(path))


def expected_sha256(path: Path) -> str:
    """Return the SHA-256 that a file should have; "" when it is not known."""
    note = path.with_name(path.name + SUMS)
    if note.exists():
        return note.read_text(encoding="ascii", errors="replace").split(maxsplit=1)[0]
    known = known_model(path)
    return known.sha256 if known else ""


def known_model(path: Path) -> KnownModel | None:
    """Return the known model whose file has this name; None when there is none."""
    return next((known for known in KNOWN.values() if known.file == path.name), None)


def find(model: str, folder: Path | None = None) -> Path:
    """Return the file of a model: a path, a known name, or the name of a file in the folder of models.

    Raises:
        GeneratorError: No model is given, or no such file exists.
    """
    where = models_folder(folder)
    if not model:
        message = (
            "no model was given; set model to a GGUF file, or to a name of `citewell models list` that is "
            "downloaded"
        )
        raise GeneratorError(message)
    names = [KNOWN[model].file] if model in KNOWN else [model, model + SUFFIX]
    paths = [
        Path(model).expanduser(),
        *(found.path for found in list_models(where) if found.path.name in names),
    ]
    for path in paths:
        if path.is_file():
            return path
    message = (
        f"no model {model!r}: there is no such file, and {where} has no {names[0]}; fetch one with "
        "citewell models download"
    )
    raise GeneratorError(message)


def check(path: Path) -> None:
    """Check that a file begins as GGUF does and, for a known model, has the right size.

    Raises:
        GeneratorError: The file fails the check, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            begins = file.read(len(MAGIC))
    except OSError as error:
        message = f"the model {path} cannot be read: {error.strerror or error}"
        raise GeneratorError(message) from error
    if begins != MAGIC:
        message = f"{path} is not a GGUF model: it begins with {begins!r}, not with {MAGIC!r}"
        raise GeneratorError(message)
    size = path.stat().st_size
    known = known_model(path)
    if known and size != known.size:
        message = f"{path} has {size:,} bytes, wanted {known.size:,}: download it again"
        raise GeneratorError(message)


def verify(path: Path, progress: Progress = silent) -> str:
    """Return the SHA-256 of a model, and check it against the expected one if that is known.

    Raises:
        GeneratorError: The SHA-256 is not the expected one, or the file is no GGUF.
    """
    check(path)
    found, wanted = file_sha256(path, progress), expected_sha256(path)
    if wanted and found != wanted:
        message = (
            f"{path} has SHA-256 {found}, wanted {wanted}: it is damaged or another file; download it again"
        )
        raise GeneratorError(message)
    return found


def download(name: str, folder: Path | None = None, *, wanted: str = "", progress: Progress = silent) -> Path:
    """Fetch a model from the Hugging Face hub, or resume its download, and check its hash.

    The hub's client shows its own progress bar while it fetches.

    Args:
        name: A known name, or `REPOSITORY:FILE`, as in
            `Qwen/Qwen2.5-1.5B-Instruct-GGUF:qwen2.5-1.5b-instruct-q4_k_m.gguf`.
        folder: Folder of models.
        wanted: SHA-256 that the file must have; when "", that of the known model, or the one on the hub.
        progress: Told how many bytes of the file are hashed.

    Raises:
        GeneratorError: The name is malformed, or the file cannot be downloaded, has a wrong SHA-256 or is no
            GGUF.
    """
    known = KNOWN.get(name)
    repository, _, file = (known.repository, ":", known.file) if known else name.partition(":")
    if not file.endswith(SUFFIX) or "/" not in repository:
        message = (
            f"no model {name!r}: give one of {', '.join(KNOWN)}, or REPOSITORY:FILE{SUFFIX} of the Hugging "
            "Face hub"
        )
        raise GeneratorError(message)
    where = models_folder(folder)
    from citewell.generation import hub  # noqa: PLC0415  # its library is imported for a download alone

    path, stored = hub.fetch(repository, file, where)
    wanted = wanted or (known.sha256 if known else stored)
    found = file_sha256(path, progress)
    if wanted and found != wanted:
        os.replace(path, path.with_name(f"{path.name}.wrong"))  # noqa: PTH105  # over an existing file
        message = (
            f"{repository}:{file} has SHA-256 {found}, wanted {wanted}: it is set aside as {path.name}.wrong"
        )
        raise GeneratorError(message)
    check(path)
    path.with_name(path.name + SUMS).write_text(f"{found}  {path.name}\n", encoding="ascii")
    return path
