# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""NSN at full width, two softmax channels, cross-entropy, two samples, SGD; what the record holds is said in ../networks.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from networks import record  # noqa: E402

record(
    Path(__file__).parent / "nsn-softmax.safetensors",
    dict(levels=3, base=16, kernel=3, out_channels=2),
    shape=(2, 1, 8, 12, 16),
    balls=[(0, 3, 5, 6, 17), (1, 4, 7, 9, 14)],
    loss="softmax",
    optimizer="sgd",
    rate=0.1,
    stride=3,
)
