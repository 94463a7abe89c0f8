"""A component for Haystack: `pip install 'citewell[haystack]'`.

Haystack itself sends telemetry unless HAYSTACK_TELEMETRY_ENABLED=False stands in the environment. It reads a
pipeline with this component back once `allow_deserialization_module("citewell.integrations.haystack")` of
`haystack.core.serialization` was called.
"""

from typing import Any

from haystack import Document, GeneratedAnswer, component, default_from_dict, default_to_dict

from citewell.assistant import Assistant
from citewell.errors import SettingsError
from citewell.integrations.telling import describe


@component
class CitewellAnswerer:
    """Answer a question from the articles; an answer's documents are the quotes that prove it."""

    def __init__(self, index: str | None = None, *, assistant: Assistant | None = None) -> None:
        """Take an index to open, or an assistant; with neither, what `Assistant.open()` opens."""
        self.index = index
        self.assistant = assistant
        self._given = assistant is not None

    def warm_up(self) -> Assistant:
        """Open the index, once, and return its assistant."""
        if self.assistant is None:
            self.assistant = Assistant.open(self.index)
        return self.assistant

    def to_dict(self) -> dict[str, Any]:
        """Return the component as JSON.

        Raises:
            SettingsError: It was given an assistant, which is no JSON.
        """
        if self._given:
            message = (
                "a component that was given an assistant cannot be written down; give it an index instead"
            )
            raise SettingsError(message)
        return default_to_dict(self, index=self.index)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> "CitewellAnswerer":
        """Return the component that `to_dict` wrote."""
        made: CitewellAnswerer = default_from_dict(cls, told)
        return made

    @component.output_types(answers=list[GeneratedAnswer], documents=list[Document], abstention=str)
    def run(self, query: str, history: list[str] | None = None) -> dict[str, Any]:
        """Answer a question.

        Args:
            query: The question.
            history: Earlier questions, oldest first.

        Returns:
            `answers`: the answer, or an empty list when abstaining. `documents`: what it cites, or the
            closest passages when abstaining. `abstention`: the reason; "" for an answer.
        """
        answer = self.warm_up().ask(query, history or ())
        documents = [
            Document(content=item.quote, meta={**describe(item), "number": item.number})
            for item in answer.citations or answer.closest
        ]
        told = GeneratedAnswer(data=answer.text, query=query, documents=documents, meta=answer.to_dict())
        return {
            "answers": [] if answer.abstention else [told],
            "documents": documents,
            "abstention": answer.abstention.value if answer.abstention else "",
        }
