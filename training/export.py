"""Makes the files that ship: the network with its features, and the head that comes with it.

    python3 export.py PACKED RUN OUT --name kindred-1 --size 160

Writes OUT/NAME.onnx, OUT/NAME-head.f32 and OUT/NAME.json (the card's facts; its words are NAME.md). The pooled map is
turned to its principal axes and cut to --features of them, learned on the training pictures: what is cut off tells
little, and a library stores this many numbers a photo.
"""

import argparse
import hashlib
import json
import os

import numpy as np
import torch
from torch import nn

from network import Student
from teacher import FEATURES, MEAN, STD
from train import WEIGHTS, is_taught
from validate import features_of, picture_batches
from views import Sets

# The head whitens its directions, but the small ones less: their roots are damped by the one of this rank.
DAMPING = 96


class Shipped(nn.Module):
    def __init__(self, student, mean, axes):
        super().__init__()
        self.student = student
        self.turn = nn.Linear(*axes.shape)
        with torch.no_grad():
            self.turn.weight.copy_(axes.T)
            self.turn.bias.copy_(-mean @ axes)

    def forward(self, image):
        return self.turn(self.student(image))


def principal_axes(features):
    """Mean, eigenvalues from the largest down, and axes as columns, of rows of features."""
    mean = features.mean(0)
    centred = (features - mean).double()
    values, axes = torch.linalg.eigh(centred.T @ centred / len(features))
    return mean, values.flip(0), axes.flip(1).float()


def training_features(student, packed, size, most=12000):
    """Features of training pictures, the larger ones: those of 64 pixels are too blurred to say how photos vary."""
    sets = Sets(packed, {name: 1 for name in WEIGHTS if name != "tiny"}, is_taught)
    found = []
    for name, rows in zip(sets.names, sets.rows):
        chosen = rows[np.linspace(0, len(rows) - 1, min(len(rows), most // 3)).astype(int)]
        found.append(features_of(student, picture_batches(packed, name, size, chosen)))
    return torch.cat(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("packed", "run", "out"):
        parser.add_argument(name)
    parser.add_argument("--name", default="kindred-1")
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--features", type=int, default=512)
    parser.add_argument("--dimension", type=int, default=256)
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())

    student = Student(FEATURES)
    student.load_state_dict(torch.load(os.path.join(options.run, "checkpoint.pt"))["average"])
    student.eval()
    mean, values, axes = principal_axes(training_features(student, options.packed, options.size))
    kept = values[: options.features].sum() / values.sum()
    shipped = Shipped(student, mean, axes[:, : options.features]).eval()

    os.makedirs(options.out, exist_ok=True)
    path = lambda ending: os.path.join(options.out, options.name + ending)
    free = {"image": {0: "batch", 2: "height", 3: "width"}, "features": {0: "batch"}}
    torch.onnx.export(
        *(shipped, torch.zeros(1, 3, options.size, options.size), path(".onnx")),
        input_names=["image"],
        output_names=["features"],
        dynamic_axes=free,
        opset_version=13,
    )
    # Features are centred on their axes already: the head only scales them.
    roots = (values[: options.dimension] + values[DAMPING]).sqrt()
    matrix = torch.zeros(options.features, options.dimension)
    matrix.diagonal().copy_(1 / roots)
    head = np.concatenate([np.zeros(options.features), matrix.numpy().ravel()]).astype("<f4")
    head.tofile(path("-head.f32"))

    digest = lambda file: hashlib.sha256(open(file, "rb").read()).hexdigest()
    card = {
        "name": options.name,
        "file": f"{options.name}.onnx",
        "sha256": digest(path(".onnx")),
        "input": {
            "name": "image",
            "layout": "NCHW",
            "type": "float32",
            "size": options.size,
            "range": [0, 1],
            "mean": [round(value, 3) for value in MEAN.flatten().tolist()],
            "std": [round(value, 3) for value in STD.flatten().tolist()],
            "crop": "short side to size, bicubic, centre square",
        },
        "output": {"name": "features", "length": options.features},
        "head": {"file": f"{options.name}-head.f32", "sha256": digest(path("-head.f32"))},
    }
    with open(path(".json"), "w", encoding="utf-8") as file:
        file.write(json.dumps(card, indent=2) + "\n")
    print(f"{kept:.4f} of the variance kept; {os.path.getsize(path('.onnx')) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
