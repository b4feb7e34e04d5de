# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""max_pool3d 2×2×2 stride 2: output and input gradient by PyTorch (exact, no rounding).

    input, inputGradient [N, C, D, H, W]   output, upstream [N, C, D/2, H/2, W/2], floored

Among equal voxels of a window the first in z, y, x order gets the gradient; the `ties` cases, drawn
from three values, and `constant` pin that. Odd sizes drop the last plane, row or column.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = Path(__file__).parent
generator = torch.Generator().manual_seed(20203)


def normal(*shape):
    return torch.randn(shape, generator=generator, dtype=torch.float32)


def few(*shape):
    return torch.randint(-1, 2, shape, generator=generator).float()


CASES = {
    "even": normal(1, 3, 4, 6, 8),
    "odd": normal(2, 2, 5, 3, 7),
    "wide": normal(1, 1, 2, 2, 37),
    "negative": -normal(1, 2, 4, 4, 4).abs() - 1,
    "ties": few(2, 3, 6, 5, 9),
    "constant": torch.zeros(1, 1, 4, 4, 4),
}
for name, input in CASES.items():
    leaf = input.clone().requires_grad_()
    output = F.max_pool3d(leaf, 2)
    upstream = normal(*output.shape)
    (gradient,) = torch.autograd.grad(output, leaf, upstream)
    # What the comment above says about ties, checked here rather than believed.
    windows = input[..., : input.shape[2] // 2 * 2, : input.shape[3] // 2 * 2, : input.shape[4] // 2 * 2]
    windows = windows.unfold(2, 2, 2).unfold(3, 2, 2).unfold(4, 2, 2).flatten(5)
    routed = gradient[..., : input.shape[2] // 2 * 2, : input.shape[3] // 2 * 2, : input.shape[4] // 2 * 2]
    routed = routed.unfold(2, 2, 2).unfold(3, 2, 2).unfold(4, 2, 2).flatten(5)
    for window, share in zip(windows.reshape(-1, 8), routed.reshape(-1, 8)):
        first = window.tolist().index(window.max())
        assert share.nonzero().flatten().tolist() == [first], (window, share)
    save_file(
        dict(
            input=input.contiguous(), output=output.detach().contiguous(), upstream=upstream,
            inputGradient=gradient.contiguous(),
        ),  # fmt: skip
        HERE / f"{name}.safetensors",
    )
