"""Write the trained network as ONNX, in float and quantised to int8."""

import hashlib
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.model import ReaderModel

INPUTS = ("ids", "segments", "mask")
OUTPUTS = ("span", "answerable", "relevance", "support")
OPSET = 17


def export(model: ReaderModel, path: Path) -> None:
    """Write the network in float32 with any number of pairs and tokens."""
    example = tuple(torch.ones(2, 8, dtype=torch.int64) for _ in INPUTS)
    axes = {name: {0: "pairs", 1: "tokens"} for name in (*INPUTS, "span")}
    axes |= {name: {0: "pairs"} for name in OUTPUTS[1:]}
    with warnings.catch_warnings():
        # This exporter is on its way out; the one that follows it needs two more packages.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model.eval(), example, str(path), input_names=INPUTS, output_names=OUTPUTS,
            dynamic_axes=axes, opset_version=OPSET, dynamo=False,
        )  # fmt: skip


def quantise(path: Path, to: Path) -> None:
    """Write an ONNX file with int8 weights, a scale a column; activations are quantised as they come.

    The span head stays in float: it is small, and every score hangs on it. The other heads are quantised:
    they are Gemm nodes, which onnxruntime renames before it looks for `heads`. Weights have seven bits,
    because processors without VNNI add two products of eight bits into sixteen and overflow
    (onnxruntime's documentation on quantisation, "reduce_range").
    """
    prepared = to.with_suffix(".prepared.onnx")
    quant_pre_process(path, prepared, skip_symbolic_shape=True)
    heads = [
        node.name
        for node in onnx.load(prepared).graph.node
        if node.op_type in {"MatMul", "Gemm"} and not node.name.startswith("/layers.")
    ]
    quantize_dynamic(
        prepared, to, op_types_to_quantize=["MatMul", "Gather"], nodes_to_exclude=heads,
        per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
    )  # fmt: skip
    prepared.unlink()


def ship(model: ReaderModel, tokenizer: Path, plain: Path, quantised: Path) -> None:
    """Write two folders that citewell can read with: the float network, and the quantised one.

    Each holds the network, its tokenizer and their hashes.
    """
    for folder in (plain, quantised):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    export(model, plain / "reader.onnx")
    quantise(plain / "reader.onnx", quantised / "reader.onnx")
    for folder in (plain, quantised):
        names = ("reader.onnx", "tokenizer.json")
        sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
        (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
