"""A retriever and a tool for LangChain: `pip install 'citewell[langchain]'`."""

from collections.abc import Sequence

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool, StructuredTool

from citewell.answers.answer import Answer
from citewell.assistant import Assistant
from citewell.integrations.telling import DESCRIPTION, NAME, describe, tell


class CitewellRetriever(BaseRetriever):
    """Find passages of the articles; each carries its place in its article.

    Attributes:
        assistant: The assistant that holds the articles.
        k: Most passages.
        only: Ids of the articles to search; all when None.
    """

    assistant: Assistant
    k: int = 8
    only: Sequence[str] | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  # the interface has it
    ) -> list[Document]:
        """Return the passages, best first."""
        return [
            Document(page_content=item.quote, metadata={**describe(item), "score": score})
            for item, score in self.assistant.retrieve(query, self.k, only=self.only)
        ]


def make_tool(assistant: Assistant, *, name: str = NAME, description: str = DESCRIPTION) -> BaseTool:
    """Return a tool that answers a question: the text for the model, and the Answer as the artifact."""

    def ask(question: str) -> tuple[str, Answer]:
        answer = assistant.ask(question)
        return tell(answer), answer

    async def aask(question: str) -> tuple[str, Answer]:
        answer = await assistant.aask(question)
        return tell(answer), answer

    return StructuredTool.from_function(
        ask, aask, name=name, description=description, response_format="content_and_artifact"
    )
