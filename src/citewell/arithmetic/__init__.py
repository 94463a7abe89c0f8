"""Calculate from amounts: which of two is more, by how much, their sum, whether one passes a number.

In: a question and a function that reads the articles for a question, or a statement and the text that it
cites. Out: a `Fact`, or the mistake in the statement.

`amounts` finds the amounts in a text. `question` finds which amounts a question asks about. `solver` is the
entrance: it has a reader find each amount, and returns the result as a `fact`. `checks` compares a statement
that a language model wrote with the `figures` of the cited text.
"""
