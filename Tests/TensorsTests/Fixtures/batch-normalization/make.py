# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""batch_norm: training and inference by PyTorch in float64, stored as float32.

    input, upstream [N, C, D, H, W]   weight (γ), bias (β), runningMean, runningVariance [C]
    output, inputGradient, weightGradient, biasGradient: training mode, batch statistics
    newRunningMean, newRunningVariance: r + momentum (s − r), with the unbiased variance
    inference: the output in evaluation mode, from runningMean and runningVariance
    magnitudes [4]: what one relative rounding of the inputs, the mean and σ can do, at most, to an
        element of output, inputGradient, weightGradient, biasGradient; the scale of tolerances
    metadata: eps, momentum
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = Path(__file__).parent

# name: shape, eps, momentum, mean and spread of the input
CASES = {
    "small": ((1, 3, 4, 5, 6), 1e-5, 0.1, 0.0, 1.0),
    "chainer_eps": ((1, 3, 4, 5, 6), 2e-5, 0.1, 0.2, 0.01),
    "batch2": ((2, 5, 3, 4, 5), 1e-5, 0.1, 1.5, 2.0),
    "odd": ((3, 2, 1, 7, 3), 1e-5, 0.25, -0.5, 0.5),
    "two_values": ((2, 3, 1, 1, 1), 1e-5, 0.1, 0.0, 1.0),
    "wide": ((1, 2, 3, 17, 19), 1e-5, 0.1, 0.0, 1.0),
    "offset": ((1, 2, 4, 6, 8), 1e-5, 0.1, 100.0, 1.0),  # cancellation: variance ≪ mean²
    "constant": ((1, 2, 4, 4, 4), 1e-5, 0.1, 3.0, 0.0),  # variance 0: eps carries it
}

generator = torch.Generator().manual_seed(20204)
for name, (shape, eps, momentum, mean, spread) in CASES.items():

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float32)

    channels = shape[1]
    input, upstream = mean + spread * normal(*shape), normal(*shape)
    weight, bias = 1 + 0.2 * normal(channels), 0.1 * normal(channels)
    running_mean, running_variance = 0.3 * normal(channels), 0.5 + normal(channels).abs()
    leaves = [t.double().requires_grad_() for t in (input, weight, bias)]
    new_mean, new_variance = running_mean.double(), running_variance.double()
    output = F.batch_norm(
        leaves[0], new_mean, new_variance, leaves[1], leaves[2],
        training=True, momentum=momentum, eps=eps,
    )  # fmt: skip
    gradients = torch.autograd.grad(output, leaves, upstream.double())
    inference = F.batch_norm(
        input.double(), running_mean.double(), running_variance.double(),
        weight.double(), bias.double(), training=False, eps=eps,
    )  # fmt: skip

    axes, wide = (0, 2, 3, 4), (None, slice(None), None, None, None)
    x, dy, g = input.double(), upstream.double(), weight.double()
    m, v = x.mean(axes), x.var(axes, unbiased=False)
    s = (v + eps).rsqrt()
    relative = (x.abs() + m.abs()[wide]) * s[wide]  # rounding of the input, in units of σ
    normalized = ((x - m[wide]) * s[wide]).abs()
    spread_error = 1 + (relative * normalized).mean(axes)  # rounding of σ, relative to σ
    inner = (
        dy.abs()
        + dy.abs().mean(axes)[wide]
        + relative * (dy.abs() * normalized).mean(axes)[wide]
        + normalized * (dy.abs() * relative).mean(axes)[wide]
    )
    magnitudes = torch.stack([
        (g.abs()[wide] * (relative + normalized * spread_error[wide])).max() + bias.abs().max(),
        ((g.abs() * s * spread_error)[wide] * inner).max(),
        (dy.abs() * (relative + normalized * spread_error[wide])).sum(axes).max(),
        dy.abs().sum(axes).max(),
    ])  # fmt: skip
    tensors = dict(
        input=input, upstream=upstream, weight=weight, bias=bias,
        runningMean=running_mean, runningVariance=running_variance,
        output=output.detach(), inputGradient=gradients[0], weightGradient=gradients[1],
        biasGradient=gradients[2], newRunningMean=new_mean, newRunningVariance=new_variance,
        inference=inference, magnitudes=magnitudes,
    )  # fmt: skip
    save_file(
        {key: value.float().contiguous() for key, value in tensors.items()},
        HERE / f"{name}.safetensors",
        metadata=dict(eps=str(eps), momentum=str(momentum)),
    )
