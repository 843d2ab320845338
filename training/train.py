"""Teaches the student, from random weights, what the teacher sees.

    python3 train.py PACKED TEACHER RUN [--parts MINUTES] [--whole MINUTES]

First every part by itself, all at once: from one hint of the teacher to the next. Then the whole network, with the
hints as further goals, on pictures of which the teacher sees a better copy. Writes RUN/log.txt and RUN/checkpoint.pt;
started again, it goes on from there.
"""

import argparse
import copy
import math
import os
import time

import numpy as np
import torch

import views
from network import Student
from teacher import FEATURES, Teacher
from validate import agreement, leave_one_out

# How often a picture comes from each set. Tiny ImageNet is broad but blurred, the samples are few but the broadest.
WEIGHTS = {"tiny": 0.35, "imagenette": 0.15, "caltech": 0.25, "samples": 0.17, "houses": 0.08}
HELD_OUT_EVERY = 10


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packed", help="folder of pack.py")
    parser.add_argument("teacher", help="folder of the teacher's .npy files")
    parser.add_argument("run", help="folder for the checkpoint and the log")
    parser.add_argument("--parts", type=float, default=25, help="minutes, each part by itself")
    parser.add_argument("--whole", type=float, default=60, help="minutes, all together")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--sizes", type=int, nargs="+", default=[112, 128, 144], help="one of them a batch")
    parser.add_argument("--parts-rate", type=float, default=1e-2)
    parser.add_argument("--whole-rate", type=float, default=2e-3)
    parser.add_argument("--hints", type=float, default=0.2, help="weight of the hints in the second phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=2000, help="steps from one measurement to the next")
    return parser.parse_args()


def is_taught(name, path):
    """A tenth of the classes of Caltech-101, and all that looks like them, is kept for measuring."""
    if name != "caltech":
        return True
    folder = path.split("/")[0]
    return sum(folder.lower().encode()) % HELD_OUT_EVERY != 0


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

    def features_loss(self, pooled, goal):
        """Cosine and squared distance of features, centred; channels that hardly vary weigh less."""
        a, b = (pooled - self.mean) / self.std, (goal - self.mean) / self.std
        return (1 - torch.cosine_similarity(a, b).mean()) + (a - b).square().mean()

    def map_loss(self, last, goal):
        return (last - goal).square().mean() / self.last_power


def losses(student, goals, seen, clear, apart):
    """How far each hint, the last map and the features are from the teacher's, who sees the clear pictures."""
    hints, last = goals(clear)
    parts = student.parts()
    found = []
    given = seen
    with torch.autocast("cpu", torch.bfloat16):
        for part, hint in zip(parts, hints):
            out = part(given)
            found.append((out.float() - hint).square().mean())
            given = hint if apart else out
        out = parts[-1](given).float()
    return [*found, goals.map_loss(out, last), goals.features_loss(out.mean((2, 3)), last.mean((2, 3)))]


def parameter_groups(student):
    """Weights decay, biases do not; the last part, by far the widest, learns better at half the rate of the others."""
    last = {id(p) for p in student.last.parameters()}
    return [
        {
            "params": [p for p in student.parameters() if (id(p) in last) == is_last and (p.ndim > 1) == decays],
            "weight_decay": 0.01 if decays else 0.0,
            "share": 0.5 if is_last else 1.0,
        }
        for is_last in (False, True)
        for decays in (True, False)
    ]


def rate_at(progress, peak):
    """A short warm-up, then half a cosine down to a fiftieth."""
    return peak * min(1, progress / 0.02 + 0.01) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1, progress))))


def main():
    options = arguments()
    os.makedirs(options.run, exist_ok=True)
    torch.manual_seed(options.seed)
    torch.set_num_threads(os.cpu_count())
    random = np.random.default_rng(options.seed)
    sets = views.Sets(options.packed, WEIGHTS, is_taught)
    teacher = Teacher(options.teacher, half=True)
    goals = Goals(teacher, views.normalise(views.batch(sets, 512, 128, np.random.default_rng(0))))
    student = Student(FEATURES).to(memory_format=torch.channels_last)
    average = copy.deepcopy(student)
    optimiser = torch.optim.AdamW(parameter_groups(student), lr=options.parts_rate, betas=(0.9, 0.98))
    step, spent = 0, 0.0
    file = os.path.join(options.run, "checkpoint.pt")
    if os.path.exists(file):
        state = torch.load(file)
        student.load_state_dict(state["student"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        random.bit_generator.state = state["random"]
        step, spent = state["step"], state["spent"]
    log = open(os.path.join(options.run, "log.txt"), "a", encoding="utf-8")

    def tell(text):
        print(text, flush=True)
        log.write(f"{text}\n")
        log.flush()

    started, sums, counted = time.time() - spent, 0, 0
    end = options.parts + options.whole
    while (minutes := (time.time() - started) / 60) < end:
        apart = minutes < options.parts
        rate = (
            rate_at(minutes / options.parts, options.parts_rate)
            if apart
            else rate_at((minutes - options.parts) / options.whole, options.whole_rate)
        )
        for group in optimiser.param_groups:
            group["lr"] = rate * (group["share"] if apart else 1)
        size = int(random.choice(options.sizes))
        clear = views.batch(sets, options.batch, size, random)
        seen = clear if apart else views.disturb(clear, random)
        found = losses(student, goals, views.normalise(seen), views.normalise(clear), apart)
        *hints, last, features = found
        loss = sum(hints) + last + features if apart else options.hints * (sum(hints) + last) + features
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 5.0)
        optimiser.step()
        step += 1
        keep = min(0.999, step / (step + 10))
        with torch.no_grad():
            for kept, new in zip(average.parameters(), student.parameters()):
                kept.lerp_(new, 1 - keep)
        sums, counted = sums + np.array([value.item() for value in found]), counted + 1
        if step % 100 == 0:
            text = " ".join(f"{value:.3f}" for value in sums / counted)
            tell(f"{step}, {minutes:.1f} min, rate {rate:.1e}, losses {text}")
            sums, counted = 0, 0
        if step % options.every == 0:
            save(file, student, average, optimiser, random, step, time.time() - started)
            tell(f"   {agreement(average, teacher, options.packed)} {leave_one_out(average, options.packed)}")
    save(file, student, average, optimiser, random, step, time.time() - started)
    tell(f"done: {agreement(average, teacher, options.packed)} {leave_one_out(average, options.packed)}")


def save(file, student, average, optimiser, random, step, spent):
    state = {
        "student": student.state_dict(),
        "average": average.state_dict(),
        "optimiser": optimiser.state_dict(),
        "random": random.bit_generator.state,
        "step": step,
        "spent": spent,
    }
    torch.save(state, f"{file}.tmp")
    os.replace(f"{file}.tmp", file)


if __name__ == "__main__":
    main()
