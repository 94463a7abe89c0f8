"""Build an Answer from its statements or its abstention, with the time of each stage."""

import time
from collections.abc import Sequence
from dataclasses import replace

from citewell import streams
from citewell.answers.answer import Abstention, Answer, Trace
from citewell.checking.citations import Citation, Statement
from citewell.text.words import folded_words


class AnswerBuilder:
    """Build the Answer to one question, and time each stage."""

    def __init__(self, question: str) -> None:
        """Start the clock."""
        self.question = question
        self.standalone = question
        self.articles = 1
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Note that a stage has ended; the times of one that is passed several times are added.

        Raises:
            AbandonedError: Nobody waits for the answer any more.
        """
        streams.check()
        now = time.perf_counter()
        self._laps[stage] = self._laps.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now

    def answer(
        self,
        statements: Sequence[Statement],
        confidence: float,
        note: str,
        trace: Trace,
        order: Sequence[str] = (),
        *,
        disagrees: bool = False,
    ) -> Answer:
        """Return the Answer of statements; its short answer is all of their text when no part is marked.

        Args:
            statements: The statements.
            confidence: As in Answer.
            note: As in Answer.
            trace: As in Answer.
            order: The parts of the short answer as they were asked for. When empty, or when the statements
                lack one of them, the parts that are marked in the statements are taken.
            disagrees: Whether each statement is another article's answer. Then the short answer gives each
                with its article.
        """
        marked = [item.short_text(span) for item in statements for span in item.short]
        is_said = bool(order) and all(any(part in text for text in marked) for part in order)
        parts = dict.fromkeys(order) if is_said else distinct(marked)
        short = ", ".join(parts) or " ".join(item.text for item in statements)
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
        return replace(trace, milliseconds=(*self._laps.items(), ("total", total)))


def distinct(parts: Sequence[str]) -> list[str]:
    """Return the parts of a short answer without those whose words another part has already.

    >>> distinct(["cash", "both cash and coins", "64 guns"])
    ['both cash and coins', '64 guns']
    """
    found = list(dict.fromkeys(parts))
    words = {part: f" {' '.join(folded_words(part))} " for part in found}
    return [
        part
        for place, part in enumerate(found)
        if not any(
            words[part] in words[other] and (words[part] != words[other] or at < place)
            for at, other in enumerate(found)
            if at != place
        )
    ]
