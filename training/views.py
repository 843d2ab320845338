"""
What is learned from: random views of packed pictures. Crop, turn, mirror, exposure, white balance, mixtures of two
pictures. All are drawn by NumPy, so that a seed gives the same views on every device.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F

from machine import DEVICE
from teacher import MEAN, STD

# How often a picture comes from each set. Tiny ImageNet is broad but blurred, the samples are few but the broadest.
WEIGHTS = {"tiny": 0.35, "imagenette": 0.15, "caltech": 0.25, "samples": 0.17, "houses": 0.08}
HELD_OUT_EVERY = 10


def is_taught(name, path):
    """A tenth of the classes of Caltech-101, and all that looks like them, is kept for measuring."""
    if name != "caltech":
        return True
    folder = path.split("/")[0]
    return sum(folder.lower().encode()) % HELD_OUT_EVERY != 0


def class_of(name, path):
    """What a picture shows, or None where its set does not say. ImageNet's names are shared by the sets made of it."""
    if name == "houses":
        return path.rsplit("_", 1)[1].lower()
    if name == "samples":
        return path.split("_")[0]
    folder = path.split("/")[0]
    return None if folder == "BACKGROUND_Google" else folder


class Sets:
    """Packed sets, drawn from by weight. `classes` are the numbers that labels count to; a label of -1 says nothing."""

    def __init__(self, folder, weights, keep=None):
        self.names = list(weights)
        self.weights = np.array([weights[name] for name in self.names], float)
        self.weights /= self.weights.sum()
        self.pixels = [np.load(f"{folder}/{name}.npy", mmap_mode="r") for name in self.names]
        self.rows, self.labels, numbers = [], [], {None: -1}
        for name in self.names:
            with open(f"{folder}/{name}.txt", encoding="utf-8") as lines:
                paths = lines.read().splitlines()
            self.rows.append(np.array([i for i, path in enumerate(paths) if keep is None or keep(name, path)]))
            shown = [class_of(name, path) for path in paths]
            self.labels.append(np.array([numbers.setdefault(what, len(numbers) - 1) for what in shown]))
        self.classes = len(numbers) - 1

    def draw(self, random, count):
        """uint8 pictures (count x 3 x size x size) of each set that was drawn from, and their labels."""
        for pixels, rows, labels, share in zip(
            self.pixels, self.rows, self.labels, random.multinomial(count, self.weights)
        ):
            if share:
                chosen = np.sort(random.choice(rows, share))
                yield torch.from_numpy(pixels[chosen]).to(DEVICE).permute(0, 3, 1, 2), torch.from_numpy(labels[chosen])


def crop(pictures, size, random, least_area=0.2, turn=5.0):
    """Random part of each picture, turned by up to so many degrees and mirrored; 0…1."""
    count = len(pictures)
    draw = lambda low, high: torch.from_numpy(random.uniform(low, high, count)).float().to(pictures.device)
    area, aspect = draw(least_area, 1), torch.exp(draw(-0.25, 0.25))
    width, height = ((area * a).sqrt().clamp(max=1) for a in (aspect, 1 / aspect))
    x, y = draw(-1, 1) * (1 - width), draw(-1, 1) * (1 - height)
    angle = draw(-1, 1) * math.radians(turn)
    mirror = torch.sign(draw(-1, 1))
    cos, sin = angle.cos(), angle.sin()
    place = torch.stack(
        [
            torch.stack([width * cos * mirror, -width * sin, x], 1),
            torch.stack([height * sin * mirror, height * cos, y], 1),
        ],
        1,
    )
    grid = F.affine_grid(place, (count, 3, size, size), align_corners=False)
    return F.grid_sample(pictures.float().div_(255), grid, padding_mode="reflection", align_corners=False)


def relight(pictures, random, strength=0.4):
    """Exposure, contrast, saturation and white balance, each picture its own."""
    draw = lambda high, channels=1: 1 + torch.from_numpy(
        random.uniform(-high, high, (len(pictures), channels, 1, 1))
    ).float().to(pictures.device)
    grey = pictures.mean(1, keepdim=True)
    pictures = grey + (pictures - grey) * draw(strength)
    level = pictures.mean((1, 2, 3), keepdim=True)
    pictures = level + (pictures - level) * draw(strength)
    return (pictures * draw(strength) * draw(0.12, 3)).clamp_(0, 1)


def disturb(pictures, random, share=0.5):
    """
    What happens to one photo between two copies of it, to a share of the pictures: exposure, blur of a smaller copy,
    noise as of hard compression, a caption over it.
    """
    count, size = int(len(pictures) * share), pictures.shape[-1]
    if count == 0:
        return pictures
    some = relight(pictures[:count], random, 0.25)
    third = count // 3
    small = F.interpolate(some[:third], size=size * 5 // 8, mode="bilinear", align_corners=False)
    some[:third] = F.interpolate(small, size=size, mode="bilinear", align_corners=False)
    noise = random.standard_normal(some[third : 2 * third].shape, np.float32)
    some[third : 2 * third] += 0.04 * torch.from_numpy(noise).to(some.device)
    for picture in some[:: max(1, count // 6)]:
        top, height = int(random.integers(0, size * 4 // 5)), int(random.integers(size // 12, size // 6))
        picture[:, top : top + height] = float(random.integers(0, 2))
    return torch.cat([some.clamp_(0, 1), pictures[count:]])


def normalise(pictures):
    mean, std = MEAN.to(pictures.device), STD.to(pictures.device)
    return ((pictures - mean) / std).contiguous(memory_format=torch.channels_last)


def batch(sets, count, size, random, mixed=0.25):
    """
    Views, count x 3 x size x size, 0…1, and their labels; a share of them mixed with another (Zhang et al., "mixup",
    2018), which leaves them without a label.
    """
    drawn = [(relight(crop(pictures, size, random), random), labels) for pictures, labels in sets.draw(random, count)]
    order = torch.from_numpy(random.permutation(count))
    views, labels = torch.cat([views for views, _ in drawn]), torch.cat([labels for _, labels in drawn])[order]
    views = views[order.to(views.device)]
    blended = int(count * mixed)
    if blended:
        share = torch.from_numpy(random.uniform(0.2, 0.8, (blended, 1, 1, 1))).float().to(views.device)
        views[-blended:] = share * views[-blended:] + (1 - share) * views[:blended]
        labels[-blended:] = -1
    return views, labels.to(views.device)
