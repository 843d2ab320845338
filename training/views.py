"""Random views of packed pictures: crop, turn, mirror, exposure, white balance, and mixtures of two pictures."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from teacher import MEAN, STD


class Sets:
    """Packed sets, drawn from by weight."""

    def __init__(self, folder, weights, keep=None):
        self.names = list(weights)
        self.weights = np.array([weights[name] for name in self.names], float)
        self.weights /= self.weights.sum()
        self.pixels = [np.load(f"{folder}/{name}.npy", mmap_mode="r") for name in self.names]
        self.rows = []
        for name, pixels in zip(self.names, self.pixels):
            with open(f"{folder}/{name}.txt", encoding="utf-8") as lines:
                paths = lines.read().splitlines()
            self.rows.append(np.array([i for i, path in enumerate(paths) if keep is None or keep(name, path)]))

    def draw(self, random, count):
        """uint8 pictures (count x 3 x size x size) of each set that was drawn from."""
        for pixels, rows, share in zip(self.pixels, self.rows, random.multinomial(count, self.weights)):
            if share:
                chosen = pixels[np.sort(random.choice(rows, share))]
                yield torch.from_numpy(chosen).permute(0, 3, 1, 2)


def crop(pictures, size, random, least_area=0.2, turn=5.0):
    """Random part of each picture, turned by up to so many degrees and mirrored; 0…1."""
    count = len(pictures)
    draw = lambda low, high: torch.from_numpy(random.uniform(low, high, count)).float()
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
    ).float()
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
    some[third : 2 * third] += 0.04 * torch.randn_like(some[third : 2 * third])
    for picture in some[:: max(1, count // 6)]:
        top, height = int(random.integers(0, size * 4 // 5)), int(random.integers(size // 12, size // 6))
        picture[:, top : top + height] = float(random.integers(0, 2))
    return torch.cat([some.clamp_(0, 1), pictures[count:]])


def normalise(pictures):
    return ((pictures - MEAN) / STD).contiguous(memory_format=torch.channels_last)


def batch(sets, count, size, random, mixed=0.25):
    """Views, count x 3 x size x size, 0…1; a share of them mixed with another (Zhang et al., "mixup", 2018)."""
    views = torch.cat([relight(crop(pictures, size, random), random) for pictures in sets.draw(random, count)])
    views = views[torch.from_numpy(random.permutation(count))]
    blended = int(count * mixed)
    if blended:
        share = torch.from_numpy(random.uniform(0.2, 0.8, (blended, 1, 1, 1))).float()
        views[-blended:] = share * views[-blended:] + (1 - share) * views[:blended]
    return views
