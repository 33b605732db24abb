"""Writes the known models that onnxruntime is timed with into .peers/models, batch normalization folded as exporters do."""

from pathlib import Path

import numpy as np
import onnx
from known_models_torch import MODELS, MeanOfTokens, Residual
from onnx import TensorProto, helper, numpy_helper
from torch import nn

FOLDER = Path(__file__).resolve().parents[2] / ".peers" / "models"
FOLDER.mkdir(parents=True, exist_ok=True)


class Graph:
    """Nodes and weights of one model."""

    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def weight(self, values):
        self.count += 1
        name = f"w{self.count}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, kind, inputs, **attributes):
        self.count += 1
        name = f"t{self.count}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def linear(self, x, weight, bias):
        return self.add("Add", [self.add("MatMul", [x, self.weight(weight.T)]), self.weight(bias)])


def numbers(tensor):
    return tensor.detach().numpy()


def folded(conv, norm):
    """Weights and bias of a convolution with the normalization that follows it, if any."""
    weight = numbers(conv.weight)
    bias = np.zeros(weight.shape[0], np.float32) if conv.bias is None else numbers(conv.bias)
    if norm is None:
        return weight, bias
    scale = numbers(norm.weight) / np.sqrt(numbers(norm.running_var) + norm.eps)
    return weight * scale[:, None, None, None], (bias - numbers(norm.running_mean)) * scale + numbers(norm.bias)


def sequence(g, x, modules):
    modules = list(modules)
    for index, module in enumerate(modules):
        following = modules[index + 1] if index + 1 < len(modules) else None
        if isinstance(module, nn.BatchNorm2d):
            continue  # folded into the convolution before it
        x = emit(g, x, module, following)
    return x


def emit(g, x, module, following=None):
    if isinstance(module, nn.Conv2d):
        weight, bias = folded(module, following if isinstance(following, nn.BatchNorm2d) else None)
        return g.add(
            "Conv", [x, g.weight(weight), g.weight(bias)], kernel_shape=list(module.kernel_size), strides=list(module.stride),
            pads=[*module.padding, *module.padding], group=module.groups,
        )
    if isinstance(module, nn.ReLU):
        return g.add("Relu", [x])
    if isinstance(module, nn.ReLU6):
        return g.add("Clip", [x, g.weight(np.float32(0)), g.weight(np.float32(6))])
    if isinstance(module, nn.MaxPool2d):
        size, stride, padding = module.kernel_size, module.stride, module.padding
        return g.add("MaxPool", [x], kernel_shape=[size, size], strides=[stride, stride], pads=[padding] * 4)
    if isinstance(module, nn.AdaptiveAvgPool2d):
        return g.add("GlobalAveragePool", [x])
    if isinstance(module, nn.Flatten):
        return g.add("Flatten", [x])
    if isinstance(module, nn.Linear):
        return g.add("Gemm", [x, g.weight(numbers(module.weight)), g.weight(numbers(module.bias))], transB=1)
    if isinstance(module, Residual):
        shortcut = x if isinstance(module.shortcut, nn.Identity) else sequence(g, x, module.shortcut)
        total = g.add("Add", [shortcut, sequence(g, x, module.body)])
        return total if isinstance(module.activation, nn.Identity) else emit(g, total, module.activation)
    if isinstance(module, nn.Sequential):
        return sequence(g, x, module)
    if isinstance(module, MeanOfTokens):
        return g.add("ReduceMean", [x], axes=[1], keepdims=0)
    if isinstance(module, nn.TransformerEncoder):
        for layer in module.layers:
            x = encoder_layer(g, x, layer)
        return normal(g, x, module.norm)
    raise ValueError(f"no ONNX for {module}")


def normal(g, x, norm):
    return g.add("LayerNormalization", [x, g.weight(numbers(norm.weight)), g.weight(numbers(norm.bias))], epsilon=norm.eps)


def encoder_layer(g, x, layer):
    attention = layer.self_attn
    heads, width = attention.num_heads, attention.head_dim
    inner = normal(g, x, layer.norm1)
    weights, biases = np.split(numbers(attention.in_proj_weight), 3), np.split(numbers(attention.in_proj_bias), 3)
    shape = g.weight(np.array([0, 0, heads, width], np.int64))
    query, key, value = (g.add("Reshape", [g.linear(inner, w, b), shape]) for w, b in zip(weights, biases))
    scale = g.weight(np.float32(width**-0.5))
    query = g.add("Mul", [g.add("Transpose", [query], perm=[0, 2, 1, 3]), scale])
    scores = g.add("Softmax", [g.add("MatMul", [query, g.add("Transpose", [key], perm=[0, 2, 3, 1])])], axis=-1)
    mixed = g.add("MatMul", [scores, g.add("Transpose", [value], perm=[0, 2, 1, 3])])
    joined = g.add("Reshape", [g.add("Transpose", [mixed], perm=[0, 2, 1, 3]), g.weight(np.array([0, 0, heads * width], np.int64))])
    x = g.add("Add", [x, g.linear(joined, numbers(attention.out_proj.weight), numbers(attention.out_proj.bias))])
    hidden = g.add("Relu", [g.linear(normal(g, x, layer.norm2), numbers(layer.linear1.weight), numbers(layer.linear1.bias))])
    return g.add("Add", [x, g.linear(hidden, numbers(layer.linear2.weight), numbers(layer.linear2.bias))])


for name, shape, classes in [
    ("mobilenet-v2", [3, 224, 224], 1000), ("resnet-50", [3, 224, 224], 1000), ("vgg-16", [3, 224, 224], 1000), ("transformer", [128, 256], 10),
]:
    g = Graph()
    logits = emit(g, "x", MODELS[name](classes).eval())
    g.nodes.append(helper.make_node("Softmax", [logits], ["y"], axis=-1))
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        g.nodes, name, [value("x", TensorProto.FLOAT, ["n", *shape])], [value("y", TensorProto.FLOAT, ["n", classes])], g.weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{name}.onnx")
