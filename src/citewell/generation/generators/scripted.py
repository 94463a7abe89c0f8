"""Write the texts of a script, for tests of programs that use citewell with a language model.

A script has one text for each question in turn. Each text is a reply that a model could write, in the form of
`citewell.generation.prompts`.
"""

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock

from citewell.errors import GeneratorError
from citewell.generation.generator import GenerationRequest, Pieces
from citewell.generation.parsing import parse_pieces
from citewell.questions.history import Turn
from citewell.reading.reader import Calibration

ROOM = 2000
CHUNK = 3  # characters at a time, as a model's tokens come
# Map from the grades to probabilities: the log odds of the reader and of the script are added up.
GRADING = Calibration(slope=1.0, intercept=0.0, threshold=0.5)
DEFAULT = "The article says so [1].\nShort: so"


class ScriptedGenerator:
    """Write scripted texts in order, then from the first again, and record every request.

    Attributes:
        tasks: The requests so far, in order.
        followed: The follow-ups to rewrite so far, in order.
        graded: The questions, answers and texts to grade so far, in order.
    """

    name = "scripted"

    def __init__(
        self,
        texts: Sequence[str],
        *,
        room: int,
        standalone: str,
        fails_after: int | None,
        grades: Mapping[str, float] | None,
    ) -> None:
        """Take the texts."""
        self.room = room
        self.grading = None if grades is None else GRADING
        self.graded: list[tuple[str, str, str]] = []
        self._grades = grades or {}
        self.tasks: list[GenerationRequest] = []
        self.followed: list[str] = []
        self._texts = texts
        self._standalone = standalone
        self._fails_after = fails_after
        self._lock = Lock()

    def generate(self, task: GenerationRequest) -> Pieces:
        """Write the next text, three characters at a time."""
        with self._lock:
            text = self._texts[len(self.tasks) % len(self._texts)]
            self.tasks.append(task)
        yield from parse_pieces(self._chunks(text))

    def _chunks(self, text: str) -> Iterator[str]:
        end = len(text) if self._fails_after is None else self._fails_after
        for start in range(0, end, CHUNK):
            yield text[start : min(start + CHUNK, end)]
        if self._fails_after is not None:
            message = "the script ends here"
            raise GeneratorError(message)

    def grade(self, question: str, answer: str, text: str) -> float | None:
        """Return the script's grade for an answer; None when it has none."""
        self.graded.append((question, answer, text))
        return self._grades.get(answer)

    def standalone(self, question: str, _earlier: Sequence[Turn]) -> str:
        """Return the script's question for every follow-up."""
        self.followed.append(question)
        return self._standalone


def create(
    texts: Sequence[str] = (DEFAULT,),
    *,
    room: int = ROOM,
    standalone: str = "",
    fails_after: int | None = None,
    grades: Mapping[str, float] | None = None,
) -> ScriptedGenerator:
    """Make the generator.

    Args:
        texts: Texts that the generator writes, at least one.
        room: Tokens of passages that the generator is given.
        standalone: Question that replaces every follow-up; "" to leave follow-ups to the rules.
        fails_after: Characters after which the generator breaks off with a GeneratorError; None: never.
        grades: Log odds that an answer is right, by the answer; None when the generator does not grade.

    >>> list(create(["It rose [2]."]).generate(GenerationRequest("What rose?", ("It rained.", "It rose."))))[
    ...     -1
    ... ]
    Marker(number=2)
    """
    return ScriptedGenerator(texts, room=room, standalone=standalone, fails_after=fails_after, grades=grades)
