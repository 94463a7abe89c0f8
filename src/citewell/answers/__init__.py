"""Statements that their citations prove, and the `Answer` that they make.

In: evidence, and what a generator writes of it. Out: an `Answer`: statements with citations, a confidence
and a trace, or an abstention with its reason. What follows from figures and lists is worked out in
`arithmetic/`.
May import: generation and what is above it.
"""
