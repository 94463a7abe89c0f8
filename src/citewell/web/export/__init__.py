"""Keep a conversation: as Markdown to paste, as a page of HTML to send, as JSON to work with.

The caller gives the time and the articles, and writes the result to a file. `record` checks the conversation
and words it for every format. `markdown` and `page` write the formats. They hold the quotes and not the
articles, with the SHA-256 of the text that the offsets count in.
"""

from citewell.web.export.markdown import as_markdown
from citewell.web.export.page import as_html
from citewell.web.export.record import KeptConversation, as_json, keep

__all__ = ["KeptConversation", "as_html", "as_json", "as_markdown", "keep"]
