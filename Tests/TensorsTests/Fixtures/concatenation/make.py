# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""Channel concatenation, first then second, as in [upsampled, skip]; exact.

    first [N, A, D, H, W]   second [N, B, D, H, W]   output [N, A + B, D, H, W]
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

generator = torch.Generator().manual_seed(20206)
first = torch.randn((2, 3, 2, 3, 5), generator=generator)
second = torch.randn((2, 2, 2, 3, 5), generator=generator)
save_file(
    dict(first=first, second=second, output=torch.cat([first, second], dim=1)),
    Path(__file__).parent / "concatenation.safetensors",
)
