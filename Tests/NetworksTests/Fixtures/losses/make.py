# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy==2.4.6", "safetensors==0.8.0", "torch==2.15.0"]
# ///
"""Values and gradients of the losses from PyTorch autograd in float64, at float32 logits.

Each file: logits, target (negative = ignore), value (F64), gradient (of the logits).
Run: uv run make.py
"""
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

here = Path(__file__).parent
torch.manual_seed(2020)


def logits(*shape, scale=2.0):
    return (torch.randn(*shape) * scale).float()


def soft_target(*shape, ignore=0.0):
    target = torch.rand(*shape)
    target = torch.where(torch.rand(*shape) < 0.7, (target < 0.4).float(), target)
    return torch.where(torch.rand(*shape) < ignore, torch.tensor(-1.0), target)


def classes(classes, *shape, ignore=0.0):
    target = torch.randint(0, classes, shape).float()
    return torch.where(torch.rand(*shape) < ignore, torch.tensor(-1.0), target)


def save(name, loss, x, t):
    leaf = x.double().requires_grad_()
    value = loss(leaf, t.double())
    value.backward()
    save_file(
        {"logits": x, "target": t, "value": value.detach().reshape(1), "gradient": leaf.grad.float().contiguous()},
        here / f"{name}.safetensors",
    )


def bce(weight=1.0):
    def loss(x, t):
        valid = t >= 0
        return F.binary_cross_entropy_with_logits(
            x[valid], t[valid], pos_weight=torch.tensor(weight, dtype=torch.float64))
    return loss


def cross_entropy(weights=None):
    def loss(x, t):
        w = None if weights is None else torch.tensor(weights, dtype=torch.float64)
        return F.cross_entropy(x, t[:, 0].long(), weight=w, ignore_index=-1)
    return loss


def dice_term(p, t, denominator, s):
    bottom = (p + t).sum() if denominator == "sum" else (p**2 + t**2).sum()
    return 1 - (2 * (p * t).sum() + s) / (bottom + s)


def dice(denominator, s, per_sample=False):
    def loss(x, t):
        groups = [slice(i, i + 1) for i in range(len(x))] if per_sample else [slice(None)]
        terms = []
        for group in groups:
            xs, ts = x[group], t[group]
            valid = ts[:, 0] >= 0
            if x.shape[1] == 1:
                p = torch.sigmoid(xs)[:, 0][valid]
                terms.append(dice_term(p, ts[:, 0][valid], denominator, s))
            else:
                p = torch.softmax(xs, 1)
                for c in range(x.shape[1]):
                    hot = (ts[:, 0] == c).double()
                    terms.append(dice_term(p[:, c][valid], hot[valid], denominator, s))
        return torch.stack(terms).mean()
    return loss


def both(a, wa, b, wb):
    return lambda x, t: wa * a(x, t) + wb * b(x, t)


one, two, three = (2, 1, 3, 4, 5), (2, 2, 3, 4, 5), (2, 3, 3, 4, 5)
save("bce", bce(), logits(*one), soft_target(*one))
save("bce-weighted-ignore", bce(3.5), logits(*one), soft_target(*one, ignore=0.3))
save("ce", cross_entropy(), logits(*two), classes(2, *one))
save("ce-weighted-ignore", cross_entropy([0.2, 1.0, 2.5]), logits(*three), classes(3, *one, ignore=0.3))
save("dice-reproduction", dice("sum", 1.0), logits(*one), soft_target(*one))
save("dice-reproduction-ignore", dice("sum", 1.0), logits(*one), soft_target(*one, ignore=0.3))
save("dice-reproduction-empty", dice("sum", 1.0), logits(*one), torch.zeros(one))
save("dice-sample", dice("sum", 1.0, per_sample=True), logits(*one), soft_target(*one, ignore=0.2))
save("dice-original", dice("squares", 1e-7), logits(*two), classes(2, *one))
save("dice-original-ignore", dice("squares", 1e-7), logits(*three), classes(3, *one, ignore=0.3))
save("dice-original-sample", dice("squares", 1e-7, per_sample=True), logits(*two), classes(2, *one, ignore=0.2))
save("dice-original-empty", dice("squares", 1e-7), logits(*two), torch.zeros(one))
save("dice-squares-sigmoid", dice("squares", 1e-7), logits(*one), soft_target(*one))
save("bce-dice", both(bce(2.0), 0.5, dice("sum", 1.0), 1.5), logits(*one), soft_target(*one, ignore=0.1))
save("ce-dice", both(cross_entropy(), 1.0, dice("squares", 1e-7), 1.0), logits(*two), classes(2, *one, ignore=0.1))

# Logits that overflow a naive exponential.
wild = torch.tensor([100.0, -100.0, 1e4, -1e4, 0.0, -0.0, 30.0, -30.0, 750.0, -750.0])
x = torch.cat([wild, wild]).reshape(1, 1, 2, 2, 5)
t = torch.cat([torch.ones(10), torch.zeros(10)]).reshape(1, 1, 2, 2, 5)
save("bce-extreme", bce(2.0), x, t)
save("dice-extreme", dice("sum", 1.0), x, t)
save("ce-extreme", cross_entropy(), torch.cat([x, -x], 1), t)
save("dice-original-extreme", dice("squares", 1e-7), torch.cat([x, -x], 1), t)
