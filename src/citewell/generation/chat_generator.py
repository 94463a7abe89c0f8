"""Write with a chat model, however it is reached."""

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
    """Return the file that says how a model's grades count; `citewell calibrate` writes it.

    >>> grades_file("Qwen/Any-1.5B.gguf").name
    'qwen-any-1.5b.json'
    """
    name = model.casefold().removesuffix(".gguf")
    return GRADES / f"{re.sub(r'[^a-z0-9._-]+', '-', name)}.json"


class ChatGenerator(ABC):
    """A generator that asks a chat model and reads what it writes; how it is asked is left to each."""

    def __init__(self, plugin: str, model: str, context_tokens: int, *, constrained: bool) -> None:
        """Take the plugin's and the model's name, its context in its tokens, whether a grammar holds it."""
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
            most: Tokens that it may write.
            form: A grammar in GBNF; "" for none.

        Raises:
            GeneratorError: It cannot write, or broke off.
        """

    @abstractmethod
    def _likely(self, asked: Sequence[Mapping[str, str]]) -> Mapping[str, float]:
        """Return the likeliest tokens that a reply begins with, and the logarithm of their probability.

        Empty when the server does not tell.

        Raises:
            GeneratorError: It cannot be asked.
        """

    def grade(self, question: str, answer: str, text: str) -> float | None:
        """Return the log odds of an answer being right; None where the model does not say."""
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


# Tokens that a reply may begin with; yes and no are among the first few.
LIKELIEST = 20
# Of an answer, and of one line; the model's own tokens.
ANSWER_TOKENS = 320
LINE_TOKENS = 64
# What the prompt says besides the passages, with a long question.
SAID_TOKENS = 500
# Of a model, where nothing else is set: what small models and the servers of one's own machine have at least.
CONTEXT_TOKENS = 4096
# A model's tokens for one of tiktoken's: the vocabularies of small models cut names and digits finer.
FINER = 1.3


def passage_room(context_tokens: int) -> int:
    """Return the tokens of passages, as tiktoken counts them, that fit into a model's context.

    >>> passage_room(4096)
    2520
    """
    return max(int((context_tokens - ANSWER_TOKENS - SAID_TOKENS) / FINER), 1)
