"""Run a model with sentence-transformers; the one file that imports it and PyTorch.

On a processor each text is run by itself, on one thread, and the cores take a text each. Without padding
nothing is computed in vain, and a text's vector does not depend on what else is encoded, to the last bit. A
graphics card is given batches, since one text does not fill it.
"""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import huggingface_hub
import numpy as np
import torch
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers.utils import logging as transformers_logging

from citewell.errors import EncoderError
from citewell.index.protocols import Vectors
from citewell.text.spans import Span

PROCESSOR = Path("/proc/cpuinfo")
# What Linux calls instructions that multiply matrices of bfloat16; AMX comes with both.
BFLOAT16 = {"avx512_bf16", "amx_bf16"}


class SentenceModel:
    """A loaded model. One lock serves all threads: a second text would only wait for the same cores."""

    def __init__(self, folder: Path, *, narrow: bool) -> None:
        """Load a folder without any network; see `load`."""
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        narrow = narrow and has_bfloat16()
        self._model = SentenceTransformer(
            str(folder), local_files_only=True, model_kwargs={"dtype": torch.bfloat16} if narrow else {}
        )
        # A copy of the tokenizer: counting must see tokens past the limit, and must not wait for encoding.
        self._tokenizer = Tokenizer.from_str(self._model.tokenizer.backend_tokenizer.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        special = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        self.max_tokens = int(self._model.max_seq_length or 512) - special
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path, *, narrow: bool = False) -> "SentenceModel":
        """Load a folder without any network.

        Args:
            folder: The model.
            narrow: Whether to compute in bfloat16 where the processor has it.

        Raises:
            EncoderError: The folder holds no sentence-transformers model.
        """
        try:
            return cls(folder, narrow=narrow)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            message = (
                f"the folder {folder} holds no sentence-transformers model ({first_line(error)}); "
                "name another with --encoder-model"
            )
            raise EncoderError(message) from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors [n, dimensions], in order."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        with self._lock:
            if self._model.device.type != "cpu":
                return self._run(texts)
            with workers(min(os.cpu_count() or 1, len(texts))) as pool:
                # The first one sets the tokenizer up, which threads may not do at once.
                first = pool.submit(self._run, texts[:1]).result()
                return np.concatenate([first, *pool.map(lambda text: self._run([text]), texts[1:])])

    def _run(self, texts: Sequence[str]) -> Vectors:
        found = self._model.encode(list(texts), show_progress_bar=False, convert_to_numpy=True)
        vectors = np.asarray(found, dtype=np.float32)
        # The length is made one here: in bfloat16 it would be one to two decimals only.
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return np.ascontiguousarray(vectors)

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the characters of each token, without special tokens, past the limit too."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return tuple(Span(start, end) for start, end in encoding.offsets)


def workers(count: int) -> ThreadPoolExecutor:
    """Return a pool of threads in each of which PyTorch uses one thread; other threads keep what they have.

    PyTorch keeps two numbers of threads: each thread's own, and the one that a new thread begins with.
    """
    others = torch.get_num_threads()
    pool = ThreadPoolExecutor(
        count, thread_name_prefix="citewell-encoder", initializer=torch.set_num_threads, initargs=(1,)
    )
    all_there = threading.Barrier(count)
    wait([pool.submit(all_there.wait) for _ in range(count)])
    torch.set_num_threads(others)
    return pool


def has_bfloat16() -> bool:
    """Whether the processor multiplies in bfloat16; elsewhere PyTorch would imitate it, slowly."""
    try:
        lines = PROCESSOR.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.startswith("flags") and BFLOAT16 & set(line.split()) for line in lines)


def download(model: str, *, default: str) -> Path:
    """Return the folder of a model of the Hugging Face hub; what was fetched before is not fetched again.

    Args:
        model: The name on the hub.
        default: The encoder that a message recommends instead.

    Raises:
        EncoderError: The hub does not give it.
    """
    try:
        return Path(huggingface_hub.snapshot_download(model))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        message = (
            f"no encoder {model!r}: it is no folder, and the hub did not give it ({first_line(error)}); "
            f"name a folder, or use the default {default!r}"
        )
        raise EncoderError(message) from error


def first_line(error: Exception) -> str:
    """Return the first line of a library's error message; our message has room for one line."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
