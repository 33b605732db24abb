"""Boxes, non-maximum suppression, average precision and overlaps of masks, as torchvision and pycocotools have them."""

import contextlib
import copy
import io

import pycocotools
import torch
import torchvision
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from common import np, tensor, uniform, write

pycocotools.__version__ = "2.0"


def boxes_of(seed, count, extent, largest):
    """Corners in float32: the upper left ones within `extent`, both sides from 1 to `largest`."""
    corner = uniform(seed, (count, 2), extent / 2, extent / 2)
    sides = uniform(seed + 1, (count, 2), (largest - 1) / 2, (largest + 1) / 2)
    return np.concatenate([corner, corner + sides], 1).astype(np.float32)


def suppression(seed, count, threshold, classes):
    """`boxes_of(seed, count, 300, 60)` with scores and classes from the formula: what is kept, in order."""
    boxes = torch.tensor(boxes_of(seed, count, 300, 60))
    scores = torch.tensor(uniform(seed + 2, (count,), 0.5, 0.5).astype(np.float32))
    labels = torch.tensor(np.floor(uniform(seed + 3, (count,), classes / 2, classes / 2)).astype(np.int64))
    keep = torchvision.ops.batched_nms(boxes, scores, labels, threshold).numpy()
    keep = keep[np.lexsort((keep, -scores.numpy()[keep]))]  # torchvision's order of equal scores is any
    return {"seed": seed, "count": count, "threshold": threshold, "classes": classes, "kept": tensor(keep.astype(np.int32))}


def overlaps():
    """Of 7 boxes with 5, in corners."""
    left, right = torch.tensor(boxes_of(11, 7, 40, 30)), torch.tensor(boxes_of(21, 5, 40, 30))
    return {
        "iou": tensor(torchvision.ops.box_iou(left, right).numpy()),
        "giou": tensor(torchvision.ops.generalized_box_iou(left, right).numpy()),
        "xywh": tensor(torchvision.ops.box_convert(left, "xyxy", "xywh").numpy()),
        "cxcywh": tensor(torchvision.ops.box_convert(left, "xyxy", "cxcywh").numpy()),
    }


def paired_gradient():
    """Of the sum of 1 - GIoU over 5 pairs, by the first boxes."""
    left = torch.tensor(boxes_of(31, 5, 40, 30), requires_grad=True)
    torchvision.ops.generalized_box_iou_loss(left, torch.tensor(boxes_of(41, 5, 40, 30)), reduction="sum").backward()
    return tensor(left.grad.numpy())


