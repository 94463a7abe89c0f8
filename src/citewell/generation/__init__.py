"""Put evidence into words: copy it, or have a language model write and cite.

In: a `GenerationRequest`. Out: text, markers and a short answer as they are written. `answers/` verifies the
text. Plugins: `generators/`.
May import: reading and what is above it.
"""
