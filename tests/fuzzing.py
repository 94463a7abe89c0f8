"""What the fuzzing has in common: how many examples are tried, and damaged bytes.

A test under `make test` tries few examples, the same each time. `make fuzz` runs rounds under the profile
"fuzz": each tries many more, by a new seed that it prints.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# So many times the examples of a short run are tried in one round.
TIMES = 20
# Whatever is slower than this on a small input is a fault of its own; a first example also imports.
LONGEST = timedelta(seconds=30)
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

settings.register_profile("fuzz", print_blob=True)


def tried(examples: int) -> Callable[[Any], Any]:
    """Decorate a test: so many examples in a short run, always the same ones."""
    long = settings.get_current_profile_name() == "fuzz"
    quiet = [*QUIET, HealthCheck.function_scoped_fixture]
    if long:
        return settings(
            max_examples=examples * TIMES, deadline=LONGEST, suppress_health_check=quiet, print_blob=True
        )
    return settings(
        max_examples=examples, deadline=LONGEST, suppress_health_check=quiet, derandomize=True, database=None
    )


# Any text, halves of surrogate pairs too; with the characters that break programs more often than others.
STRANGE = st.sampled_from(
    [
        *"\x00\x01\x1b\x7f\x85\xa0\xad\u0301\u200b\u200d\u202e\u2028\u2066\ufeff\ufffd\ufffe\ud83d\udc00\U0010ffff",
        *"🌊﷽İßǅⅧ½٣三ア한؟。𝔘\\\"'`|\n\t ",
        *"👩\u200d👩\u200d👧 <b> &amp; [1] {} ${x} %s \r\n".split(" "),
    ]
)
ANY_TEXT = st.lists(st.one_of(st.text(max_size=12), st.characters(), STRANGE), max_size=30).map("".join)

Mutation = Callable[[bytes], bytes]


@st.composite
def mutation(draw: st.DrawFn, tokens: Sequence[bytes]) -> Mutation:
    """Draw one change of a file: by places that are shares of its length, so that it fits any file."""
    at, size = draw(st.floats(0, 1)), draw(st.integers(0, 40))
    kind = draw(st.sampled_from(["flip", "cut", "out", "twice", "move", "token", "bytes", "end"]))
    bit, token = draw(st.integers(0, 7)), draw(st.sampled_from(list(tokens)))
    noise = draw(st.binary(max_size=12)) if kind == "bytes" else b""

    def change(data: bytes) -> bytes:
        start = min(int(at * len(data)), max(len(data) - 1, 0))
        end = start + size
        if kind == "flip":
            return data[:start] + bytes([data[start] ^ 1 << bit]) + data[start + 1 :] if data else data
        whole = {
            "cut": data[:start],
            "out": data[:start] + data[end:],
            "twice": data[:end] + data[start:],
            "move": data[end:] + data[:end],
            "token": data[:start] + token + data[start:],
            "bytes": data[:start] + noise + data[end:],
            "end": data + token,
        }
        return whole[kind]

    return change


def mutations(tokens: Sequence[bytes]) -> st.SearchStrategy[Mutation]:
    """Draw a few changes, one after the other."""

    def chain(changes: Sequence[Mutation]) -> Mutation:
        def change(data: bytes) -> bytes:
            for one in changes:
                data = one(data)
            return data

        return change

    return st.lists(mutation(tokens), min_size=1, max_size=6).map(chain)
