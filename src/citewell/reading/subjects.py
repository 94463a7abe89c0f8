"""Know what the articles and sections of a collection are called, so that one is not taken for another.

"Report of Lund Harbour" and "Report of Moss Harbour" are told apart by one word each. No list of names is
needed: a word of a question that stands in another's title and not in this one's is looked for.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from citewell.documents.catalogue import Named
from citewell.documents.document import Document
from citewell.index.collection import Collection
from citewell.index.wordless import NoWords
from citewell.text.english import FUNCTION_WORDS
from citewell.text.stemming import stem
from citewell.text.words import folded_words

# Most articles whose titles and headings are all kept; in larger collections the word index finds them.
MOST_KEPT = 5000
# Passages in whose titles and headings words are looked for: passages are found by these too.
LOOKED_AT = 200


class Subjects:
    """The words of all titles and headings, and which of them stand together."""

    def __init__(
        self,
        documents: Iterable[Document],
        find: Callable[[str], Iterable[frozenset[str]]] | None = None,
        named: Iterable[tuple[str, Iterable[Sequence[str]]]] = (),
    ) -> None:
        """Read the titles and the headings of the articles.

        Args:
            documents: The articles.
            find: Returns what the articles and sections nearest to some words are called, where not all
                articles are read.
            named: Titles of more articles, each with its headings and those above them.
        """
        self._find = find
        self._held: dict[str, set[int]] = {}
        everything = (words for document in documents for words in called(document))
        names = (words for title, headings in named for words in called_by(title, headings))
        for number, words in enumerate(chain(everything, names)):
            for word in words:
                self._held.setdefault(word, set()).add(number)

    @classmethod
    def of(cls, collection: Collection) -> "Subjects":
        """Read those of a collection, or find them by its word index where there are many articles."""
        documents = collection.documents
        if len(documents) <= MOST_KEPT or isinstance(collection.lexical, NoWords):
            return cls((), named=documents.named()) if isinstance(documents, Named) else cls(documents)

        def find(words: str) -> Iterator[frozenset[str]]:
            places, _ = collection.lexical.search(words, LOOKED_AT)
            for passage in (collection.passages[place] for place in places.tolist()):
                title = subject_words(passage.document.title)
                yield title.union(*map(subject_words, passage.place.headings))

        return cls((), find)

    def are_together(self, words: Iterable[str]) -> bool:
        """Whether some article or section is called by all of these words."""
        if self._find is not None:
            wanted = frozenset(words)
            return bool(wanted) and any(wanted <= called for called in self._find(" ".join(sorted(wanted))))
        held = sorted((self._held.get(word, set()) for word in words), key=len)
        return bool(held) and bool(held[0].intersection(*held[1:]))


NOWHERE = Subjects(())


def called(document: Document) -> Iterator[frozenset[str]]:
    """Yield the words of the article's title, and with them those of the headings above each section."""
    return called_by(document.title, document.headings)


def called_by(title: str, headings: Iterable[Sequence[str]]) -> Iterator[frozenset[str]]:
    """Yield the words of a title, and with them those of each heading and the headings above it."""
    words = subject_words(title)
    yield words
    for above in headings:
        yield words.union(*map(subject_words, above))


@lru_cache(maxsize=4096)
def subject_words(text: str) -> frozenset[str]:
    """Return the words of a title or heading that may name its subject, folded and stemmed.

    >>> sorted(subject_words("The report of Lund Harbour, 2021"))
    ['2021', 'harbour', 'lund', 'report']
    """
    return frozenset(stem(word) for word in folded_words(text) if word not in FUNCTION_WORDS)
