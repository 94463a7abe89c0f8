"""Calculate from amounts: which of two is more, by how much, both together, whether one passes a number.

In: a question and a function that reads for another one, or a statement and the text that it cites. Out: a
`Fact`, or the mistake.

`amounts` reads how much a text says, `question` which amounts a question wants, and `solver` is the one door:
a reader finds each amount, and what follows is a `fact`. `checks` holds a statement that somebody else wrote
against the `figures` of its text.
"""
