"""Show the chat in a browser, with the article beside it.

`page` puts the page into Gradio and `chat` does what a visitor asks for; `panes` shows the session, with the
HTML of `conversation_html`, `trace_html` and `article_html`; `additions` takes a visitor's own articles.
`server` serves it. `guard` and `login` decide who comes in, `intake` what comes in. `static/` holds the style
and the scripts.
"""
