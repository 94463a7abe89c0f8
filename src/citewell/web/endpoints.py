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

    def ask(
        self, question: str, history: list[Any] | None = None, article: str = "", where: str = ""
    ) -> dict[str, object]:
        """Answer a question about the articles; every sentence cites the exact characters that prove it.

        Args:
            question: In any wording.
            history: Earlier questions, or messages with "role" and "content"; oldest first.
            article: Id of the article to answer from; all when empty.
            where: Conditions that the articles meet, such as published>=2019-07-01 or title:Harbour.
        """
        # The intake has checked this against its schema; a page that is mounted without it has no check.
        kinds = ((question, str), (history or [], list), (article, str), (where, str))
        fits = all(isinstance(value, kind) for value, kind in kinds)
        if not fits or not all(isinstance(item, str | dict) for item in history or []):
            message = (
                "`question`, `article` and `where` are strings, `history` is a list of questions or messages"
            )
            raise gr.Error(message, print_exception=False)
        try:
            answer = self.assistant.ask(
                normalise(question), history or [], only=[article] if article else None, where=where
            )
        except CitewellError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return answer.to_dict()

    def find(self, text: str, article: str = "", where: str = "") -> dict[str, object]:
        """Find every sentence that states a thing or answers a question, with its exact place, surest first.

        Args:
            text: A statement ("X was arrested") or a question ("Who mentioned X?").
            article: Id of the article to search; all when empty.
            where: Conditions that the articles meet, such as published>=2019-07-01 or title:Harbour.
        """
        if not all(isinstance(value, str) for value in (text, article, where)):
            message = "`text`, `article` and `where` are strings"
            raise gr.Error(message, print_exception=False)
        try:
            found = self.assistant.find(normalise(text), only=[article] if article else None, where=where)
        except CitewellError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return found.to_dict()

    def check(self, text: str, article: str = "", where: str = "") -> dict[str, object]:
        """Check a text: for each of its claims, whether the articles support or contradict it, and where.

        Args:
            text: Any text, in sentences.
            article: Id of the article to check against; all when empty.
            where: Conditions that the articles meet, such as published>=2019-07-01 or title:Harbour.
        """
        if not all(isinstance(value, str) for value in (text, article, where)):
            message = "`text`, `article` and `where` are strings"
            raise gr.Error(message, print_exception=False)
        try:
            check = self.assistant.check(text, only=[article] if article else None, where=where)
        except CitewellError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return check.to_dict()
