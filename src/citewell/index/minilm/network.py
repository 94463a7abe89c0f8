"""Run all-MiniLM-L6-v2 with onnxruntime, without PyTorch.

`graph.onnx` holds the network's operations (`python -m training.encoder_graph` writes it) and no weights:
onnxruntime takes them out of the published `model.safetensors`. A text is run by itself, without padding, on
one thread, so that its vector depends on nothing else.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from citewell.forks import PerProcess
from citewell.index.protocols import Vectors
from citewell.text.spans import Span

GRAPH = Path(__file__).parent / "graph.onnx"
WEIGHTS = "model.safetensors"
DIMENSIONS = 384
POSITIONS = 256  # tokens that the model reads, the two special ones included
SPECIAL_TOKENS = 2
# The folder of the weights that the graph names.
WEIGHTS_FOLDER = "session.model_external_initializers_file_folder_path"


def open_network(folder: Path) -> onnxruntime.InferenceSession:
    """Return a session of the network, with the weights of a folder."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry(WEIGHTS_FOLDER, str(folder))
    return onnxruntime.InferenceSession(GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])


class MiniLM:
    """The loaded network. Many threads may use it at once."""

    def __init__(self, folder: Path) -> None:
        """Load the weights and the tokenizer of a folder whose weights were checked.

        Raises:
            OSError: A file cannot be read.
            RuntimeError: A file does not hold what the published one does.
        """
        try:
            tokenizer = (folder / "tokenizer.json").read_text(encoding="utf-8")
            self._network = PerProcess(lambda: open_network(folder))
            self._cut = Tokenizer.from_str(tokenizer)
            self._whole = Tokenizer.from_str(tokenizer)
        except OSError:
            raise
        except Exception as error:  # both libraries raise classes of their own, some of them `Exception`
            raise RuntimeError(str(error)) from error
        self._cut.no_padding()
        self._cut.enable_truncation(POSITIONS)
        self._whole.no_padding()
        self._whole.no_truncation()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors [n, DIMENSIONS] of texts, in order; several cores take a text each."""
        if len(texts) <= 1:
            return np.stack([self._run(text) for text in texts])
        with ThreadPoolExecutor(
            min(os.cpu_count() or 1, len(texts)), thread_name_prefix="citewell-encoder"
        ) as pool:
            return np.stack(list(pool.map(self._run, texts)))

    def _run(self, text: str) -> Vectors:
        ids = np.array(self._cut.encode(text).ids, dtype=np.int64)
        (vector,) = self._network.get().run(None, {"ids": ids})
        found: Vectors = vector
        return found

    def token_spans(self, text: str) -> tuple[Span, ...]:
        """Return the characters of each token, without special tokens, past the limit too."""
        encoding = self._whole.encode(text, add_special_tokens=False)
        return tuple(Span(start, end) for start, end in encoding.offsets)
