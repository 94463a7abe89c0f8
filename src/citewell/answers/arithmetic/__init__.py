"""What follows from the figures and lists of a text: totals, differences, counts, ranks, who is left out.

In: a question and texts, or a statement and the text that it cites. Out: a `Fact`, or what is wrong.
"""
