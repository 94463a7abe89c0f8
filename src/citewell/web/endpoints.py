"""Answer what other programs call: the endpoints, which are the tools of the Model Context Protocol too."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from citewell.assistant import Assistant
from citewell.errors import CitewellError
from citewell.text.normalisation import normalise


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints that other programs call.

    Attributes:
        assistant: The assistant that answers.
    """

    assistant: Assistant

    def ask(self, question: str, history: list[Any] | None = None, article: str = "") -> dict[str, object]:
        """Answer a question about the articles; every sentence cites the exact characters that prove it.

        Args:
            question: In any wording.
            history: Earlier questions, or messages with "role" and "content"; oldest first.
            article: Id of the article to answer from; all when empty.
        """
        # The intake has checked this against its schema; a page that is mounted without it has no check.
        kinds = ((question, str), (history or [], list), (article, str))
        fits = all(isinstance(value, kind) for value, kind in kinds)
        if not fits or not all(isinstance(item, str | dict) for item in history or []):
            message = "`question` and `article` are strings, `history` is a list of questions or messages"
            raise gr.Error(message, print_exception=False)
        try:
            answer = self.assistant.ask(
                normalise(question), history or [], only=[article] if article else None
            )
        except CitewellError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return answer.to_dict()

    def find(self, text: str, article: str = "") -> dict[str, object]:
        """Find every sentence that states a thing or answers a question, with its exact place, surest first.

        Args:
            text: A statement ("X was arrested") or a question ("Who mentioned X?").
            article: Id of the article to search; all when empty.
        """
        if not isinstance(text, str) or not isinstance(article, str):
            message = "`text` and `article` are strings"
            raise gr.Error(message, print_exception=False)
        try:
            found = self.assistant.find(normalise(text), only=[article] if article else None)
        except CitewellError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return found.to_dict()
