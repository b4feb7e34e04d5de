# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""3D U-Net at 1/8 width, two softmax channels, cross-entropy, Adam, eps of Chainer; what the record holds is said in ../networks.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from networks import record  # noqa: E402

record(
    Path(__file__).parent / "unet.safetensors",
    dict(levels=4, base=4, kernel=3, out_channels=2, eps=2e-5),
    shape=(1, 1, 16, 24, 16),
    balls=[(0, 5, 5, 6, 17), (0, 11, 16, 9, 26)],
    loss="softmax",
    optimizer="adam",
    rate=0.0001,
    stride=5,
)
