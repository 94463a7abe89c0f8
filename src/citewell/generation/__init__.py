"""Evidence put into words: by copying it, or by a language model that is held to cite.

In: a `GenerationRequest`. Out: text, markers and a short answer as they are written; nothing of it is
believed before it is verified. Plugins: `generators/`.
May import: reading and what is above it.
"""
