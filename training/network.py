"""The student: inverted residuals without normalisation layers, in stages that meet the teacher's hints."""

import math

import torch
from torch import nn

# (width, blocks, stride of the first) of each stage; widths and strides are those of the teacher's hints.
STAGES = ((24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2))
STEM = 16
EXPANSION = 6
LAST = 320


def convolution(into, out, size=1, stride=1, groups=1, gain=2.0):
    """He's initialisation: keeps the variance without normalisation layers, here through gain / fan-in."""
    layer = nn.Conv2d(into, out, size, stride, size // 2, groups=groups)
    nn.init.normal_(layer.weight, std=math.sqrt(gain * groups / (into * size * size)))
    nn.init.zeros_(layer.bias)
    return layer


class Block(nn.Module):
    """Inverted residual (Sandler et al., 2018) with plain ReLU: expand, depthwise 3 x 3, project."""

    def __init__(self, into, out, stride=1, expansion=EXPANSION):
        super().__init__()
        inner = into * expansion
        self.skips = stride == 1 and into == out
        self.body = nn.Sequential(
            convolution(into, inner),
            nn.ReLU(inplace=True),
            convolution(inner, inner, 3, stride, groups=inner),
            nn.ReLU(inplace=True),
            convolution(inner, out, gain=0.25 if self.skips else 1.0),
        )

    def forward(self, x):
        return x + self.body(x) if self.skips else self.body(x)


class Student(nn.Module):
    """
    Pictures (batch x 3 x height x width, normalised) to `features` pooled numbers. What passes from stage to stage are
    the teacher's hints, with mean 0 and variance 1 a channel, so that each stage can be taught by itself.
    """

    def __init__(self, features):
        super().__init__()
        self.stem = nn.Sequential(
            convolution(3, 2 * STEM, 3, 2),
            nn.ReLU(inplace=True),
            convolution(2 * STEM, 2 * STEM, 3, groups=2 * STEM),
            nn.ReLU(inplace=True),
            convolution(2 * STEM, STEM, gain=1.0),
        )
        stages, into = [], STEM
        for width, blocks, stride in STAGES:
            stages.append(
                nn.Sequential(*(Block(into if b == 0 else width, width, stride if b == 0 else 1) for b in range(blocks)))
            )
            into = width
        self.stages = nn.ModuleList(stages)
        self.last = nn.Sequential(
            Block(into, LAST), convolution(LAST, features), nn.ReLU(inplace=True)
        )

    def parts(self):
        """Maps from picture to hint, from hint to hint, and from hint to the last map."""
        first, *others = self.stages
        return [nn.Sequential(self.stem, first), *others, self.last]

    def forward(self, x):
        for part in self.parts():
            x = part(x)
        return x.mean((2, 3))
