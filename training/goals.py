"""What the student is taught to reach: the teacher's hints, features and neighbourhoods, and what pictures show."""

import torch
import torch.nn.functional as F

from machine import DEVICE, half_precision
from teacher import FEATURES

# How many of the teacher's latest features are kept, and how sharply the near ones stand out.
REMEMBERED = 8192
NEAR = 0.07


class Goals:
    """The teacher's hints and features, with mean 0 and variance 1 a channel as measured on some views."""

    def __init__(self, teacher, sample):
        self.teacher = teacher
        hints, last = teacher(sample)
        self.moments = [(h.mean((0, 2, 3), keepdim=True), h.std((0, 2, 3), keepdim=True)) for h in hints]
        pooled = last.mean((2, 3))
        self.mean, self.std = pooled.mean(0), pooled.std(0) + 0.02
        self.last_power = last.var((0, 2, 3)).mean()

    def __call__(self, x):
        hints, last = self.teacher(x)
        return [(h - mean) / std for h, (mean, std) in zip(hints, self.moments)], last

    def scaled(self, pooled):
        """Features, centred; channels that hardly vary weigh less."""
        return (pooled - self.mean) / self.std

    def features_loss(self, pooled, goal):
        """Cosine and squared distance."""
        a, b = self.scaled(pooled), self.scaled(goal)
        return (1 - F.cosine_similarity(a, b).mean()) + (a - b).square().mean()

    def map_loss(self, last, goal):
        return (last - goal).square().mean() / self.last_power


def at_size_of(goal, out):
    """A map of the teacher, who may see larger pictures, at the size of the student's."""
    return goal if goal.shape == out.shape else F.adaptive_avg_pool2d(goal, out.shape[2:])


def losses(student, goals, seen, clear, apart):
    """
    How far each hint, the last map and the features are from the teacher's, who sees the clear pictures; and the pooled
    features of both.
    """
    hints, last = goals(clear)
    parts = student.parts()
    found = []
    given = seen
    with half_precision():
        for part, hint in zip(parts, hints):
            out = part(given)
            hint = at_size_of(hint, out)
            found.append((out.float() - hint).square().mean())
            given = hint if apart else out
        out = parts[-1](given).float()
    pooled, goal = out.mean((2, 3)), last.mean((2, 3))
    return [*found, goals.map_loss(out, at_size_of(last, out)), goals.features_loss(pooled, goal)], pooled, goal


class Memory:
    """
    The teacher's features of the pictures seen lately, and their labels. Whom a picture is like among them, and how
    much, must be as the teacher says (Fang et al., "SEED", 2021), and those of its class nearer than others (Khosla et
    al., "Supervised contrastive learning", 2020). Begins empty.
    """

    def __init__(self):
        self.known = torch.zeros(0, FEATURES, device=DEVICE)
        self.labels = torch.zeros(0, dtype=torch.long, device=DEVICE)

    def __call__(self, scaled, goal, labels):
        """Both losses, for features that are scaled as Goals does it."""
        a, b = F.normalize(scaled), F.normalize(goal)
        others, shown = torch.cat([b, self.known]), torch.cat([labels, self.labels])
        itself = torch.eye(len(a), len(others), dtype=torch.bool, device=DEVICE)
        likeness = lambda x: (x @ others.T / NEAR).masked_fill(itself, -1e4).log_softmax(1)
        mine = likeness(a)
        same = ((labels[:, None] == shown) & (labels[:, None] >= 0) & ~itself).float()
        of_class = (mine * same).sum(1) / same.sum(1).clamp(min=1)
        self.known, self.labels = others[:REMEMBERED], shown[:REMEMBERED]
        neighbours = F.kl_div(mine, likeness(b), reduction="batchmean", log_target=True)
        return neighbours, -of_class.sum() / (same.sum(1) > 0).sum().clamp(min=1)
