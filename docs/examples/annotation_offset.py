# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "tifffile==2026.3.3", "imagecodecs==2026.3.6"]
# ///
"""The offset between annotations and signal: the shift that brings masks onto their annotations.

    morula segment images/ --method classical --masks --voxel-size 0.8,0.8,1.75 --output classical
    python annotation_offset.py classical/masks bbbc050/nsn

Masks of a method that treats all directions alike lie where the signal is. Thresholds do; a network that was
trained on the same annotations need not. For each volume Powell's method finds the shift in voxels that makes
the mask agree best with the annotations, by the Dice coefficient of values between 0 and 1. Positive means that
the annotations lie further along the axis.
"""

import re
import statistics
import sys
from pathlib import Path

import numpy as np
import tifffile
from scipy import ndimage, optimize


def shift(mask, truth):
    """The shift (z, y, x) of `mask` that maximizes its overlap with `truth`, both 0 to 1."""
    box = ndimage.find_objects(((mask > 0.5) | (truth > 0.5)).astype(int))[0]
    box = tuple(slice(max(0, s.start - 3), s.stop + 3) for s in box)
    mask, truth = mask[box], truth[box]

    def loss(offset):
        moved = ndimage.shift(mask, offset, order=1)
        return 1 - 2 * (moved * truth).sum() / ((moved**2).sum() + truth.sum())

    return optimize.minimize(loss, np.zeros(3), method="Powell", options={"xtol": 0.02}).x


def main(masks, truths):
    series = {}
    for path in sorted(Path(masks).glob("*.tif")):
        # A Gaussian of a third of a voxel makes the loss smooth, so that the search has a slope to follow.
        mask = ndimage.gaussian_filter((tifffile.imread(path) > 0).astype(np.float32), 0.35)
        truth = (tifffile.imread(Path(truths) / path.name) > 0).astype(np.float32)
        if mask.any() and truth.any():
            name = re.sub(r"_t\d+$", "", path.stem)
            series.setdefault(name, []).append(shift(mask, truth))
    print(f"{'series':10} {'volumes':>7}     z     y     x   (voxels, annotations minus signal)")
    rows = [("all", [s for shifts in series.values() for s in shifts])]
    for name, shifts in list(series.items()) + rows:
        medians = [statistics.median(axis) for axis in zip(*shifts)]
        print(f"{name:10} {len(shifts):7} " + " ".join(f"{m:+5.2f}" for m in medians))


if __name__ == "__main__":
    main(*sys.argv[1:3])
