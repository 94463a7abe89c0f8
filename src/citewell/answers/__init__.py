"""Statements that their citations prove, and the `Answer` that they make.

In: evidence, and the text that a generator writes of it. Out: an `Answer` with a trace: statements with
citations and a confidence, or an abstention with its reason. `arithmetic/` calculates from figures and lists.
May import: generation and what is above it.
"""
