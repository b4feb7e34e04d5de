# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "tifffile==2026.3.3"]
# ///
"""References of SciPy and NumPy for resampling, mirror padding, rotation, percentiles and labeling.

Inputs and results are float32 or uint8 stacks beside this script; interpolation runs in float64.
Run: python make.py
"""
from pathlib import Path

import numpy as np
import tifffile
from scipy import ndimage

HERE = Path(__file__).parent
generator = np.random.default_rng(20240607)


def write(name, data, dtype=np.float32):
    tifffile.imwrite(HERE / f"{name}.tif", np.ascontiguousarray(data, dtype), metadata={"axes": "ZYX"},
                     photometric="minisblack", compression="deflate")


# Linear resampling, half-pixel centers, edges clamped.
source = generator.normal(size=(6, 9, 11)).astype(np.float32)
write("resampling-input", source)
for shape in [(13, 9, 11), (6, 20, 11), (6, 9, 4), (13, 20, 25), (3, 4, 5), (1, 1, 1), (7, 8, 12)]:
    zoom = np.array(shape) / np.array(source.shape)
    result = ndimage.zoom(source.astype(np.float64), zoom, order=1, mode="nearest", grid_mode=True)
    assert result.shape == shape
    write("resampling-" + "x".join(map(str, shape)), result)

# Mirror padding, beyond the extent too.
small = source[:2, :3, :4]
write("padding-input", small)
write("padding-center", np.pad(small, ((1, 2), (2, 3), (5, 6)), mode="reflect"))
write("padding-end", np.pad(small, ((0, 3), (0, 7), (0, 1)), mode="reflect"))
write("padding-single", np.pad(source[:1, :3, :4], ((2, 2), (0, 0), (0, 0)), mode="edge"))

# Quarter turns and flips.
for turns in [1, 2, 3]:
    write(f"rotation-{turns}", np.rot90(small, turns, axes=(1, 2)))
for axis, letter in enumerate("zyx"):
    write(f"flip-{letter}", np.flip(small, axis))

# Percentiles (linear) of the resampling input: 0, 1, 25, 50, 99.8, 100, as one row of float32.
write("percentiles", np.percentile(source.astype(np.float64), [0, 1, 25, 50, 99.8, 100])[None, None])

# Connected components; densities near and away from percolation, and shapes whose runs join late.
for name, density in [("sparse", 0.2), ("medium", 0.35), ("dense", 0.6)]:
    mask = generator.random((9, 13, 17)) < density
    write(f"components-{name}", mask, np.uint8)
    for connectivity in [1, 2, 3]:
        labels, _ = ndimage.label(mask, ndimage.generate_binary_structure(3, connectivity))
        write(f"components-{name}-{connectivity}", labels, np.uint16)
    labels, count = ndimage.label(mask)
    index = range(1, count + 1)
    rows = np.column_stack([ndimage.sum_labels(mask, labels, index), ndimage.center_of_mass(mask, labels, index)])
    write(f"components-{name}-centroids", rows[None])
