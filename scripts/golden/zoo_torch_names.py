"""PyTorch's tensors under sinter's names and in its layout, as views: what is written to a view is in the model, and gradients
are viewed the same way. A filter is [height, width, inputs, outputs], a matrix [inputs, outputs]."""

NORM = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
KERNEL = {"weight": "kernel", "bias": "bias"}
FIRES = {3: 2, 4: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8, 12: 9}
LITE_BLOCKS = [f"{stage}{letter}" for stage, count in enumerate((1, 2, 2, 3, 3, 4, 1), 1) for letter in "abcd"[:count]]
LITE_PARTS = {"_expand_conv": "expand_conv", "_bn0": "expand_bn", "_depthwise_conv": "dwconv", "_bn1": "bn", "_project_conv": "project_conv", "_bn2": "project_bn"}


def resnet(layer, part):
    if layer[0] == "fc":
        return f"predictions/{KERNEL[part]}"
    if layer[0] in ("conv1", "bn1"):
        return f"conv1_conv/{KERNEL[part]}" if layer[0] == "conv1" else f"conv1_bn/{NORM[part]}"
    prefix = f"conv{int(layer[0][-1]) + 1}_block{int(layer[1]) + 1}"
    number, kind = ("0", ["conv", "bn"][int(layer[3])]) if layer[2] == "downsample" else (layer[2][-1], layer[2][:-1])
    return f"{prefix}_{number}_{kind}/{(KERNEL if kind == 'conv' else NORM)[part]}"


def squeezenet(layer, part):
    if layer[0] == "classifier":
        return f"conv10/{KERNEL[part]}"
    where = "conv1" if layer[1] == "0" else f"fire{FIRES[int(layer[1])]}_{layer[2]}"
    return f"{where}/{KERNEL[part]}"


def lite(layer, part):
    if layer[0] == "_fc":
        return f"predictions/{KERNEL[part]}"
    if layer[0] == "_blocks":
        name = f"block{LITE_BLOCKS[int(layer[1])]}_{LITE_PARTS[layer[2]]}"
    else:
        name = {"_conv_stem": "stem_conv", "_bn0": "stem_bn", "_conv_head": "top_conv", "_bn1": "top_bn"}[layer[0]]
    return f"{name}/{(NORM if name.endswith('bn') else KERNEL)[part]}"


def vit(layer, part):
    if layer[-1:] == ["self_attention"] or not layer or part == "pos_embedding":
        return None
    name = {"conv_proj": "conv_proj", "heads": "head"}.get(layer[0])
    if name is None:
        name = "ln" if layer[1] == "ln" else "_".join([layer[2], *layer[3:]]).replace("mlp_0", "mlp_1").replace("mlp_3", "mlp_2").replace("self_attention_out_proj", "self_attention/attention_output")
    return f"{name}/{({'weight': 'gamma', 'bias': 'beta'} if name.split('_')[-2:][0] == 'ln' or name == 'ln' else KERNEL)[part]}"


def vit_views(key, values, heads):
    """The weights of attention, one tensor for queries, keys and values, and the rows that are learned."""
    if key == "class_token":
        return {"class_token/token": values[0, 0]}
    if key.endswith("pos_embedding"):
        return {"pos_embedding/embeddings": values[0]}
    found, layer = {}, key.split(".")[2]
    for index, part in enumerate(("query", "key", "value")):
        size = values.shape[0] // 3
        own = values[index * size : (index + 1) * size].unflatten(0, (heads, size // heads))
        found[f"{layer}_self_attention/{part}/{'bias' if values.ndim == 1 else 'kernel'}"] = own if values.ndim == 1 else own.permute(2, 0, 1)
    return found


def plain(name, values, heads):
    """In sinter's layout. One channel at a time is [height, width, channels, 1]."""
    if name.endswith("attention_output/kernel"):
        return values.unflatten(1, (heads, -1)).permute(1, 2, 0)
    if values.ndim == 4:
        return values.permute(2, 3, 0, 1) if name.endswith("dwconv/kernel") else values.permute(2, 3, 1, 0)
    return values.T if values.ndim == 2 else values


def views(rule, tensors, heads=None):
    """By sinter's name the view of a tensor. `tensors` are by PyTorch's names; counters are left out. Attention has so many heads."""
    found = {}
    for key, values in tensors.items():
        *layer, part = key.split(".")
        if part != "num_batches_tracked":
            name = rule(layer, part)
            found.update(vit_views(key, values, heads) if name is None else {name: plain(name, values, heads)})
    return found
