"""Where annotations lie beside the light: the shift that brings masks onto their truth.

    morula segment images/ --method classical --masks --voxel-size 0.8,0.8,1.75 --output classical
    python annotation_offset.py classical/masks bbbc050/nsn

Masks of a method that treats all directions alike (thresholds do; a network that was trained on the same
annotations need not) lie where the light is. The shift in voxels that makes them agree best with the truth, in
the sense of Dice with values between 0 and 1, is found for each volume by Powell's method; positive means that
the truth lies further along the axis. Checked with numpy 2.4, scipy 1.17, tifffile 2026.3.3.
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
        # A Gaussian of a third of a voxel turns steps into slopes that have a slant to follow.
        mask = ndimage.gaussian_filter((tifffile.imread(path) > 0).astype(np.float32), 0.35)
        truth = (tifffile.imread(Path(truths) / path.name) > 0).astype(np.float32)
        if mask.any() and truth.any():
            name = re.sub(r"_t\d+$", "", path.stem)
            series.setdefault(name, []).append(shift(mask, truth))
    print(f"{'series':10} {'volumes':>7}     z     y     x   (voxels, truth minus light)")
    rows = [("all", [s for shifts in series.values() for s in shifts])]
    for name, shifts in list(series.items()) + rows:
        medians = [statistics.median(axis) for axis in zip(*shifts)]
        print(f"{name:10} {len(shifts):7} " + " ".join(f"{m:+5.2f}" for m in medians))


if __name__ == "__main__":
    main(*sys.argv[1:3])
