"""Default boxes, matching, loss and decoded boxes of an SSD, as torchvision has them."""

from types import SimpleNamespace

import torch
import torchvision
from torchvision.models.detection import _utils, ssd
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import box_iou

from common import np, samples, tensor, uniform, write

SMALL = {"size": [48, 64], "maps": [[6, 8], [3, 4], [1, 1]], "ratios": [[2], [2, 3], [2]]}
SSD300 = {
    "size": [300, 300],
    "maps": [[38, 38], [19, 19], [10, 10], [5, 5], [3, 3], [1, 1]],
    "ratios": [[2], [2, 3], [2, 3], [2, 3], [2], [2]],
    "scales": [0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
    "steps": [8, 16, 32, 64, 100, 300],
}
CLASSES = 4


def anchors_of(one):
    generator = DefaultBoxGenerator(one["ratios"], scales=one.get("scales"), steps=one.get("steps"))
    picture = ImageList(torch.zeros(1, 3, *one["size"]), [tuple(one["size"])])
    return generator(picture, [torch.zeros(1, 1, *extents) for extents in one["maps"]])[0]


def objects():
    """Of three pictures, the second empty; two objects of the third share their best default box."""
    boxes = [[[3, 4, 20, 18], [30, 10, 60, 44], [40, 2, 47, 9]], [], [[10, 10, 30, 40], [11, 9, 30, 41], [0, 0, 64, 48]]]
    labels = [[0, 3, 1], [], [2, 1, 0]]
    return boxes, labels


def loss():
    boxes, labels = objects()
    anchors = anchors_of(SMALL).double()
    count = len(anchors)
    corrections = torch.tensor(uniform(1, (3, count, 4), 2.0), requires_grad=True)
    logits = torch.tensor(uniform(2, (3, count, CLASSES + 1), 2.0), requires_grad=True)
    targets = [
        {"boxes": torch.tensor(own, dtype=torch.float64).reshape(-1, 4), "labels": torch.tensor(of, dtype=torch.int64) + 1}
        for own, of in zip(boxes, labels)
    ]
    matcher = _utils.SSDMatcher(0.5)
    matches = [
        matcher(box_iou(one["boxes"], anchors)) if len(one["boxes"]) else torch.full((count,), -1, dtype=torch.int64) for one in targets
    ]
    coder = _utils.BoxCoder(weights=(10.0, 10.0, 5.0, 5.0))
    own = SimpleNamespace(box_coder=coder, neg_to_pos_ratio=3.0)
    heads = {"bbox_regression": corrections, "cls_logits": logits}
    found = ssd.SSD.compute_loss(own, targets, heads, [anchors] * 3, matches)
    (found["bbox_regression"] + found["classification"]).backward()
    return {
        "boxes": boxes,
        "labels": labels,
        "matches": tensor(torch.stack(matches).numpy().astype(np.int32)),
        "box": float(found["bbox_regression"]),
        "classification": float(found["classification"]),
        "correctionsGradient": tensor(corrections.grad.numpy().astype(np.float32)),
        "logitsGradient": tensor(logits.grad.numpy().astype(np.float32)),
        "decoded": tensor(coder.decode_single(corrections[0].detach(), anchors).numpy().astype(np.float32)),
    }


large = anchors_of(SSD300).numpy()
write(
    "ssd",
    {
        "classes": CLASSES,
        "small": {**SMALL, "anchors": tensor(anchors_of(SMALL).numpy())},
        "ssd300": {**SSD300, "count": len(large), "sum": float(large.astype(np.float64).sum()), "samples": samples(large, 64).tolist()},
        "loss": loss(),
        "ssd300Vgg16": sum(one.numel() for one in ssd.ssd300_vgg16(weights=None, weights_backbone=None).parameters()),
    },
    torch,
    torchvision,
)
