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

from machine import DEVICE, use_all_cores
from network import Student
from shipped import head_scales, ship, training_features
from teacher import FEATURES, MEAN, STD


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("packed", "run", "out"):
        parser.add_argument(name)
    parser.add_argument("--name", default="kindred-1")
    parser.add_argument("--size", type=int, default=160)
    parser.add_argument("--features", type=int, default=512)
    parser.add_argument("--dimension", type=int, default=256)
    options = parser.parse_args()
    use_all_cores()

    student = Student(FEATURES)
    student.load_state_dict(torch.load(os.path.join(options.run, "checkpoint.pt"), map_location="cpu")["average"])
    features = training_features(student.eval().to(DEVICE), options.packed, options.size)
    shipped, values = ship(student.cpu(), features, options.features)
    kept = values[: options.features].sum() / values.sum()

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
    matrix = torch.zeros(options.features, options.dimension)
    matrix.diagonal().copy_(head_scales(values, options.dimension))
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
