"""citewell as the other systems are measured: `python -m benchmarks.peers` runs it."""

import os
from collections.abc import Sequence

from benchmarks.frameworks.asking import PATIENCE, Article, Said, Task, run
from citewell import plugins
from citewell.assistant import Assistant
from citewell.documents.document import document
from citewell.settings import Settings


class Ours:
    """Articles in an Assistant."""

    def __init__(self, assistant: Assistant) -> None:
        """Take the assistant."""
        self._assistant = assistant
        self.passages = len(assistant.collection.passages)
        self._k = Settings().passages

    def find(self, question: str) -> list[str]:
        """Return the passages that would be read."""
        return [passage.quote for passage, _score in self._assistant.retrieve(question, self._k)]

    def answer(self, question: str) -> Said:
        """Answer, or say why not."""
        answer = self._assistant.ask(question)
        return Said(answer.text, tuple(citation.quote for citation in answer.citations))


class Citewell:
    """citewell with its own settings: extractive, or with the model on the server."""

    packages = ("citewell",)

    def __init__(self, task: Task) -> None:
        """Load the encoder; no request is sent yet."""
        self._settings = Settings()
        self._encoder = self._settings.recipe.load_encoder()
        self._generator = None
        if task.base_url:
            os.environ["OPENAI_API_KEY"] = task.key
            self._generator = plugins.load(
                "generators",
                "openai_chat",
                base_url=task.base_url,
                model=task.model,
                context_tokens=task.context_tokens,
                model_seconds=PATIENCE,
                model_retries=0,
            )

    def index(self, articles: Sequence[Article]) -> Ours:
        """Read articles into memory."""
        documents = [
            document(article.text, id=f"{number}", title=article.title)
            for number, article in enumerate(articles)
        ]
        made = Assistant.from_documents(documents, settings=self._settings, encoder=self._encoder)
        return Ours(made.with_generator(self._generator) if self._generator else made)


if __name__ == "__main__":
    run(Citewell)
