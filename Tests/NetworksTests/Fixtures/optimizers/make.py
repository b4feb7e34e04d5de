# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy==2.4.6", "safetensors==0.8.0", "torch==2.15.0"]
# ///
"""Ten steps of each optimizer on given gradients, clipping and weight averaging: PyTorch, float64.

steps.safetensors: initial weights (`weight.start`, `bias.start`), the gradients of the ten steps
(`weight.gradients`, `bias.gradients`), and after each step the weights as `<variant>.weight`,
`<variant>.bias`. Weight decay applies to `weight` only. Run: uv run make.py
"""
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

here = Path(__file__).parent
torch.manual_seed(2020)
steps = 10
start = {"weight": torch.randn(3, 4, 3), "bias": torch.randn(5)}
gradients = {name: torch.randn(steps, *value.shape) * 3 for name, value in start.items()}
gradients["weight"][4] = 0  # a step without gradient: momentum and decay alone
gradients["bias"][:, 0] *= 1e-12  # so small that epsilon decides

out = {f"{name}.start": value for name, value in start.items()}
out |= {f"{name}.gradients": value for name, value in gradients.items()}


def run(variant, make, change=None):
    parameters = {n: torch.nn.Parameter(v.double()) for n, v in start.items()}
    optimizer = make(
        lambda decay: [
            {"params": [parameters["weight"]], "weight_decay": decay},
            {"params": [parameters["bias"]], "weight_decay": 0.0},
        ]
    )
    history = {n: [] for n in start}
    for step in range(steps):
        if change:
            change(optimizer, step)
        for n, p in parameters.items():
            p.grad = gradients[n][step].double()
        optimizer.step()
        for n, p in parameters.items():
            history[n].append(p.detach().clone())
    for n in start:
        out[f"{variant}.{n}"] = torch.stack(history[n])  # float64


SGD, Adam, AdamW = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
run("sgd", lambda g: SGD(g(0.0), lr=0.1))
run("sgd-decay", lambda g: SGD(g(0.3), lr=0.1))
run("sgd-momentum", lambda g: SGD(g(0.0), lr=0.1, momentum=0.9))
run("sgd-momentum-decay", lambda g: SGD(g(0.3), lr=0.1, momentum=0.9))
run("sgd-nesterov", lambda g: SGD(g(0.0), lr=0.1, momentum=0.9, nesterov=True))
run("sgd-nesterov-decay", lambda g: SGD(g(0.3), lr=0.1, momentum=0.9, nesterov=True))
run("adam", lambda g: Adam(g(0.0), lr=0.1))
run("adam-decay", lambda g: Adam(g(0.3), lr=0.05, betas=(0.8, 0.95), eps=1e-4))
run("adamw", lambda g: AdamW(g(0.01), lr=0.1))
run("adamw-decay", lambda g: AdamW(g(0.3), lr=0.05, betas=(0.8, 0.95), eps=1e-4))


def halve(optimizer, step):
    for group in optimizer.param_groups:
        group["lr"] = 0.1 * 0.5**step


run("adam-schedule", lambda g: Adam(g(0.0), lr=0.1), halve)
run("sgd-schedule", lambda g: SGD(g(0.0), lr=0.1, momentum=0.9), halve)

# Clipping: the gradients of the first step, limited to 1 and to 1000.
for limit in (1.0, 1000.0):
    leaves = [torch.nn.Parameter(v.double()) for v in start.values()]
    for p, n in zip(leaves, start):
        p.grad = gradients[n][0].double()
    norm = torch.nn.utils.clip_grad_norm_(leaves, limit)
    out[f"clip-{limit:g}.norm"] = norm.reshape(1)
    for p, n in zip(leaves, start):
        out[f"clip-{limit:g}.{n}"] = p.grad

# The moving average of the weights that plain SGD passes through.


class Toy(torch.nn.Module):
    def __init__(self):
        super().__init__()
        for n, v in start.items():
            setattr(self, n, torch.nn.Parameter(v.double()))


toy = Toy()
average = AveragedModel(toy, multi_avg_fn=get_ema_multi_avg_fn(0.9))
for step in range(steps):
    for n in start:
        getattr(toy, n).data = out[f"sgd.{n}"][step].clone()
    average.update_parameters(toy)
for n in start:
    out[f"average.{n}"] = getattr(average.module, n).detach().clone()

save_file(out, here / "steps.safetensors")
