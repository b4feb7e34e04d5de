# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""conv3d: output and gradients, computed by PyTorch in float64, stored as float32.

One file per geometry. Inputs are float32 numbers, so float64 sees exactly what float32 code sees.

    input [N, in, D, H, W]   weight [out, in, z, y, x]   bias [out]
    output, upstream [N, out, D', H', W']; inputGradient, weightGradient, biasGradient
    magnitudes [4]: the largest sum of |a||b| behind one element of output, inputGradient,
        weightGradient, biasGradient (the same operations on absolute values)
    terms [4]: the largest number of products in such a sum
    metadata: kernel, stride, padding, dilation as "z,y,x"
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = Path(__file__).parent

# name: batch, in, out, (D, H, W), kernel, stride, padding, dilation
CASES = {
    "kernel1": (2, 5, 7, (3, 4, 5), (1, 1, 1), (1, 1, 1), (0, 0, 0), (1, 1, 1)),
    "kernel1_stride2": (1, 3, 4, (5, 4, 7), (1, 1, 1), (2, 2, 2), (0, 0, 0), (1, 1, 1)),
    "kernel3_same": (1, 3, 4, (6, 7, 9), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "kernel3_valid": (1, 2, 3, (5, 6, 7), (3, 3, 3), (1, 1, 1), (0, 0, 0), (1, 1, 1)),
    "kernel3_first_layer": (1, 1, 16, (6, 6, 6), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "kernel3_many_channels": (1, 17, 19, (3, 5, 4), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "kernel3_batch2": (2, 1, 1, (4, 5, 3), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "kernel3_padding012": (1, 2, 3, (5, 6, 4), (3, 3, 3), (1, 1, 1), (0, 1, 2), (1, 1, 1)),
    "kernel3_stride2": (2, 3, 2, (7, 9, 5), (3, 3, 3), (2, 2, 2), (1, 1, 1), (1, 1, 1)),
    "kernel3_stride123": (1, 2, 3, (6, 8, 10), (3, 3, 3), (1, 2, 3), (1, 0, 2), (1, 1, 1)),
    "kernel3_dilation2": (1, 3, 2, (6, 7, 8), (3, 3, 3), (1, 1, 1), (2, 2, 2), (2, 2, 2)),
    "kernel3_dilation123_stride2": (1, 2, 3, (7, 8, 9), (3, 3, 2), (2, 1, 2), (1, 2, 0), (1, 2, 3)),
    "kernel3_thin": (1, 3, 4, (1, 1, 9), (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "kernel5_same": (1, 2, 3, (7, 6, 9), (5, 5, 5), (1, 1, 1), (2, 2, 2), (1, 1, 1)),
    "kernel5_thin": (2, 2, 2, (1, 7, 1), (5, 5, 5), (1, 1, 1), (2, 2, 2), (1, 1, 1)),
    "kernel5_padding1": (1, 2, 2, (6, 5, 7), (5, 5, 5), (1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "kernel135": (1, 3, 4, (4, 5, 8), (1, 3, 5), (1, 1, 1), (0, 1, 2), (1, 1, 1)),
    "kernel2_stride2": (1, 3, 3, (4, 5, 6), (2, 2, 2), (2, 2, 2), (0, 0, 0), (1, 1, 1)),
}


def run(input, weight, bias, upstream, **geometry):
    """Output and the three gradients in float64."""
    leaves = [t.double().requires_grad_() for t in (input, weight, bias)]
    output = F.conv3d(*leaves, **geometry)
    return [output.detach(), *torch.autograd.grad(output, leaves, upstream.double())]


generator = torch.Generator().manual_seed(20201)
for name, (batch, inputs, outputs, size, kernel, stride, padding, dilation) in CASES.items():

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float32)

    geometry = dict(stride=stride, padding=padding, dilation=dilation)
    input, weight = normal(batch, inputs, *size), normal(outputs, inputs, *kernel)
    bias = normal(outputs)
    upstream = normal(*F.conv3d(input, weight, bias, **geometry).shape)
    results = run(input, weight, bias, upstream, **geometry)
    absolute = run(input.abs(), weight.abs(), bias.abs(), upstream.abs(), **geometry)
    taps, positions = kernel[0] * kernel[1] * kernel[2], upstream[0, 0].numel() * batch
    tensors = dict(
        input=input, weight=weight, bias=bias, upstream=upstream,
        output=results[0], inputGradient=results[1], weightGradient=results[2],
        biasGradient=results[3],
        magnitudes=torch.stack([a.max() for a in absolute]),
        terms=torch.tensor([inputs * taps + 1, outputs * taps, positions, positions]),
    )  # fmt: skip
    save_file(
        {key: value.float().contiguous() for key, value in tensors.items()},
        HERE / f"{name}.safetensors",
        metadata={
            key: ",".join(map(str, value))
            for key, value in dict(
                kernel=kernel, stride=stride, padding=padding, dilation=dilation
            ).items()
        },
    )
