# /// script
# requires-python = ">=3.11"
# dependencies = ["scipy==1.17.1", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""Assignment problems with the least cost that scipy.optimize.linear_sum_assignment finds.

    <case>.costs [rows, columns] float64   <case>.least [1] float64
    <case>.columns [rows] int64, -1 for a row left over; only where the optimum is unique
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy.optimize import linear_sum_assignment

random = np.random.default_rng(20207)
cases = {
    "square": random.random((12, 12)),
    "wide": random.random((5, 11)),
    "tall": random.random((11, 5)),
    "one": random.random((1, 1)),
    "row": random.random((1, 7)),
    "column": random.random((7, 1)),
    "negative": random.normal(size=(9, 9)),
    "large": random.random((60, 50)) * 1e3,
    "steep": random.random((8, 8)) + 1e6 * (random.random((8, 8)) < 0.5),
    # Ties: several optima, so only the least cost is compared.
    "ties_square": random.integers(0, 3, (10, 10)).astype(float),
    "ties_wide": random.integers(0, 2, (6, 9)).astype(float),
    "ties_tall": random.integers(-1, 2, (9, 6)).astype(float),
    "equal": np.ones((5, 5)),
}
tensors = {}
for name, costs in cases.items():
    rows, columns = linear_sum_assignment(costs)
    tensors[f"{name}.costs"] = costs
    tensors[f"{name}.least"] = np.array([costs[rows, columns].sum()])
    if not (name.startswith("ties") or name == "equal"):
        assigned = np.full(len(costs), -1, dtype=np.int64)
        assigned[rows] = columns
        tensors[f"{name}.columns"] = assigned
save_file(tensors, Path(__file__).parent / "linear-assignment.safetensors")
