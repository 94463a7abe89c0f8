"""Answer calls of `ask`, `find` and `check` that come by Gradio's own API."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from citewell.assistant import Assistant
from citewell.errors import CitewellError
from citewell.web.calls import answer
from citewell.web.inputs import ENDPOINTS
from citewell.web.inputs import check as hold_against


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints, named as the calls are; `citewell.web.inputs` describes their arguments.

    Attributes:
        assistant: The assistant that answers.
    """

    assistant: Assistant

    def ask(
        self, question: str, history: list[Any] | None = None, article: str = "", where: str = ""
    ) -> dict[str, Any]:
        """Answer a question about the articles; every sentence cites the exact characters that prove it."""
        return self._answer("ask", question=question, history=history, article=article, where=where)

    def find(self, text: str, article: str = "", where: str = "") -> dict[str, Any]:
        """Find every sentence that states a thing or answers a question, with its exact place."""
        return self._answer("find", text=text, article=article, where=where)

    def check(self, text: str, article: str = "", where: str = "") -> dict[str, Any]:
        """Check a text: for each of its claims, whether the articles support or contradict it, and where."""
        return self._answer("check", text=text, article=article, where=where)

    def _answer(self, name: str, **given: object) -> dict[str, Any]:
        """Answer a call; it was checked already, but not in a page that is mounted without the intake."""
        try:
            return answer(self.assistant, hold_against(ENDPOINTS[name], given))
        except CitewellError as error:
            raise gr.Error(str(error), print_exception=False) from error
