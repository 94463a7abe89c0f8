"""Answer in the article's own words: each sentence of evidence, verbatim, with its marker."""

from collections.abc import Iterator

from citewell.protocols import Marker, Task


class ExtractiveGenerator:
    """Copy the evidence out; there is nothing that it could invent."""

    def generate(self, task: Task) -> Iterator[str | Marker]:
        """Yield each item and its number."""
        for number, text in enumerate(task.evidence, start=1):
            yield text
            yield Marker(number)


def create() -> ExtractiveGenerator:
    """Make the generator."""
    return ExtractiveGenerator()
