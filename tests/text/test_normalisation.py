"""Bytes become text, and text becomes what offsets count in."""

import random
import struct
import unicodedata
import zlib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from citewell.errors import LoadError
from citewell.text.decoding import decode
from citewell.text.normalisation import _PLAIN, INVISIBLE, LINE_ENDS, normalise

ARTICLE = Path(__file__).parents[2] / "corpus" / "operation-disruptor.txt"
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
# Words of several scripts, as sentences have them: with spaces, digits and line ends.
SENTENCES = [
    "The tide rose to 3.2 metres on Tuesday.\nIt fell.",
    "Прилив поднялся до 3,2 метра во вторник.\n",
    "Η παλίρροια ανέβηκε την Τρίτη στα 3 μέτρα.",
    "潮位在星期二 上升到 3.2 米。\n随后 下降。\n",
    "ارتفع المد إلى ثلاثة أمتار يوم الثلاثاء.",
]


def anything() -> st.SearchStrategy[str]:
    """Any string that Python can hold, lone surrogates too, with more of what is hard than chance gives."""
    hard = (
        "\r\n\x85\v\f\u2028\u2029\ufeff\x00\x9f\t \u00a0\u200d\u0308ueÅ\u1100\u1161\u11a8\ud83d\ude00\udcff"
    )
    return st.text(st.one_of(st.characters(exclude_categories=()), st.sampled_from(hard)))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("sentence", SENTENCES, ids=["latin", "cyrillic", "greek", "chinese", "arabic"])
def test_a_sentence_comes_back_from_every_unicode_encoding_with_and_without_a_mark(
    sentence: str, encoding: str
) -> None:
    assert decode(sentence.encode(encoding)).text == sentence


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\t\n\r")))
def test_whatever_text_is_stored_with_a_utf8_mark_comes_back(text: str) -> None:
    assert decode(text.encode("utf-8-sig")).text == text


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=["Cc"])))
def test_european_text_in_plain_utf8_comes_back(text: str) -> None:
    assert decode(text.encode()).text == text.removeprefix("\ufeff")


def test_a_byte_that_an_encoding_leaves_undefined_is_seen_as_replaced_and_told() -> None:
    decoded = decode("Le café est fermé à l’été. ".encode("cp1252") * 9 + b"\x81.")

    assert decoded.text.endswith("été. \ufffd.")
    assert decoded.warnings[1] == "1 characters could not be read and stand as \ufffd"


def test_a_replacement_character_that_the_file_itself_holds_is_no_damage() -> None:
    assert decode("one \ufffd mark".encode()).text == "one \ufffd mark"


def test_one_broken_byte_does_not_garble_the_rest_of_a_utf8_text() -> None:
    whole = "Zürich, Köln and Malmö’s".encode()

    assert decode(whole + "ö".encode()[:1]).text == "Zürich, Köln and Malmö’s\ufffd"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00",
        b"\x7fELF\x02\x01\x01\x00" + bytes(8) + b"\x03\x00>\x00\x01\x00\x00\x00",
        zlib.compress(ARTICLE.read_bytes()),
        random.Random(0).randbytes(2000),
        bytes(100),
        struct.pack("<400h", *(n * n % 251 for n in range(400))),
        struct.pack(">400i", *range(400)),
        b"\x01N" * 50,
    ],
    ids=["png", "elf", "zlib", "noise", "zeros", "sound", "numbers", "no NUL"],
)
def test_binary_data_is_refused_with_the_reason(data: bytes) -> None:
    with pytest.raises(LoadError, match="holds binary data, not text"):
        decode(data)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data).text
    except LoadError:
        return
    normalise(text).encode()


@pytest.mark.parametrize("text", ["The tide rose.\x00", "Donaudampfschifffahrtsgesellschaft.\x00"])
def test_a_stray_nul_does_not_make_a_text_binary(text: str) -> None:
    assert decode(text.encode()).text == text


def test_nothing_at_all_is_an_empty_text() -> None:
    assert decode(b"").text == ""


@settings(deadline=None)
@given(anything())
@example("\x00\ufeff\r\x00\n")
@example("e\x00\u0301")
@example("\ud83d\x00\ude00")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@settings(deadline=None)
@given(anything())
def test_normalised_text_can_be_stored_is_composed_and_ends_lines_in_one_way(text: str) -> None:
    clean = normalise(text)

    assert clean.encode().decode() == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert all(unicodedata.category(character) != "Cc" or character in "\t\n" for character in clean)
    assert clean.splitlines() == clean.split("\n")[: len(clean.splitlines())]
    assert "\ufeff" not in clean


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\v", "\f", "\u2028", "\u2029"])
def test_every_line_end_becomes_one_line_feed(end: str) -> None:
    assert normalise(f"It rose.{end}It fell.{end}") == "It rose.\nIt fell.\n"


@pytest.mark.parametrize(
    "text",
    [
        "3\u00a0m",
        "\u200eשלום\u200f",
        "👩\u200d👩\u200d👧",
        "नमस्\u200cते",
        "a\tb",
        "soft\u00adhyphen",
        "👍🏽",
        "ﬁn",
        "①½",
    ],
)
def test_what_a_reader_can_see_or_needs_is_kept(text: str) -> None:
    assert normalise(text) == text


def test_what_nobody_sees_is_dropped() -> None:
    assert normalise("\ufeffThe\x00 ti\x1bde\x7f ro\x9fse\ufeff.") == "The tide rose."


def test_letters_with_marks_are_composed_even_across_a_dropped_character() -> None:
    assert normalise("Zu\u0308rich cafe\x00\u0301") == "Zürich café"


def test_halves_of_a_pair_are_joined_and_a_lone_half_is_replaced() -> None:
    assert normalise("\ud83d\ude00 \ud83d \ude00\ud83d") == "😀 \ufffd \ufffd\ufffd"


def test_the_shipped_article_comes_out_unchanged() -> None:
    data = ARTICLE.read_bytes()

    assert normalise(decode(data).text).encode() == data


@given(
    st.lists(
        st.tuples(
            st.sampled_from("aeコ "),
            st.lists(
                st.sampled_from("\u0301\u0323\u0308\u0344\u0f73\u0345\u0591\u3099\u093e\u0340"), max_size=70
            ),
        ),
        max_size=4,
    )
)
def test_however_many_marks_stand_on_a_letter_the_text_is_nfc(letters: list[tuple[str, list[str]]]) -> None:
    text = "".join(letter + "".join(marks) for letter, marks in letters)

    assert normalise(text) == unicodedata.normalize("NFC", text)


def test_what_needs_no_change_is_known_by_its_characters_alone() -> None:
    characters = list(map(chr, [*range(0xD800), *range(0xE000, 0x20000)]))
    plain = "".join(_PLAIN.findall("".join(characters)))
    decompositions = [unicodedata.decomposition(character).split() for character in characters]
    joining = {chr(int(parts[1], 16)) for parts in decompositions if len(parts) == 2 and parts[0][0] != "<"}

    assert joining
    assert not joining.intersection(plain)
    assert not any(map(unicodedata.combining, plain))
    assert unicodedata.is_normalized("NFC", "\n".join(plain))
    assert not INVISIBLE.search(plain)
    assert not LINE_ENDS.search(plain)
