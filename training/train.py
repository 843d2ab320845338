"""Teaches the student, from random weights, what the teacher sees.

    python3 train.py PACKED TEACHER RUN [--parts MINUTES] [--whole MINUTES]
    python3 train.py PACKED TEACHER RUN --from NETWORK.onnx --parts 0 --whole MINUTES

First every part by itself, all at once: from one hint of the teacher to the next. Then the whole network, with the
hints as further goals, on pictures of which the teacher sees a better copy. Writes RUN/log.txt and RUN/checkpoint.pt;
started again, it goes on from there. Runs on a CUDA GPU where there is one.
"""

import argparse
import copy
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import views
from goals import Goals, Memory, losses
from machine import DEVICE, use_all_cores
from network import Student
from shipped import read_shipped
from teacher import FEATURES, Teacher
from validate import agreement, leave_one_out

# Seconds that one step counts at most: whoever is stopped meanwhile does not lose the time.
LONGEST_STEP = 60


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packed", help="folder of pack.py")
    parser.add_argument("teacher", help="folder of the teacher's .npy files")
    parser.add_argument("run", help="folder for the checkpoint and the log")
    parser.add_argument("--from", dest="start", help="begin with the weights of this network instead of random ones")
    parser.add_argument("--parts", type=float, default=25, help="minutes, each part by itself")
    parser.add_argument("--whole", type=float, default=60, help="minutes, all together")
    parser.add_argument("--steps", action="store_true", help="both are steps instead of minutes")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--sizes", type=int, nargs="+", default=[112, 128, 144], help="one of them a batch")
    parser.add_argument("--parts-rate", type=float, default=1e-2)
    parser.add_argument("--whole-rate", type=float, default=2e-3)
    parser.add_argument("--hints", type=float, default=0.2, help="weight of the hints in the second phase")
    parser.add_argument("--neighbours", type=float, default=0, help="weight of the neighbourhoods, second phase")
    parser.add_argument("--classes", type=float, default=0, help="weight of what pictures show, second phase")
    parser.add_argument("--teacher-scale", type=float, default=1, help="how much larger the teacher sees, second phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=2000, help="steps from one measurement to the next")
    return parser.parse_args()


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
    use_all_cores()
    random = np.random.default_rng(options.seed)
    sets = views.Sets(options.packed, views.WEIGHTS, views.is_taught)
    teacher = Teacher(options.teacher, DEVICE, half=True)
    goals = Goals(teacher, views.normalise(views.batch(sets, 512, 128, np.random.default_rng(0))[0]))
    memory = Memory()
    student = read_shipped(options.start).student if options.start else Student(FEATURES)
    student = student.train().to(DEVICE, memory_format=torch.channels_last)
    average = copy.deepcopy(student)
    optimiser = torch.optim.AdamW(parameter_groups(student), lr=options.parts_rate, betas=(0.9, 0.98))
    step, spent = 0, 0.0
    file = os.path.join(options.run, "checkpoint.pt")
    if os.path.exists(file):
        state = torch.load(file, map_location=DEVICE)
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

    sums, counted = 0, 0
    while (done := step if options.steps else spent / 60) < options.parts + options.whole:
        began = time.monotonic()
        apart = done < options.parts
        rate = (
            rate_at(done / options.parts, options.parts_rate)
            if apart
            else rate_at((done - options.parts) / options.whole, options.whole_rate)
        )
        for group in optimiser.param_groups:
            group["lr"] = rate * (group["share"] if apart else 1)
        size = int(random.choice(options.sizes))
        larger = size if apart else round(size * options.teacher_scale)
        clear, labels = views.batch(sets, options.batch, larger, random)
        same = clear if larger == size else F.interpolate(clear, size, mode="area")
        seen = same if apart else views.disturb(same, random)
        found, pooled, goal = losses(student, goals, views.normalise(seen), views.normalise(clear), apart)
        *hints, last, features = found
        loss = (1 if apart else options.hints) * (sum(hints) + last) + features
        if not apart and (options.neighbours or options.classes):
            neighbours, classes = memory(goals.scaled(pooled), goals.scaled(goal), labels)
            loss = loss + options.neighbours * neighbours + options.classes * classes
            found += [neighbours, classes]
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 5.0)
        optimiser.step()
        step += 1
        keep = min(0.999, step / (step + 10))
        with torch.no_grad():
            for kept, new in zip(average.parameters(), student.parameters()):
                kept.lerp_(new, 1 - keep)
        values = np.array([value.item() for value in found])
        sums, counted = (sums + values, counted + 1) if np.shape(sums) == values.shape else (values, 1)
        spent += min(LONGEST_STEP, time.monotonic() - began)
        if step % 100 == 0:
            text = " ".join(f"{value:.3f}" for value in sums / counted)
            tell(f"{step}, {spent / 60:.1f} min, rate {rate:.1e}, losses {text}")
            sums = 0
        if step % options.every == 0:
            save(file, student, average, optimiser, random, step, spent)
            tell(f"   {agreement(average, teacher, options.packed)} {leave_one_out(average, options.packed)}")
    save(file, student, average, optimiser, random, step, spent)
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
