# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy==2.4.6", "safetensors==0.8.0", "torch==2.15.0"]
# ///
"""The sequences of torch.optim.lr_scheduler, as float64. Run: uv run make.py"""
import math
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.optim.lr_scheduler import (
    CosineAnnealingLR, LinearLR, OneCycleLR, PolynomialLR, ReduceLROnPlateau, SequentialLR, StepLR)

warnings.filterwarnings("ignore")
here = Path(__file__).parent
base, total = 0.02, 60
out = {}


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)


def run(name, make, steps=total):
    o = optimizer()
    scheduler = make(o)
    rates = []
    for step in range(steps):
        rates.append(o.param_groups[0]["lr"])
        if step + 1 < steps:
            scheduler.step()
    out[name] = torch.tensor(rates, dtype=torch.float64)


def warm_cosine(o):
    return SequentialLR(
        o,
        [LinearLR(o, start_factor=0.1, total_iters=7), CosineAnnealingLR(o, T_max=total - 7, eta_min=1e-4)],
        milestones=[7],
    )


run("step", lambda o: StepLR(o, step_size=13, gamma=0.3))
run("cosine", lambda o: CosineAnnealingLR(o, T_max=total, eta_min=1e-4))
run("cosine-warm-up", warm_cosine)
run("one-cycle", lambda o: OneCycleLR(o, max_lr=base, total_steps=total, cycle_momentum=False))
run("one-cycle-options", lambda o: OneCycleLR(
    o, max_lr=base, total_steps=total, pct_start=0.42, div_factor=10, final_div_factor=50, cycle_momentum=False))
run("polynomial", lambda o: PolynomialLR(o, total_iters=total, power=0.9))
run("polynomial-past-end", lambda o: PolynomialLR(o, total_iters=total, power=2.0), steps=total + 5)

# A metric that falls, stalls, jumps and is not a number once.
metric = [1 / (1 + 0.2 * i) + 0.3 * math.exp(-((i - 25) ** 2) / 30) + 0.004 * math.sin(7 * i) for i in range(90)]
metric[40] = math.nan
out["metric"] = torch.tensor(metric, dtype=torch.float64)
for name, sign, options in [
    ("plateau", 1, dict(patience=3)),
    ("plateau-cooldown", 1, dict(patience=2, factor=0.5, cooldown=4, threshold=0.01, min_lr=0.002)),
    ("plateau-absolute", 1, dict(patience=1, factor=0.7, threshold=0.005, threshold_mode="abs")),
    ("plateau-maximum", -1, dict(patience=2, factor=0.6, mode="max", threshold=0.002)),
    ("plateau-maximum-absolute", -1, dict(patience=0, factor=0.9, mode="max", threshold=0.002, threshold_mode="abs")),
]:
    o = optimizer()
    scheduler = ReduceLROnPlateau(o, **options)
    rates = []
    for value in metric:
        scheduler.step(2 + sign * value)
        rates.append(o.param_groups[0]["lr"])
    out[name] = torch.tensor(rates, dtype=torch.float64)

save_file(out, here / "sequences.safetensors")
