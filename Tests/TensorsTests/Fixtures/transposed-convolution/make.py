# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""conv_transpose3d 2×2×2 stride 2: output and gradients by PyTorch in float64, stored as float32.

    input [N, in, D, H, W]   weight [in, out, 2, 2, 2]   bias [out]
    output, upstream [N, out, 2D, 2H, 2W]; inputGradient, weightGradient, biasGradient
    magnitudes [4], terms [4]: as in ../convolution/make.py
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = Path(__file__).parent

# name: batch, in, out, (D, H, W)
CASES = {
    "same_channels": (1, 3, 3, (2, 3, 4)),
    "other_channels": (1, 5, 2, (3, 2, 5)),
    "one_channel": (2, 1, 1, (3, 4, 2)),
    "many_channels": (1, 19, 17, (2, 3, 2)),
    "one_voxel": (1, 4, 4, (1, 1, 1)),
    "thin_batch2": (2, 2, 3, (1, 5, 1)),
}


def run(input, weight, bias, upstream):
    """Output and the three gradients in float64."""
    leaves = [t.double().requires_grad_() for t in (input, weight, bias)]
    output = F.conv_transpose3d(*leaves, stride=2)
    return [output.detach(), *torch.autograd.grad(output, leaves, upstream.double())]


generator = torch.Generator().manual_seed(20202)
for name, (batch, inputs, outputs, size) in CASES.items():

    def normal(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float32)

    input, weight = normal(batch, inputs, *size), normal(inputs, outputs, 2, 2, 2)
    bias, upstream = normal(outputs), normal(batch, outputs, *(2 * n for n in size))
    results = run(input, weight, bias, upstream)
    absolute = run(input.abs(), weight.abs(), bias.abs(), upstream.abs())
    voxels = batch * size[0] * size[1] * size[2]
    tensors = dict(
        input=input, weight=weight, bias=bias, upstream=upstream,
        output=results[0], inputGradient=results[1], weightGradient=results[2],
        biasGradient=results[3],
        magnitudes=torch.stack([a.max() for a in absolute]),
        terms=torch.tensor([inputs + 1, outputs * 8, voxels, voxels * 8]),
    )  # fmt: skip
    save_file(
        {key: value.float().contiguous() for key, value in tensors.items()},
        HERE / f"{name}.safetensors",
    )
