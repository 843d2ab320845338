"""Where the recipe runs: on a CUDA GPU where there is one, else on all cores of the processor."""

import os

import torch

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def use_all_cores():
    torch.set_num_threads(os.cpu_count())


def half_precision():
    """bfloat16 where it is multiplied (processors do without, slowly; older GPUs do not), else what the tensors have."""
    able = DEVICE.type == "cpu" or torch.cuda.is_bf16_supported()
    return torch.autocast(DEVICE.type, torch.bfloat16, enabled=able)
