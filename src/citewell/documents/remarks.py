"""Tell which parts of an article a loader left out or could not read."""

from collections import Counter

# Of each kind: what fits the line on which a warning is told.
MOST_QUOTED = 5
LONGEST_QUOTE = 80


class Remarks:
    """Collects the remarks that people who use an article must see.

    >>> remarks = Remarks()
    >>> remarks.withdraw("struck out", "nine people")
    >>> remarks.sentences
    ('What is struck out was left out: “nine people”.',)
    """

    def __init__(self) -> None:
        """Begin with nothing to tell."""
        self._withdrawn: dict[str, list[str]] = {}
        self._hidden = 0
        self._unread: Counter[str] = Counter()
        self._others: dict[str, None] = {}

    def withdraw(self, how: str, words: str) -> None:
        """Note words that the author took back; how: "struck out", "deleted"."""
        if clean := " ".join(words.split()):
            self._withdrawn.setdefault(how, []).append(clean)

    def hide(self, words: str) -> None:
        """Note words that no person sees; no remark quotes them, since somebody may have hidden a name."""
        self._hidden += len(words.split())

    def not_read(self, what: str, count: int = 1) -> None:
        """Note a part that has no text to read: "picture", in the singular."""
        self._unread[what] += count

    def tell(self, sentence: str) -> None:
        """Note anything else, once."""
        self._others.setdefault(sentence)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The remarks, one sentence each."""
        told = [f"What is {how} was left out: {_quote(parts)}." for how, parts in self._withdrawn.items()]
        if self._hidden:
            words = "word that is" if self._hidden == 1 else "words that are"
            told.append(f"{self._hidden} {words} formatted so that no reader sees them: left out.")
        told += [
            f"Not read: {count} {_plural(what) if count > 1 else what}."
            for what, count in self._unread.items()
        ]
        return (*told, *self._others)


def _plural(what: str) -> str:
    """Return a name for several: what it is comes first."""
    head, *rest = what.split(" with", 1)
    return f"{head}s{''.join(' with' + one for one in rest)}"


def _quote(parts: list[str]) -> str:
    shown = [
        f"“{part if len(part) <= LONGEST_QUOTE else part[:LONGEST_QUOTE] + '…'}”"
        for part in parts[:MOST_QUOTED]
    ]
    more = len(parts) - MOST_QUOTED
    return "; ".join(shown) + (f" and {more} more" if more > 0 else "")
