# /// script
# requires-python = ">=3.11"
# dependencies = ["stardist==0.9.2", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""Pairs of label volumes, and what stardist.matching says about them at IoU 0.1 … 0.9.

    <case>.truth, <case>.prediction [z, y, x] uint8
    <case>.counts [9, 3] int64      tp, fp, fn at each threshold
    <case>.scores [9, 5] float64    precision, recall, accuracy (AP), f1, panoptic_quality
    all.counts, all.scores          the same of matching_dataset(by_image=False) over all cases

stardist holds IoUs as float32, so panoptic_quality is exact to about 1e-7.
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from stardist.matching import matching, matching_dataset

THRESHOLDS = [k / 10 for k in range(1, 10)]
SHAPE = (4, 18, 20)
z, y, x = np.indices(SHAPE)


def cells(centers, radius):
    """Voronoi cells around centers, cut at a radius."""
    if len(centers) == 0:
        return np.zeros(SHAPE, np.uint8)
    d = np.stack([(2 * (z - c[0])) ** 2 + (y - c[1]) ** 2 + (x - c[2]) ** 2 for c in centers])
    return np.where(d.min(0) <= radius**2, d.argmin(0) + 1, 0).astype(np.uint8)


cases = {}
for seed in range(8):
    random = np.random.default_rng(100 + seed)
    n = int(random.integers(4, 14))
    centers = random.uniform((0, 0, 0), SHAPE, (n, 3))
    truth = cells(centers, 4.5)
    moved = centers + random.normal(0, (0.4, 1.5, 1.5), (n, 3))
    keep = moved[random.random(n) < 0.85]
    more = random.uniform((0, 0, 0), SHAPE, (int(random.integers(0, 4)), 3))
    prediction = cells(np.concatenate([keep, more]), float(random.uniform(3, 6)))
    values = np.concatenate([[0], 1 + random.permutation(250)[: prediction.max()]])
    cases[f"random{seed}"] = truth, values[prediction].astype(np.uint8)
# Crowded: many overlaps, so that the pairing at low thresholds is a real choice.
for seed in range(3):
    random = np.random.default_rng(200 + seed)
    cases[f"crowded{seed}"] = (
        cells(random.uniform((0, 0, 0), SHAPE, (25, 3)), 9),
        cells(random.uniform((0, 0, 0), SHAPE, (22, 3)), 9),
    )
# IoU of exactly 1/2, 3/10 and 1/10: thresholds are inclusive.
exact = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
for row, share in enumerate((5, 3, 1)):
    exact[0][0, 2 * row, :10] = row + 1
    exact[1][0, 2 * row, :share] = row + 1
cases["exact"] = exact
cases["equal"] = cases["random0"][0], cases["random0"][0]
nothing = np.zeros(SHAPE, np.uint8)
cases["missed"] = cases["random1"][0], nothing
cases["invented"] = nothing, cases["random1"][0]

tensors = {}


def put(name, results):
    tensors[f"{name}.counts"] = np.array([[r.tp, r.fp, r.fn] for r in results], np.int64)
    tensors[f"{name}.scores"] = np.array(
        [[r.precision, r.recall, r.accuracy, r.f1, r.panoptic_quality] for r in results],
        np.float64)


for name, (truth, prediction) in cases.items():
    tensors[f"{name}.truth"], tensors[f"{name}.prediction"] = truth, prediction
    put(name, matching(truth, prediction, thresh=THRESHOLDS))
put("all", matching_dataset(*zip(*cases.values()), thresh=THRESHOLDS, show_progress=False))
save_file(tensors, Path(__file__).parent / "instance-matching.safetensors")
