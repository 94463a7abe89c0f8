"""Check what a text says against the articles.

In: a text with claims, or a statement with the sentences that it cites. Out: for each claim its outcome, its
probability and citations, or why a statement may not be shown.
May import: arithmetic and what is above it.
"""
