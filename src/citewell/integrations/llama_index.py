"""A retriever and a tool for LlamaIndex: `pip install 'citewell[llama-index]'`."""

from collections.abc import Sequence

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.core.tools import FunctionTool

from citewell.assistant import Assistant
from citewell.integrations.telling import DESCRIPTION, NAME, describe, tell


class CitewellRetriever(BaseRetriever):
    """Find passages of the articles; each carries its place in its article."""

    def __init__(self, assistant: Assistant, k: int = 8, only: Sequence[str] | None = None) -> None:
        """Take the assistant that holds the articles.

        Args:
            assistant: The assistant.
            k: Most passages.
            only: Ids of the articles to search; all when None.
        """
        super().__init__()
        self.assistant, self.k, self.only = assistant, k, only

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """Return the passages, best first."""
        return [
            NodeWithScore(
                node=TextNode(
                    id_=f"{item.document_id}:{item.start}-{item.end}",
                    text=item.quote,
                    metadata=describe(item),
                    start_char_idx=item.start,
                    end_char_idx=item.end,
                ),
                score=score,
            )
            for item, score in self.assistant.retrieve(query_bundle.query_str, self.k, only=self.only)
        ]


def make_tool(assistant: Assistant, *, name: str = NAME, description: str = DESCRIPTION) -> FunctionTool:
    """Return a tool that answers a question, with its quotes, as text for the model."""

    def ask(question: str) -> str:
        return tell(assistant.ask(question))

    async def aask(question: str) -> str:
        return tell(await assistant.aask(question))

    return FunctionTool.from_defaults(ask, async_fn=aask, name=name, description=description)
