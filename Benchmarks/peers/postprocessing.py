"""Morula's post-processing beside SciPy and scikit-image: the same volume, results compared, times alternated.

    swift build -c release --package-path Benchmarks
    Benchmarks/.venv/bin/python Benchmarks/peers/postprocessing.py [--rounds 5] [--threads 2]

Every round runs the Swift benchmark and then every function here; the shortest time of all rounds counts.
"""
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy
import skimage
import tifffile
from common import SwiftBenchmark, argument_parser, keep_shortest
from scipy import ndimage
from skimage import feature, filters, morphology, segmentation, transform

parser = argument_parser(__doc__)
SwiftBenchmark.add_option(parser)
arguments = parser.parse_args()
swift = SwiftBenchmark("postprocessing", arguments)

SPACING = (51 * 1.75 / 112, 0.8, 0.8)
folder = Path(tempfile.mkdtemp(prefix="postprocessing-"))
ours = swift.run(folder)


def read(name):
    return tifffile.imread(folder / f"{name}.tif")


mask, shells, markers = read("mask") > 0, read("shells") > 0, read("markers").astype(np.int32)
distance, native = read("distance"), read("native")
inverted = -distance
corners = np.ones((3, 3, 3), int)
radius = 5
steps = np.stack(np.indices((2 * radius + 1,) * 3), -1) - radius
ellipsoid = ((steps * SPACING) ** 2).sum(-1) <= (radius * 0.8) ** 2


def equal(a, b):
    return "equal" if np.array_equal(a, b) else f"{np.count_nonzero(a != b)} differ"


def close(a, b):
    return f"within {np.abs(a.astype(np.float64) - b).max() / max(1e-30, np.abs(b).max()):.0e}"


def one_each(ours, theirs):
    """Whether our maxima are theirs, where they name every voxel of a plateau and we name one."""
    found = np.zeros(mask.shape, bool)
    found[tuple(theirs.T)] = True
    plateaus, count = ndimage.label(found, corners)
    numbers = plateaus[tuple(ours.reshape(-1, 3).astype(int).T)]
    return "equal" if sorted(numbers) == list(range(1, count + 1)) else f"{len(set(numbers) - {0})} of {count} the same"


def same_heights(ours, theirs):
    """Whether the maxima are equally high; of a plateau they name the first voxel and we the middle."""
    heights = [np.sort(distance[tuple(p.reshape(-1, 3).astype(int).T)]) for p in (ours, theirs)]
    return "equal heights" if np.array_equal(*heights) else "differ"


def resized():
    return transform.resize(native, mask.shape, order=1, mode="edge", anti_aliasing=False)


def zoomed():
    return ndimage.zoom(native, np.array(mask.shape) / native.shape, order=1, mode="nearest", grid_mode=True)


def maxima():
    return feature.peak_local_max(distance, footprint=ellipsoid, min_distance=radius, p_norm=2,
                                  exclude_border=False, threshold_abs=1)


# Name of the Swift row, function of the peer, what to call it, file of our result, comparison.
peers = [
    ("distance transform", lambda: ndimage.distance_transform_edt(mask, sampling=SPACING),
     "scipy.ndimage.distance_transform_edt", "distance", close),
    ("watershed", lambda: segmentation.watershed(inverted, markers, mask=mask),
     "skimage.segmentation.watershed", "watershed", equal),
    ("labeling, faces", lambda: ndimage.label(mask)[0], "scipy.ndimage.label", "faces", equal),
    ("labeling, corners", lambda: ndimage.label(mask, corners)[0], "scipy.ndimage.label", "corners", equal),
    ("hole filling", lambda: ndimage.binary_fill_holes(shells), "scipy.ndimage.binary_fill_holes", "holes", equal),
    ("Gaussian, σ 2 voxels", lambda: ndimage.gaussian_filter(distance, 2, mode="nearest"),
     "scipy.ndimage.gaussian_filter", "gaussian", close),
    ("linear resize, z × 2.2", resized, "skimage.transform.resize(order=1)", "resized", close),
    ("linear resize, z × 2.2", zoomed, "scipy.ndimage.zoom(order=1)", "resized", close),
    ("local maxima, radius 4 µm", maxima, "skimage.feature.peak_local_max", "maxima", same_heights),
    ("h-maxima, 0.5 µm", lambda: np.argwhere(morphology.h_maxima(distance.astype(np.float64), 0.5) & mask),
     "skimage.morphology.h_maxima", "h-maxima", one_each),
    ("Otsu's threshold", lambda: np.array(filters.threshold_otsu(distance)), "skimage.filters.threshold_otsu",
     "otsu", close),
    ("Li's threshold", lambda: np.array(filters.threshold_li(distance)), "skimage.filters.threshold_li", "li", close),
]
theirs, agreement = {}, {}
for turn in range(arguments.rounds):
    keep_shortest(ours, swift.run() if turn else ours)
    for name, function, peer, file, compare in peers:
        for _ in range(arguments.repeats):
            start = time.perf_counter()
            result = function()
            elapsed = 1e3 * (time.perf_counter() - start)
            theirs[name, peer] = min(theirs.get((name, peer), np.inf), elapsed)
        if (name, peer) not in agreement:
            agreement[name, peer] = compare(read(file).squeeze(), result)

shape = " × ".join(map(str, mask.shape))
print(f"{shape} voxels, {np.count_nonzero(mask)} of them in the mask; Morula on {arguments.threads} threads, "
      f"SciPy {scipy.__version__} and scikit-image {skimage.__version__}; shortest of "
      f"{arguments.rounds * arguments.repeats}, alternating\n")
print("| operation | Morula ms | ms | of | ratio | results |")
print("|---|---|---|---|---|---|")
for (name, peer), ms in theirs.items():
    print(f"| {name} | {ours[name]:.2f} | {ms:.1f} | `{peer}` | {ms / ours[name]:.1f} | {agreement[name, peer]} |")
