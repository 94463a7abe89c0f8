"""Pages for tests: an article of two paragraphs, and what a test puts behind them."""

# ruff: noqa: E501 - a page or a part of one is a line

from pathlib import Path

from citewell import plugins
from citewell.documents.loader import Article

FIRST = (
    "The ferry line between the two islands has carried passengers for more than a century, and almost everybody"
    " on the smaller island depends on it for work, school and the doctor."
)
SECOND = (
    "In winter the crossing takes longer, because the captain has to go round the sandbank that the storms of the"
    " last decade have moved to the west of the lighthouse."
)


def read(tmp_path: Path, markup: str) -> Article:
    """Load markup as a page, whatever its suffix."""
    path = tmp_path / "page.html"
    path.write_text(markup, encoding="utf-8")
    (article,) = plugins.load("loaders", "html").load(path)
    assert isinstance(article, Article)
    return article


def page(body: str, head: str = "", *, language: str = "en") -> str:
    """Return a page with an article of two paragraphs and what is put behind them."""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>Ferry</title>{head}</head><body><main>'
        f"<article><h1>Ferry</h1><p>{FIRST}</p><p>{SECOND}</p>{body}</article></main></body></html>"
    )


def added(tmp_path: Path, body: str, head: str = "", *, language: str = "en") -> str:
    """Return what a page's text has behind its two paragraphs."""
    text = read(tmp_path, page(body, head, language=language)).text
    assert text.startswith(f"Ferry\n\n{FIRST}\n\n{SECOND}")
    return text.removeprefix(f"Ferry\n\n{FIRST}\n\n{SECOND}").strip()
