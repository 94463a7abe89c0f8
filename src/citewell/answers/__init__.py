"""Make an `Answer` of statements that their citations prove.

In: evidence, and the text that a generator writes from it. Out: an `Answer` with a trace: statements with
citations and a confidence, or an abstention with its reason. `arithmetic/` calculates from figures and lists.
May import: generation and what is above it.
"""
