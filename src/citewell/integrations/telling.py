"""Say a passage and an answer to a framework: its metadata, and text for a language model."""

from citewell.answers.answer import Answer
from citewell.checking.citations import Citation

NAME = "ask_articles"
DESCRIPTION = (
    "Answer a question from the user's articles. The quotes below an answer prove every sentence of it."
    " When the articles do not say, the answer says so; then give no other answer in its place."
)


def describe(citation: Citation) -> dict[str, str | int]:
    """Return the metadata of a passage or citation: where its text stands."""
    return {
        "document_id": citation.document_id,
        "title": citation.document_title,
        "source": citation.source,
        "section": " › ".join(citation.place.headings),
        "page": citation.place.page,
        "published": citation.published,
        "start_char_index": citation.start,
        "end_char_index": citation.end,
    }


def tell(answer: Answer) -> str:
    """Return an answer and its quotes as text; only the reason when abstaining."""
    quotes = (
        f"[{item.number}] {item.where}, characters {item.start} to {item.end}: {item.quote}"
        for item in answer.citations
    )
    return "\n".join([answer.text, *quotes])
