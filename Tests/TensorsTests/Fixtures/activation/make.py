# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""ReLU, sigmoid and channel softmax with their gradients by PyTorch in float64, stored as float32.

    input, upstream, output, inputGradient [N, C, D, H, W]

ReLU's gradient at 0 is 0. The sigmoid and softmax inputs reach ±100, where a naive exp overflows.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).parent
generator = torch.Generator().manual_seed(20205)


def normal(*shape):
    return torch.randn(shape, generator=generator, dtype=torch.float32)


def with_extremes(input, *values):
    """The input with its first elements replaced."""
    input.view(-1)[: len(values)] = torch.tensor(values)
    return input


CASES = {
    "relu": (torch.relu, with_extremes(normal(1, 2, 3, 5, 7), 0.0, -0.0, 1e-30, -1e-30)),
    "sigmoid": (
        torch.sigmoid,
        with_extremes(3 * normal(1, 2, 3, 5, 7), 0.0, 100.0, -100.0, 80.0, -80.0, 16.0, -16.0),
    ),
    "softmax2": (
        lambda x: torch.softmax(x, 1),
        with_extremes(3 * normal(2, 2, 2, 3, 5), 0.0, 100.0, -100.0, 80.0, -80.0),
    ),
    "softmax3": (lambda x: torch.softmax(x, 1), with_extremes(2 * normal(1, 3, 3, 2, 5), 95.0)),
    "softmax1": (lambda x: torch.softmax(x, 1), normal(1, 1, 2, 2, 3)),
}
for name, (function, input) in CASES.items():
    leaf = input.double().requires_grad_()
    output, upstream = function(leaf), normal(*input.shape)
    (gradient,) = torch.autograd.grad(output, leaf, upstream.double())
    tensors = dict(input=input, upstream=upstream, output=output.detach(), inputGradient=gradient)
    save_file(
        {key: value.float().contiguous() for key, value in tensors.items()},
        HERE / f"{name}.safetensors",
    )
