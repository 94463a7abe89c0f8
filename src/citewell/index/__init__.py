"""Make an index of passages, and find the passages that may answer a question.

In: documents, or a question that stands alone. Out: a `Collection` (passages, vectors, words), its manifest
and generation folder, and `Hit`s, best first. Plugins: `encoders/`, `vector/`, `lexical/`.
May import: documents and what is above it.
"""
