"""The fixed validation: photos of groceries, which nothing is trained on, and pictures of classes that are held out."""

import numpy as np
import torch

from machine import DEVICE, half_precision
from views import normalise

VALIDATION = "grocery"
SIZE = 160


def picture_batches(folder, name, size=SIZE, rows=None, batch=64):
    """Normalised pictures of a packed set, reduced to size x size."""
    pixels = np.load(f"{folder}/{name}.npy", mmap_mode="r")
    rows = np.arange(len(pixels)) if rows is None else rows
    for start in range(0, len(rows), batch):
        pictures = torch.from_numpy(pixels[rows[start : start + batch]]).to(DEVICE).permute(0, 3, 1, 2).float() / 255
        if pictures.shape[-1] != size:
            pictures = torch.nn.functional.interpolate(
                pictures, (size, size), mode="bicubic", align_corners=False, antialias=True
            ).clamp(0, 1)
        yield normalise(pictures)


@torch.no_grad()
def features_of(network, batches):
    """Features, on the processor, of a network that lies on the device."""
    with half_precision():
        return torch.cat([network(x).float().cpu() for x in batches])


def classes_of(folder, name):
    with open(f"{folder}/{name}.txt", encoding="utf-8") as lines:
        return np.unique([line.rsplit("/", 1)[0] for line in lines], return_inverse=True)[1]


def retrieval(features, classes, centred=True):
    """Leave-one-out Recall@1 and MAP@R (Musgrave et al., 2020), cosine of features, centred unless told otherwise."""
    x = torch.nn.functional.normalize(features - features.mean(0) if centred else features)
    scores = x @ x.T
    scores.fill_diagonal_(-2)
    classes = torch.as_tensor(classes)
    order = scores.argsort(1, descending=True)
    same = classes[order] == classes[:, None]
    relevant = same.sum(1)
    ranks = torch.arange(1, same.shape[1] + 1)
    precision = same.cumsum(1) / ranks * same * (ranks <= relevant[:, None])
    asked = relevant > 0
    return same[asked, 0].float().mean().item(), (precision.sum(1)[asked] / relevant[asked]).mean().item()


def leave_one_out(network, folder, name=VALIDATION):
    found = retrieval(features_of(network, picture_batches(folder, name)), classes_of(folder, name))
    return f"{name} Recall@1 {found[0]:.3f} MAP@R {found[1]:.3f}"


def agreement(network, teacher, folder, name=VALIDATION, count=400):
    """Mean cosine of centred features with the teacher's, on some pictures of a set that is not trained on."""
    rows = np.linspace(0, len(classes_of(folder, name)) - 1, count).astype(int)
    batches = list(picture_batches(folder, name, rows=rows))
    a = features_of(network, batches)
    b = torch.cat([teacher(x)[1].mean((2, 3)).cpu() for x in batches])
    return f"cosine {torch.cosine_similarity(a - b.mean(0), b - b.mean(0)).mean():.3f}"
