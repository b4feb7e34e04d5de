# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""NSN at full width, one sigmoid channel, Dice, SGD; what the record holds is said in ../networks.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from networks import record  # noqa: E402

record(
    Path(__file__).parent / "nsn.safetensors",
    dict(levels=3, base=16, kernel=3, out_channels=1),
    shape=(1, 1, 16, 16, 16),
    balls=[(0, 5, 5, 6, 17), (0, 11, 10, 9, 14)],
    loss="dice",
    optimizer="sgd",
    rate=0.1,
    stride=3,
)
