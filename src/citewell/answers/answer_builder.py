"""Build an Answer from its statements or its abstention, with the time of each stage."""

import time
from collections.abc import Sequence
from dataclasses import replace

from citewell.answers.answer import Abstention, Answer, Trace
from citewell.answers.citations import Citation, Statement


class AnswerBuilder:
    """Build the Answer to one question, and time each stage."""

    def __init__(self, question: str) -> None:
        """Start the clock."""
        self.question = question
        self.standalone = question
        self.articles = 1
        self._start = self._last = time.perf_counter()
        self._laps: list[tuple[str, float]] = []

    def lap(self, stage: str) -> None:
        """Note that a stage has ended."""
        now = time.perf_counter()
        self._laps.append((stage, (now - self._last) * 1000))
        self._last = now

    def answer(
        self,
        statements: Sequence[Statement],
        confidence: float,
        note: str,
        trace: Trace,
        *,
        disagrees: bool = False,
    ) -> Answer:
        """Return the Answer of statements; its short answer is all of their text when no part is marked.

        When the articles disagree, the short answer gives each side with its article.
        """
        marked = [item.short_text(span) for item in statements for span in item.short]
        short = ", ".join(dict.fromkeys(marked)) or " ".join(item.text for item in statements)
        if disagrees:
            short = "; ".join(f"{self._short_of(item)} ({item.citations[0].name})" for item in statements)
        return Answer(
            question=self.question,
            standalone=self.standalone,
            statements=tuple(statements),
            short=short,
            confidence=confidence,
            abstention=None,
            message=note,
            closest=(),
            trace=self._time(trace),
            articles=self.articles,
            disagrees=disagrees,
        )

    def _short_of(self, statement: Statement) -> str:
        """Return the short answer of one statement; its text when no part is marked."""
        return ", ".join(map(statement.short_text, statement.short)) or statement.text

    def abstain(
        self,
        reason: Abstention,
        message: str,
        trace: Trace,
        confidence: float = 0.0,
        closest: tuple[Citation, ...] = (),
    ) -> Answer:
        """Return the Answer that says why there is none."""
        return Answer(
            question=self.question,
            standalone=self.standalone,
            statements=(),
            short="",
            confidence=confidence,
            abstention=reason,
            message=message,
            closest=closest,
            trace=self._time(trace),
            articles=self.articles,
        )

    def _time(self, trace: Trace) -> Trace:
        total = (time.perf_counter() - self._start) * 1000
        return replace(trace, milliseconds=(*self._laps, ("total", total)))
