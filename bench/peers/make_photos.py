"""Writes JPEG files as a camera or a phone would: cuts of the photographs of scikit-image, each with its own view, light and noise.

Two classes of content, the same files every time: .data/photos/{train,test}/{outdoors,things}/NAME.jpg. Arguments: --size 500x375,
--count 400 (a fifth of it in test), --out FOLDER. For speed alone; the classes are easy.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
import skimage
from PIL import Image, ImageEnhance

SOURCES = {
    "outdoors": ["rocket", "chelsea", "astronaut", "brick", "grass", "gravel"],
    "things": ["coffee", "motorcycle", "immunohistochemistry", "coins", "hubble_deep_field", "clock"],
}


def photograph(name):
    """A photograph of the package as RGB."""
    if name == "motorcycle":
        return Image.fromarray(skimage.data.stereo_motorcycle()[0]).convert("RGB")
    return Image.fromarray(getattr(skimage.data, name)()).convert("RGB")


def view(image, random, size):
    """A random cut with the aspect of `size`, turned a little, lit anew, with sensor noise."""
    width, height = size
    turned = image.rotate(random.uniform(-8, 8), Image.Resampling.BICUBIC)
    scale = random.uniform(0.5, 0.85) * min(turned.width / width, turned.height / height)
    cut = (width * scale, height * scale)
    left, top = random.uniform(0, turned.width - cut[0]), random.uniform(0, turned.height - cut[1])
    out = turned.resize(size, Image.Resampling.BICUBIC, (left, top, left + cut[0], top + cut[1]))
    out = ImageEnhance.Brightness(out).enhance(random.uniform(0.7, 1.3))
    noisy = np.asarray(out, dtype=np.float32) + random.normal(0, 4, (height, width, 1))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="500x375")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--out", default=str(Path(__file__).resolve().parents[2] / ".data" / "photos"))
    options = parser.parse_args()
    size = tuple(map(int, options.size.split("x")))
    out = Path(options.out)
    stamp = out / ".complete"
    wanted = f"1 {options.size} {options.count}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(out, ignore_errors=True)
    each = options.count // 2
    for seed, (label, names) in enumerate(SOURCES.items()):
        random = np.random.default_rng(seed)
        images = [photograph(name) for name in names]
        for index in range(each):
            folder = out / ("test" if index % 5 == 4 else "train") / label
            folder.mkdir(parents=True, exist_ok=True)
            view(images[index % len(images)], random, size).save(folder / f"{index:04d}.jpg", quality=90)
    stamp.write_text(wanted)


main()
