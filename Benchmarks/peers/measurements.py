"""Morula's measurements beside scikit-image: the same labels and image, results compared, times alternated.

    swift build -c release --package-path Benchmarks
    Benchmarks/.venv/bin/python Benchmarks/peers/measurements.py [--rounds 5] [--threads 2]

Every round runs the Swift benchmark and then scikit-image; the shortest time of all rounds counts. Morula
measures more than scikit-image has: surface area, erosion counts, sphericity, axes' directions, neighbors.
"""
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import skimage
import tifffile
from common import SwiftBenchmark, argument_parser, keep_shortest
from skimage import measure

parser = argument_parser(__doc__)
SwiftBenchmark.add_option(parser)
arguments = parser.parse_args()
swift = SwiftBenchmark("measurements", arguments)

SPACING = (0.8, 0.8, 0.8)
SHAPE = ["label", "area", "num_pixels", "bbox", "centroid", "axis_major_length", "axis_minor_length",
         "equivalent_diameter_area", "solidity"]
INTENSITY = ["intensity_mean", "intensity_std", "intensity_min", "intensity_max"]
folder = Path(tempfile.mkdtemp(prefix="measurements-"))
ours = swift.run(folder)
labels = tifffile.imread(folder / "labels.tif").astype(np.int32)
image = tifffile.imread(folder / "image.tif").astype(np.float64)
table = pd.read_csv(folder / "nuclei.csv")
peers = {
    "shape": lambda: measure.regionprops_table(labels, properties=SHAPE, spacing=SPACING),
    "shape and intensity": lambda: measure.regionprops_table(labels, image, SHAPE + INTENSITY, spacing=SPACING),
}
theirs = {}
for turn in range(arguments.rounds):
    keep_shortest(ours, swift.run() if turn else ours)
    for name, function in peers.items():
        start = time.perf_counter()
        result = function()
        theirs[name] = min(theirs.get(name, np.inf), 1e3 * (time.perf_counter() - start))

worst = {column: np.abs(table[column] - values).max() / max(1e-300, np.abs(values).max())
         for column, values in result.items()}
equal = [column for column, error in worst.items() if error == 0]
shape = " × ".join(map(str, labels.shape))
print(f"{shape} voxels, {len(table)} nuclei of {table.num_pixels.mean():.0f} voxels in the mean; Morula on "
      f"{arguments.threads} threads, scikit-image {skimage.__version__} (`regionprops_table`); shortest of "
      f"{arguments.rounds} rounds, alternating\n")
print("| measured | Morula ms | scikit-image ms | ratio |")
print("|---|---|---|---|")
for name, ms in theirs.items():
    print(f"| {name} | {ours[name]:.1f} | {ms:.0f} | {ms / ours[name]:.0f} |")
print(f"\nEqual: {', '.join(equal)}; all others within {max(worst.values()):.0e} of the largest value.")
