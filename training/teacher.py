"""The teacher: MobileNetV2 (1.0), trained on ImageNet, from a folder of .npy files (batch norm folded, NCHW)."""

import glob
import os
import re

import numpy as np
import torch
import torch.nn.functional as F

# Strides of the 17 blocks (Sandler et al., "MobileNetV2", 2018, table 2), and after which of them a hint is taken:
# where the width changes next, so that every stage is a part of the network that has a shape of its own.
STRIDES = (1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1)
HINTS = (2, 5, 9, 12, 15)
FEATURES = 1280
MEAN = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
STD = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)


def load_convolutions(folder):
    """(weight, bias) of each convolution, in the order of the network."""
    files = glob.glob(os.path.join(folder, "conv_*_weight.npy"))
    files.sort(key=lambda file: int(re.search(r"conv_(\d+)_", file).group(1)))
    return [
        tuple(
            torch.from_numpy(np.ascontiguousarray(np.load(file.replace("weight", part)), dtype=np.float32))
            for part in ("weight", "bias")
        )
        for file in files
    ]


class Teacher:
    def __init__(self, folder, device="cpu", half=False):
        self.kind = torch.bfloat16 if half else torch.float32
        self.layers = [
            (w.to(device, self.kind).contiguous(memory_format=torch.channels_last), b.to(device, self.kind))
            for w, b in load_convolutions(folder)
        ]

    @torch.no_grad()
    def __call__(self, x):
        """
        x: normalised pictures, batch x 3 x height x width.
        Answers the outputs of the hinted blocks, and the last map before pooling (batch x 1280 x h x w).
        """
        layers = iter(self.layers)

        def convolve(x, stride=1, relu=True):
            weight, bias = next(layers)
            groups = x.shape[1] if weight.shape[1] == 1 else 1
            x = F.conv2d(x, weight, bias, stride, weight.shape[2] // 2, groups=groups)
            return x.clamp_(0, 6) if relu else x

        x = x.to(self.kind).contiguous(memory_format=torch.channels_last)
        hints = []
        x = convolve(x, 2)
        for block, stride in enumerate(STRIDES):
            inner = x if block == 0 else convolve(x)
            out = convolve(convolve(inner, stride), relu=False)
            x = x + out if out.shape == x.shape else out
            if block in HINTS:
                hints.append(x.float())
        return hints, convolve(x).float()
