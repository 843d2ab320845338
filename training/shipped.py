"""The network as it ships: the student, its features turned to their principal axes; and the head beside it."""

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from network import Student
from teacher import FEATURES
from validate import features_of, picture_batches
from views import WEIGHTS, Sets, is_taught

# The head whitens its directions, but the small ones less: their roots are damped by the one of this rank.
DAMPING = 96


class Shipped(nn.Module):
    """Pictures (batch x 3 x height x width, normalised) to the student's features, centred, on so many axes."""

    def __init__(self, student, count):
        super().__init__()
        self.student = student
        self.turn = nn.Linear(FEATURES, count)

    def forward(self, image):
        return self.turn(self.student(image))


def principal_axes(features):
    """Mean, eigenvalues from the largest down, and axes as columns, of rows of features."""
    mean = features.mean(0)
    centred = (features - mean).double()
    values, axes = torch.linalg.eigh(centred.T @ centred / len(features))
    return mean, values.flip(0), axes.flip(1).float()


def training_features(network, packed, size, most=12000):
    """Features of training pictures, the larger ones: those of 64 pixels are too blurred to say how photos vary."""
    sets = Sets(packed, {name: 1 for name in WEIGHTS if name != "tiny"}, is_taught)
    found = []
    for name, rows in zip(sets.names, sets.rows):
        chosen = rows[np.linspace(0, len(rows) - 1, min(len(rows), most // 3)).astype(int)]
        found.append(features_of(network, picture_batches(packed, name, size, chosen)))
    return torch.cat(found)


def ship(student, features, count):
    """The student with its features turned to their first `count` axes, and all eigenvalues."""
    mean, values, axes = principal_axes(features)
    shipped = Shipped(student, count)
    with torch.no_grad():
        shipped.turn.weight.copy_(axes[:, :count].T)
        shipped.turn.bias.copy_(-mean @ axes[:, :count])
    return shipped.eval(), values


def head_scales(values, dimension):
    """What the head multiplies the first features with; they are centred on their axes already."""
    return (1 / (values[:dimension] + values[DAMPING]).sqrt()).float()


def read_shipped(file):
    """The network of an ONNX file that export.py wrote."""
    weights = {w.name: torch.from_numpy(numpy_helper.to_array(w).astype("f4")) for w in onnx.load(file).graph.initializer}
    shipped = Shipped(Student(FEATURES), len(weights["turn.bias"]))
    shipped.load_state_dict(weights)
    return shipped.eval()
