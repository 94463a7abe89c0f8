"""Calculate from the figures and lists of a text: totals, differences, counts, ranks, who is left out.

In: a question and texts, or a statement and the text that it cites. Out: a `Fact`, or the mistake.

`figures` and `tables` read a text, `question` reads what is asked, and `solver` is the one door: for each
table (`table_question`) it tries `strategies`, for lists `membership`; `wording` makes sentences of what
they find. `checks` holds a statement against its text.
"""
