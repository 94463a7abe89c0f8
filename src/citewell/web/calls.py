"""Answer calls of `ask`, `find` and `check`, by whichever interface a program makes them."""

from collections.abc import Callable, Generator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from citewell import streams
from citewell.answers.answer import Answer
from citewell.answers.finding import Findings
from citewell.answers.recording import record_for_visitor
from citewell.assistant import Assistant
from citewell.checking.check import Check as Checked
from citewell.text.normalisation import normalise
from citewell.web.inputs import Ask, Check, Find
from citewell.web.turns import Turns

# What each call gives, as a JSON schema (draft 2020-12).
GIVEN: dict[str, Callable[[], dict[str, Any]]] = {
    "ask": Answer.json_schema,
    "find": Findings.json_schema,
    "check": Checked.json_schema,
}


def answer(assistant: Assistant, call: Ask | Find | Check) -> dict[str, Any]:
    """Answer a call, in the form of its schema in `GIVEN`.

    Raises:
        CitewellError: It cannot be answered as it is.
    """
    only = [call.article] if call.article else None
    match call:
        case Ask():
            history = call.model_dump()["history"] or []
            given = assistant.ask(normalise(call.question), history, only=only, where=call.where)
            return record_for_visitor(assistant.settings.record, given).to_dict()
        case Find():
            return assistant.find(normalise(call.text), only=only, where=call.where).to_dict()
        case Check():
            return assistant.check(call.text, only=only, where=call.where).to_dict()


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one assistant.

    Attributes:
        assistant: The assistant that answers.
        turns: How many calls are answered at once.
    """

    assistant: Assistant
    turns: Turns

    async def answer(self, call: Ask | Find | Check) -> dict[str, Any]:
        """Answer a call in a thread, when it is its turn.

        Raises:
            CitewellError: As `answer` raises it; or too many calls wait.
        """

        def work() -> Generator[dict[str, Any]]:
            yield answer(self.assistant, call)

        async with self.turns.turn(), aclosing(streams.beside(work())) as given:
            return await anext(given)
