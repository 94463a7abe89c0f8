"""What follows from amounts: whether one is more, by how much, both together.

In: a question and what reads for another one, or a statement and the text that it cites. Out: a `Fact`, or
the mistake.

`amounts` reads how much a text says, `question` which amounts a question wants, and `solver` is the one door:
a reader finds each amount, and what follows is a `fact`. `checks` holds a statement that somebody else wrote
against the `figures` of its text.
"""
