"""Keep a conversation: as Markdown to paste, as a page of HTML to send, as JSON to work with.

Nothing is looked up here: the caller says when, brings the articles and writes what comes back. `record`
checks the conversation and puts it into the words of every format, `markdown` and `page` write them. The
articles are in none of them, only what is quoted, with the SHA-256 of the text that the offsets count in.
"""

from citewell.web.export.markdown import as_markdown
from citewell.web.export.page import as_html
from citewell.web.export.record import KeptConversation, as_json, keep

__all__ = ["KeptConversation", "as_html", "as_json", "as_markdown", "keep"]
