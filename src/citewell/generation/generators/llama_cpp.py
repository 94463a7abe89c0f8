"""Write with a model in GGUF, in this process, by llama.cpp (xllamacpp's wheels).

llama.cpp's own server runs inside this process. The server keeps the part of a prompt that it has read, so a
second question about the same passages is answered at once. The server also listens on a free port of
127.0.0.1, which a secret key locks.
"""

import os
import secrets
from collections.abc import Generator as Yielding
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

import xllamacpp

from citewell import streams
from citewell.errors import GeneratorError
from citewell.generation import gguf
from citewell.generation.chat_generator import CONTEXT_TOKENS, LIKELIEST, ChatGenerator

# Tokens of a prompt that are read before llama.cpp checks again whether to stop.
BATCH = 256
SILENT = -1
# Slots of the server, and the tokens of the slot for grading: a few sentences and a question.
WRITING, GRADING = 0, 1
GRADING_TOKENS = 1024


class LlamaCppGenerator(ChatGenerator):
    """One model, loaded; questions wait for each other."""

    def __init__(self, path: Path, context_tokens: int, *, constrained: bool) -> None:
        """Load a model.

        Args:
            path: GGUF file.
            context_tokens: Tokens of prompt and answer together, as the model counts them.
            constrained: Whether a grammar holds the model to the form.

        Raises:
            GeneratorError: The file is not a complete model that this llama.cpp can run.
        """
        gguf.check(path)
        super().__init__("llama_cpp", path.name, context_tokens, constrained=constrained)
        # Its threads are not in a forked process: whoever asked there would wait for ever.
        self._process = os.getpid()
        # Questions take turns, since the cache of a prompt is useful only when they come one by one.
        self._turn = Lock()
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        # Two slots for prompts, so that grading does not evict the passages that an answer is written from.
        params.n_ctx = context_tokens + GRADING_TOKENS
        params.n_parallel = 2
        params.kv_unified = True
        params.cache_idle_slots = False
        params.n_batch = params.n_ubatch = BATCH
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = usable_processors()
        params.verbosity = SILENT
        params.hostnames = ["127.0.0.1"]
        params.api_keys = [secrets.token_urlsafe(32)]
        params.ui = params.endpoint_slots = params.endpoint_props = False
        params.offline = True
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            message = (
                f"llama.cpp cannot load {path}: it is damaged (try: citewell models check), too "
                "large for the memory, or of a kind that this release does not know"
            )
            raise GeneratorError(message) from error

    def _text(self, asked: Sequence[Mapping[str, str]], most: int, form: str) -> Yielding[str]:
        """Yield the model's text as it is written; the model stops one token after the iterator is closed.

        It stops as soon, or after the part of a prompt that it is reading, where nobody waits any more.
        """
        self._check_process()
        request: dict[str, Any] = {
            "messages": list(asked), "max_tokens": most, "temperature": 0, "seed": 0, "stream": True,
            "cache_prompt": True, "return_progress": True, "id_slot": WRITING,
        }  # fmt: skip
        if form:
            request["grammar"] = form
        came: SimpleQueue[Any] = SimpleQueue()
        stop = Event()

        def hear(chunk: Any) -> bool:
            came.put(chunk)
            return stop.is_set()

        def run() -> None:
            try:
                with self._turn:
                    if not stop.is_set():
                        self._server.handle_chat_completions(request, hear)
            except Exception as error:  # noqa: BLE001  # of a thread; it is raised where it is waited for
                came.put(error)
            finally:
                came.put(None)

        Thread(target=run, name="llama.cpp", daemon=True).start()
        try:
            yield from chunk_texts(awaited(came))
        finally:
            stop.set()

    def _check_process(self) -> None:
        """Refuse to write in a forked process.

        Raises:
            GeneratorError: This process was forked from the one that loaded the model.
        """
        if os.getpid() != self._process:
            message = (
                "llama.cpp does not run in a forked process: load the model after the fork, in the child "
                "(gunicorn: without --preload)"
            )
            raise GeneratorError(message)

    def _likely(self, asked: Sequence[Mapping[str, str]]) -> Mapping[str, float]:
        """Ask for one token, and the likeliest alternatives to it."""
        request = {
            "messages": list(asked), "max_tokens": 1, "temperature": 0, "seed": 0, "cache_prompt": True,
            "logprobs": True, "top_logprobs": LIKELIEST, "id_slot": GRADING,
        }  # fmt: skip
        self._check_process()
        try:
            with self._turn:
                streams.check()
                reply = self._server.handle_chat_completions(request)
        except RuntimeError as error:
            message = f"llama.cpp failed: {error}"
            raise GeneratorError(message) from error
        if "error" in reply:
            raise GeneratorError(describe_error(reply["error"]))
        first = reply["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        return {token["token"]: token["logprob"] for token in first}


def awaited(came: SimpleQueue[Any], every: float = 0.1) -> Iterator[Any]:
    """Yield what comes, up to None; meanwhile ask whether anybody waits.

    Raises:
        AbandonedError: Nobody waits any more.
    """
    while True:
        streams.check()
        with suppress(Empty):
            chunk = came.get(timeout=every)
            if chunk is None:
                return
            yield chunk


def chunk_texts(chunks: Iterable[Any]) -> Iterator[str]:
    """Yield the text of the chunks of a stream.

    Raises:
        GeneratorError: A chunk is an exception, or reports an error.
    """
    for chunk in chunks:
        if isinstance(chunk, Exception):
            message = f"llama.cpp failed: {chunk}"
            raise GeneratorError(message) from chunk
        if "error" in chunk:
            raise GeneratorError(describe_error(chunk["error"]))
        for choice in chunk.get("choices", ()):
            text = choice.get("delta", {}).get("content")
            if text:
                yield text


def describe_error(error: Mapping[str, Any]) -> str:
    """Return an error of llama.cpp in one line."""
    if error.get("type") == "exceed_context_size_error":
        return (
            f"the passages and the question have {error.get('n_prompt_tokens')} tokens, the model's context "
            f"{error.get('n_ctx')}: raise context_tokens"
        )
    return f"llama.cpp answers: {error.get('message', error)}"


def usable_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def create(
    *,
    model: str = "",
    models_folder: Path | None = None,
    context_tokens: int = CONTEXT_TOKENS,
    grammar: bool = True,
) -> LlamaCppGenerator:
    """Make the generator.

    Args:
        model: A GGUF file, or the name of one in the folder of models.
        models_folder: The folder of models; the user's cache folder when None.
        context_tokens: Tokens of prompt and answer together, as the model counts them.
        grammar: Whether a grammar holds the model to statements with markers of given passages.

    Raises:
        GeneratorError: No model is given, or its file is missing or not a complete model.
    """
    return LlamaCppGenerator(gguf.find(model, models_folder), context_tokens, constrained=grammar)
