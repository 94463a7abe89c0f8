"""Answer in the article's own words: each sentence of evidence, verbatim, with its marker."""

from collections.abc import Sequence

from citewell.generation.generator import GenerationRequest, Marker, Pieces
from citewell.questions.history import Turn


class ExtractiveGenerator:
    """Copy the evidence verbatim, so that no word is invented."""

    name = "extractive"
    room = 0
    grading = None

    def grade(self, _question: str, _answer: str, _text: str) -> None:
        """Return no grade: the reader's own probability counts."""

    def generate(self, task: GenerationRequest) -> Pieces:
        """Yield each item and its number."""
        for number, text in enumerate(task.evidence, start=1):
            yield text
            yield Marker(number)

    def standalone(self, _question: str, _earlier: Sequence[Turn]) -> str:
        """Return "": only the rules of `citewell.questions.rewriting` rewrite the follow-up."""
        return ""


def create() -> ExtractiveGenerator:
    """Make the generator."""
    return ExtractiveGenerator()
