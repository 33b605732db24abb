"""Writes the ONNX models that onnxruntime is timed with into .peers/models: the seed CNN of docs/guide/seed.md (NCHW) and one matrix multiply."""

import math
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).resolve().parents[2] / ".peers" / "models"
FOLDER.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(0)


def save(name, nodes, inputs, outputs, initializers):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{name}.onnx")


def weight(name, shape):
    limit = math.sqrt(6 / (math.prod(shape[1:]) + shape[0]))
    return numpy_helper.from_array(random.uniform(-limit, limit, shape).astype(np.float32), name)


def zeros(name, size):
    return numpy_helper.from_array(np.zeros(size, dtype=np.float32), name)


nodes, initializers, last = [], [], "x"
for index, (before, after) in enumerate([(3, 32), (32, 64), (64, 128)]):
    initializers += [weight(f"k{index}", (after, before, 3, 3)), zeros(f"c{index}", after)]
    nodes += [
        helper.make_node("Conv", [last, f"k{index}", f"c{index}"], [f"conv{index}"]),
        helper.make_node("Relu", [f"conv{index}"], [f"relu{index}"]),
        helper.make_node("MaxPool", [f"relu{index}"], [f"pool{index}"], kernel_shape=[2, 2], strides=[2, 2]),
    ]
    last = f"pool{index}"
initializers += [weight("w0", (512, 36992)), zeros("b0", 512), weight("w1", (1, 512)), zeros("b1", 1)]
nodes += [
    helper.make_node("Flatten", [last], ["flat"]),
    helper.make_node("Gemm", ["flat", "w0", "b0"], ["dense0"], transB=1),
    helper.make_node("Relu", ["dense0"], ["dense0relu"]),
    helper.make_node("Gemm", ["dense0relu", "w1", "b1"], ["dense1"], transB=1),
    helper.make_node("Sigmoid", ["dense1"], ["y"]),
]
value = helper.make_tensor_value_info
save(
    "seed-cnn", nodes, [value("x", TensorProto.FLOAT, ["n", 3, 150, 150])], [value("y", TensorProto.FLOAT, ["n", 1])], initializers,
)
square = ["n", "n"]
save(
    "matmul", [helper.make_node("MatMul", ["a", "b"], ["c"])], [value("a", TensorProto.FLOAT, square), value("b", TensorProto.FLOAT, square)],
    [value("c", TensorProto.FLOAT, square)], [],
)
