"""Say what follows from a text: a sentence, its short answer and its proof."""

from dataclasses import dataclass

from citewell.text.english import SENTENCE_OPENERS
from citewell.text.numbers import find_numbers
from citewell.text.words import folded_words

YES, NO = "Yes", "No"


@dataclass(frozen=True, slots=True)
class Fact:
    """What follows from a text.

    Attributes:
        text: A sentence.
        short: What of it answers: a yes or no, a number, or names.
        proof: The sentences of the text that it follows from, in order.
    """

    text: str
    short: str
    proof: tuple[str, ...] = ()

    def is_said(self, statement: str) -> bool:
        """Whether a statement gives the same answer, wholly.

        >>> fact = Fact("Yes, Kiel has 3, Emden 2.", "Yes")
        >>> fact.is_said("Yes, Kiel has more."), fact.is_said("Kiel has more.")
        (True, False)
        """
        said = folded_words(statement)
        if self.short in (YES, NO):
            return said[:1] == [self.short.casefold()]
        if self.short.isdigit():
            return self.short in find_numbers(statement)
        return set(folded_words(self.short)) - SENTENCE_OPENERS <= set(said)
