# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""NDN at 1/6 width, one sigmoid channel, Dice, Adam; what the record holds is said in ../networks.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from networks import record  # noqa: E402

record(
    Path(__file__).parent / "ndn.safetensors",
    dict(levels=5, base=2, kernel=5, out_channels=1),
    shape=(1, 1, 32, 32, 16),
    balls=[(0, 8, 9, 6, 40), (0, 21, 19, 9, 50), (0, 14, 24, 4, 30)],
    loss="dice",
    optimizer="adam",
    rate=0.003,
    stride=7,
)
