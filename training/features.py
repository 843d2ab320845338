"""What PyTorch answers to pictures that are normalised already: to compare it with the runtimes of the app.

    python3 features.py NETWORK.onnx PICTURES SIZE FEATURES

PICTURES holds float32, pictures x 3 x SIZE x SIZE; FEATURES will, pictures x length. Both little-endian, no header.
"""

import sys

import numpy as np
import torch

from shipped import read_shipped


@torch.no_grad()
def main(network, pictures, size, features):
    pixels = torch.from_numpy(np.fromfile(pictures, "<f4")).reshape(-1, 3, int(size), int(size))
    shipped = read_shipped(network)
    torch.cat([shipped(some) for some in pixels.split(16)]).numpy().astype("<f4").tofile(features)


if __name__ == "__main__":
    main(*sys.argv[1:])
