"""Stem words by Snowball's rules for English."""

import threading

import Stemmer

_OWN = threading.local()


def stem(word: str) -> str:
    """Return the stem of a folded word, from any thread.

    Each thread has its own stemmer, because a stemmer keeps state that threads would mix.

    >>> stem("arrested"), stem("arrests")
    ('arrest', 'arrest')
    """
    if not hasattr(_OWN, "stemmer"):
        _OWN.stemmer = Stemmer.Stemmer("english")
    stemmed: str = _OWN.stemmer.stemWord(word)
    return stemmed
