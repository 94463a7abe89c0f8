"""Show the chat in a browser, with the article beside it.

`markup` makes text safe, `talk` makes HTML of the conversation and `paper` of the article; `page` puts both
into Gradio, `server` serves it, `guard` keeps everything else out; `static/` holds the style and the scripts.
"""
