"""Haystack as it is out of the package: `python -m benchmarks.peers` runs this where Haystack is.

Splitter and k are the defaults of `DocumentSplitter` and `InMemoryEmbeddingRetriever`. Answers that cite have
deepset's prompt for references, and `AnswerBuilder` reads them; the other prompt is that of Haystack's
tutorial "Creating Your First QA Pipeline with Retrieval-Augmentation".
"""

import re
from collections.abc import Sequence
from typing import Any

from haystack import Document, Pipeline
from haystack.components.builders import AnswerBuilder, ChatPromptBuilder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.components.writers import DocumentWriter
from haystack.dataclasses import ChatMessage
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import Secret
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.frameworks.asking import PATIENCE, Article, Said, Task, run

CITING = (
    "Create a concise and informative answer (no more than 50 words) for a given question based solely on "
    "the given documents. You must only use information from the given documents. Use an unbiased and "
    "journalistic tone. Do not repeat text. Cite the documents using Document[number] notation. If multiple "
    "documents contain the answer, cite those documents like ‘as stated in Document[number], "
    "Document[number], etc.’. If the documents do not contain the answer to the question, say that "
    "‘answering is not possible given the available information.’\n"
    "{% for document in documents %}\nDocument[{{ loop.index }}]: {{ document.content }}\n{% endfor %}\n"
    "Question: {{ question }}\nAnswer:"
)
REFERENCE = r"Document\[(\d+)\]"
PLAIN = """
Given the following information, answer the question.

Context:
{% for document in documents %}
    {{ document.content }}
{% endfor %}

Question: {{question}}
Answer:
"""


class Answering:
    """Articles in a store, and the pipelines that find in it and answer from it."""

    def __init__(self, store: Any, encoder: Any, task: Task) -> None:
        """Take the store, the encoder of questions and the task."""
        self.passages = store.count_documents()
        self._encoder = encoder
        self._retriever = InMemoryEmbeddingRetriever(store)
        self._citing = task.citing
        prompt = CITING if task.citing else PLAIN
        writing = Pipeline()
        writing.add_component(
            "prompt", ChatPromptBuilder(template=[ChatMessage.from_user(prompt)], required_variables="*")
        )
        writing.add_component(
            "model",
            OpenAIChatGenerator(
                model=task.model,
                api_base_url=task.base_url or "http://127.0.0.1/v1",
                api_key=Secret.from_token(task.key or "none"),
                generation_kwargs={"temperature": 0, "max_tokens": task.most_tokens},
                timeout=PATIENCE,
                max_retries=0,
            ),
        )
        writing.add_component("answers", AnswerBuilder(reference_pattern=REFERENCE if task.citing else None))
        writing.connect("prompt.prompt", "model.messages")
        writing.connect("model.replies", "answers.replies")
        self._writing = writing

    def find(self, question: str) -> list[str]:
        """Return the passages that the model is given."""
        return [document.content or "" for document in self._find(question)]

    def answer(self, question: str) -> Said:
        """Answer a question."""
        documents = self._find(question)
        given = {"documents": documents, "question": question}
        said = self._writing.run(
            {"prompt": given, "answers": {"query": question, "documents": documents}},
            include_outputs_from={"model"},
        )
        answer = said["answers"]["answers"][0]
        reply = said["model"]["replies"][0].text or ""
        if not self._citing:
            return Said(reply)
        referenced = {int(number) for number in re.findall(REFERENCE, reply)}
        dangling = sum(not 1 <= number <= len(documents) for number in referenced)
        return Said(reply, tuple(document.content or "" for document in answer.documents), dangling)

    def _find(self, question: str) -> list[Document]:
        embedding = self._encoder.run(text=question)["embedding"]
        found: list[Document] = self._retriever.run(query_embedding=embedding)["documents"]
        return found


class Haystack:
    """Haystack, with its encoder loaded."""

    packages = ("haystack-ai", "sentence-transformers-haystack", "sentence-transformers")

    def __init__(self, task: Task) -> None:
        """Load the encoders; no request is sent yet."""
        self._task = task
        self._questions = SentenceTransformersTextEmbedder(model=task.encoder, progress_bar=False)
        self._texts = SentenceTransformersDocumentEmbedder(model=task.encoder, progress_bar=False)

    def index(self, articles: Sequence[Article]) -> Answering:
        """Split, encode and store articles."""
        store = InMemoryDocumentStore()
        documents = [Document(content=article.text, meta={"title": article.title}) for article in articles]
        parts = DocumentSplitter().run(documents=documents)["documents"]
        DocumentWriter(store).run(documents=self._texts.run(documents=parts)["documents"])
        return Answering(store, self._questions, self._task)


if __name__ == "__main__":
    run(Haystack)
