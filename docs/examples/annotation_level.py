# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "tifffile==2026.3.3", "imagecodecs==2026.3.6"]
# ///
"""The gray level at which annotations outline nuclei, across and along z.

    python annotation_level.py PATH/TO/bbbc050 --pattern 'Emb0*' --offset=-0.27,0,-0.84
    python annotation_level.py synthetic

The level of an outline is the mean of the median gray levels of the voxels just inside and just outside of it,
after a Gaussian of 1 µm, above the 25th percentile of the volume. The script prints

* the level as a fraction of the brightness that the brightest 1000 µm³ of the volume exceed: geometric mean, and
  standard deviation of the logarithm over volumes;
* the level as a fraction of the nucleus' own brightness (80th percentile);
* the slope of the logarithm of the level on that of the nucleus' own brightness among the nuclei of a volume, for
  volumes with more than three: 0 if all are outlined at one level, 1 if each is at the same fraction of its own.

--offset moves the image by so many µm first, to where the annotations lie.
"""

import argparse
from pathlib import Path

import numpy as np
import tifffile
from scipy import ndimage


def outline(mask, away, element):
    """The voxels just inside and just outside of a mask along the axes of an element."""
    inside = mask & ~ndimage.binary_erosion(mask, element)
    outside = ndimage.binary_dilation(mask, element) & ~mask
    return inside & away, outside & away


def measure(image, truth, size, offset):
    """A row for each nucleus: log level across, along z, log brightness; and the log of the volume's."""
    light = ndimage.gaussian_filter(image.astype(float), 1 / size) - np.percentile(image, 25)
    if any(offset):
        light = ndimage.shift(light, offset / size, order=1, mode="nearest")
    bright = np.sort(light.ravel())[-int(1000 / size.prod())]
    rows = []
    for number, box in enumerate(ndimage.find_objects(truth), 1):
        if box is None:
            continue
        box = tuple(slice(max(0, s.start - 2), s.stop + 2) for s in box)
        mask = truth[box] == number
        if mask.sum() * size.prod() < 170:  # marked by the ball of a center alone, or cut
            continue
        away = ~ndimage.binary_dilation((truth[box] > 0) & ~mask, iterations=2)
        across = outline(mask, away, np.ones((1, 3, 3)))
        along = outline(mask, away, np.ones((3, 1, 1)))
        if min(part.sum() for part in across + along) < 8:
            continue
        levels = [np.mean([np.median(light[box][part]) for part in parts]) for parts in (across, along)]
        rows.append(np.log([max(1, v) for v in (*levels, np.percentile(light[box][mask], 80))]))
    return np.array(rows).reshape(-1, 3), np.log(bright)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pattern", default="*.tif")
    parser.add_argument("--voxel-size", default="0.8,0.8,1.75", help="x,y,z in µm")
    parser.add_argument("--offset", default="0,0,0", help="x,y,z in µm")
    options = parser.parse_args()
    size, offset = (
        np.array([float(v) for v in text.split(",")])[::-1]
        for text in (options.voxel_size, options.offset))
    volumes = []
    for path in sorted((options.folder / "images").glob(options.pattern)):
        truth = tifffile.imread(options.folder / "instances" / path.name)
        rows, bright = measure(tifffile.imread(path), truth, size, offset)
        if len(rows):
            volumes.append((rows, bright))
    if not volumes:
        parser.error(f"no nuclei in {options.folder}/instances, of {options.pattern}")
    nuclei = np.concatenate([rows for rows, _ in volumes])
    print(f"{len(volumes)} volumes, {len(nuclei)} nuclei")
    for axis, name in enumerate(["across", "along z"]):
        parts = np.array([rows[:, axis].mean() - bright for rows, bright in volumes])
        own = np.exp(np.median(nuclei[:, axis] - nuclei[:, 2]))
        several = [rows - rows.mean(axis=0) for rows, _ in volumes if len(rows) > 3]
        square = sum((r[:, 2] ** 2).sum() for r in several)
        slope = sum((r[:, 2] * r[:, axis]).sum() for r in several) / square if several else np.nan
        print(
            f"{name:8} {np.exp(parts.mean()):.3f} of the volume's brightness (SD of the log {parts.std():.2f}), "
            f"{own:.3f} of the nucleus' own, slope {slope:.2f}")


if __name__ == "__main__":
    main()
