"""Show the chat in a browser, with the article beside it.

`page` puts the page into Gradio, and `chat` handles the visitor's actions. `panes` shows the session, with
the HTML of `conversation_html`, `trace_html` and `article_html`. `additions` takes a visitor's own articles.
`server` serves the page. `guard` and `login` decide who may send requests, and `intake` which requests pass.
`static/` holds the style and the scripts.
"""
