"""Write with a chat model, on a server or in this process."""

import re
from abc import ABC, abstractmethod
from collections.abc import Generator as Yielding
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from citewell.generation.generator import GenerationRequest, Pieces
from citewell.generation.parsing import first_line, parse_pieces
from citewell.generation.prompts import (
    answer_messages,
    grading_messages,
    grammar,
    line_grammar,
    rewriting_messages,
    yes_log_odds,
)
from citewell.questions.history import Turn
from citewell.reading.reader import Calibration

GRADES = Path(__file__).parent / "generators" / "grades"


def grades_file(model: str) -> Path:
    """Return the file with the map from a model's grades to probabilities; `citewell calibrate` writes it.

    >>> grades_file("Qwen/Any-1.5B.gguf").name
    'qwen-any-1.5b.json'
    """
    name = model.casefold().removesuffix(".gguf")
    return GRADES / f"{re.sub(r'[^a-z0-9._-]+', '-', name)}.json"


class ChatGenerator(ABC):
    """Ask a chat model and parse its reply; a subclass sends the request."""

    def __init__(self, plugin: str, model: str, context_tokens: int, *, constrained: bool) -> None:
        """Prepare a generator.

        Args:
            plugin: Name of the plugin.
            model: Name of the model.
            context_tokens: Size of the model's context, in its own tokens.
            constrained: Whether a grammar holds the model to the form.
        """
        self.name = f"{plugin} {model}"
        self.grades_file = grades_file(model)
        self.grading = Calibration.read(self.grades_file) if self.grades_file.is_file() else None
        self.room = passage_room(context_tokens)
        self._constrained = constrained

    @abstractmethod
    def _text(self, asked: Sequence[Mapping[str, str]], most: int, form: str) -> Yielding[str]:
        """Yield what the model writes as it writes it; closing the iterator stops the model.

        Args:
            asked: Messages, each a role and a content.
            most: Most tokens that the model may write.
            form: A grammar in GBNF; "" for none.

        Raises:
            GeneratorError: The model cannot write, or broke off.
        """

    @abstractmethod
    def _likely(self, asked: Sequence[Mapping[str, str]]) -> Mapping[str, float]:
        """Return the likeliest first tokens of a reply, and the logarithm of their probability.

        The map is empty when the server gives no probabilities.

        Raises:
            GeneratorError: The model cannot be asked.
        """

    def grade(self, question: str, answer: str, text: str) -> float | None:
        """Return the log odds that an answer is right; None when the model gives neither yes nor no."""
        return yes_log_odds(self._likely(grading_messages(question, answer, text)))

    def generate(self, task: GenerationRequest) -> Pieces:
        """Write an answer; closing the iterator stops the model."""
        form = grammar(task) if self._constrained else ""
        yield from parse_pieces(self._text(answer_messages(task), ANSWER_TOKENS, form))

    def standalone(self, question: str, earlier: Sequence[Turn]) -> str:
        """Write the question that a follow-up asks."""
        form = line_grammar() if self._constrained else ""
        with closing(self._text(rewriting_messages(question, earlier), LINE_TOKENS, form)) as chunks:
            return first_line(chunks)


# How many of the likeliest first tokens of a reply are asked for; yes and no are among the first few.
LIKELIEST = 20
# Most tokens of an answer, and of one line, in the model's own tokens.
ANSWER_TOKENS = 320
LINE_TOKENS = 64
# Tokens of the prompt besides the passages, with a long question.
SAID_TOKENS = 500
# Default context of a model: small models and local servers have at least this much.
CONTEXT_TOKENS = 4096
# Tokens of a model for each token of tiktoken: small models' vocabularies split names and digits into more.
FINER = 1.3


def passage_room(context_tokens: int) -> int:
    """Return the tokens of passages, as tiktoken counts them, that fit into a model's context.

    >>> passage_room(4096)
    2520
    """
    return max(int((context_tokens - ANSWER_TOKENS - SAID_TOKENS) / FINER), 1)
