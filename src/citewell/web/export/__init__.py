"""Export a conversation as Markdown, as an HTML page or as JSON.

The caller gives the time and the articles, and writes the result to a file. `record` checks the conversation,
puts it into words for every format and writes JSON. `markdown` and `page` write the other two formats. The
HTML page holds the articles that are quoted, with every quote marked. The other files hold the quotes without
the articles. All name the SHA-256 of the text that the offsets count in.
"""

from citewell.web.export.markdown import as_markdown
from citewell.web.export.page import as_html
from citewell.web.export.record import KeptConversation, as_json, keep

__all__ = ["KeptConversation", "as_html", "as_json", "as_markdown", "keep"]