def picture(rng, classes, extent, numbers):
    """Objects and what was found of them: whole coordinates, scores of one digit, so that overlaps and scores are often equal."""
    objects, found = [], []
    for _ in range(numbers[0]):
        x, y = rng.integers(0, extent, 2)
        w, h = rng.integers(2, rng.choice([20, 80, 200]), 2)
        label = int(rng.integers(0, classes))
        objects.append({"box": [int(x), int(y), int(x + w), int(y + h)], "label": label, "crowd": bool(rng.random() < 0.2)})
        for _ in range(rng.integers(0, 3)):
            moved = [int(v) for v in np.array(objects[-1]["box"]) + rng.integers(-2, 3, 4) * max(1, int(w) // 12)]
            if moved[2] > moved[0] and moved[3] > moved[1]:
                other = int(rng.integers(0, classes)) if rng.random() < 0.1 else label
                found.append({"box": moved, "label": other, "score": round(float(rng.random()), 1)})
    for _ in range(numbers[1]):
        x, y = rng.integers(0, extent, 2)
        w, h = rng.integers(2, 90, 2)
        box = [int(x), int(y), int(x + w), int(y + h)]
        found.append({"box": box, "label": int(rng.integers(0, classes)), "score": round(float(rng.random()), 1)})
    return {"objects": objects, "found": found}


def annotation(number, image, one, size):
    x1, y1, x2, y2 = one["box"]
    entry = {"id": number, "image_id": image, "category_id": one["label"], "bbox": [x1, y1, x2 - x1, y2 - y1]}
    entry["area"] = (x2 - x1) * (y2 - y1)
    if size is not None:
        mask = np.zeros(size, np.uint8)
        mask[max(0, y1) : y2, max(0, x1) : x2] = 1
        if one["label"] % 2 == 1:  # every other class is a checkerboard
            mask[::2, ::2] = 0
        entry["segmentation"] = coco_mask.encode(np.asfortranarray(mask))
        entry["area"] = int(mask.sum())
    return entry


def evaluated(pictures, classes, size=None):
    """The twelve numbers of COCO; average precision, AP50, AP75 and recall of each class."""
    annotations, results = [], []
    for image, one in enumerate(pictures, 1):
        for thing in one["objects"]:
            annotations.append({**annotation(len(annotations) + 1, image, thing, size), "iscrowd": int(thing["crowd"])})
        for thing in one["found"]:
            results.append({**annotation(0, image, thing, size), "score": thing["score"]})
    height, width = size or (500, 500)
    coco = COCO()
    coco.dataset = {
        "images": [{"id": image, "height": height, "width": width} for image in range(1, len(pictures) + 1)],
        "annotations": annotations,
        "categories": [{"id": label, "name": str(label)} for label in range(classes)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        for one in results:
            one.pop("id"), one.pop("area")
            if size is not None:
                one.pop("bbox")
        run = COCOeval(coco, coco.loadRes(copy.deepcopy(results)), "bbox" if size is None else "segm")
        run.evaluate(), run.accumulate(), run.summarize()
    precision, recall = run.eval["precision"][:, :, :, 0, -1], run.eval["recall"][:, :, 0, -1]

    def mean(values):
        return float(values[values > -1].mean()) if (values > -1).any() else -1.0

    per_class = [[mean(precision[:, :, k]), mean(precision[0, :, k]), mean(precision[5, :, k]), mean(recall[:, k])] for k in range(classes)]
    return {"stats": [float(value) for value in run.stats], "perClass": per_class}


def case(seed, count, classes, extent, numbers, size=None):
    rng = np.random.default_rng(seed)
    pictures = [picture(rng, classes, extent, [int(rng.integers(0, most + 1)) for most in numbers]) for _ in range(count)]
    pictures[1] = {"objects": [], "found": pictures[1]["found"]}
    pictures[2] = {"objects": pictures[2]["objects"], "found": []}
    pictures[3] = {"objects": [], "found": []}
    rows = [
        {
            "objects": [[*one["box"], one["label"], int(one["crowd"])] for one in each["objects"]],
            "found": [[*one["box"], one["label"], one["score"]] for one in each["found"]],
        }
        for each in pictures
    ]
    return {"classes": classes, "pictures": rows, **evaluated(pictures, classes, size)}


def mask_overlaps():
    """Of 4 masks with 3 of 9 x 7 pixels, the second of these a crowd."""
    masks = np.stack([uniform(seed, (9, 7)) > 0.1 * (seed % 5) for seed in range(31, 38)]).astype(np.uint8)
    encoded = [coco_mask.encode(np.asfortranarray(mask)) for mask in masks]
    return {"masks": tensor(masks), "iou": tensor(coco_mask.iou(encoded[:4], encoded[4:], [0, 1, 0]))}


write(
    "detection",
    {
        "overlaps": {**overlaps(), "pairedGradient": paired_gradient()},
        "suppression": [
            suppression(41, 8732, 0.45, 1),
            suppression(51, 8732, 0.5, 7),
            suppression(61, 900, 0.3, 5),
        ],
        "maskOverlaps": mask_overlaps(),
        "boxes": [case(1, 10, 3, 200, [6, 3]), case(2, 8, 5, 60, [9, 8]), case(3, 6, 1, 30, [14, 120])],
        "masks": [case(4, 8, 3, 50, [5, 3], (80, 90))],
    },
    torch,
    torchvision,
    pycocotools,
)
