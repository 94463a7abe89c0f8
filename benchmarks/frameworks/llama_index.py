"""LlamaIndex as it is out of the package: `python -m benchmarks.peers` runs this where LlamaIndex is.

Splitter, k and prompts are the defaults of `VectorStoreIndex`. Answers that cite are those of its
`CitationQueryEngine`, the others those of `as_query_engine`.
"""

from collections.abc import Sequence
from typing import Any

from llama_index.core import Document, VectorStoreIndex
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.openai_like import OpenAILike

from benchmarks.frameworks.asking import PATIENCE, Article, Said, Task, cite, read_numbers, run


class Engine:
    """Articles in an index, and the engine that answers from it."""

    def __init__(self, index: Any, model: Any, *, citing: bool) -> None:
        """Take the index and the model."""
        self.passages = len(index.docstore.docs)
        self._retriever = index.as_retriever()
        self._citing = citing
        self._engine = (
            CitationQueryEngine.from_args(index, llm=model) if citing else index.as_query_engine(llm=model)
        )

    def find(self, question: str) -> list[str]:
        """Return the passages that the model is given."""
        return [node.node.get_content() for node in self._retriever.retrieve(question)]

    def answer(self, question: str) -> Said:
        """Answer a question."""
        said: Any = self._engine.query(question)
        text = str(said.response or "")
        if not self._citing:
            return Said(text)
        sources = [
            node.node.get_content().removeprefix(f"Source {number}:\n")
            for number, node in enumerate(said.source_nodes, start=1)
        ]
        return cite(text, read_numbers(text), sources)


class LlamaIndex:
    """LlamaIndex, with its encoder loaded."""

    packages = ("llama-index-core", "sentence-transformers")

    def __init__(self, task: Task) -> None:
        """Load the encoder; no request is sent yet."""
        self._citing = task.citing
        self._encoder = HuggingFaceEmbedding(model_name=task.encoder)
        self._model = OpenAILike(
            model=task.model,
            api_base=task.base_url or "http://127.0.0.1/v1",
            api_key=task.key or "none",
            is_chat_model=True,
            context_window=task.context_tokens,
            temperature=0,
            max_tokens=task.most_tokens,
            timeout=PATIENCE,
            max_retries=0,
        )

    def index(self, articles: Sequence[Article]) -> Engine:
        """Split, encode and store articles."""
        documents = [Document(text=article.text, metadata={"title": article.title}) for article in articles]
        made = VectorStoreIndex.from_documents(documents, embed_model=self._encoder)
        return Engine(made, self._model, citing=self._citing)


if __name__ == "__main__":
    run(LlamaIndex)
