# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "scikit-image==0.26.0", "safetensors==0.8.0"]
# ///
"""References of SciPy and scikit-image for distance transforms, watersheds, holes, filters, thresholds
and maxima.

Arrays are named `<case>.<what>`. Inputs are taken as float32 or integers, results computed in float64.
Run: uv run make.py
"""
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy import ndimage
from skimage import feature, filters, morphology, segmentation

HERE = Path(__file__).parent
rng = np.random.default_rng(5050)


def save(name, arrays):
    save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, HERE / f"{name}.safetensors")


def blobs(shape, sigma, fraction):
    """A smooth random mask that covers this fraction of the volume."""
    field = ndimage.gaussian_filter(rng.random(shape), sigma)
    return field > np.quantile(field, 1 - fraction)


def ellipsoids(shape, spacing, centers, radii):
    """Ellipsoids given in µm."""
    grid = np.stack(np.indices(shape), -1) * np.array(spacing)
    inside = [(((grid - c) / r) ** 2).sum(-1) <= 1 for c, r in zip(centers, radii)]
    return np.any(inside, 0)


embryo = (1.75, 0.8, 0.8)
touching = ellipsoids(
    (14, 26, 30), embryo, [(9, 9, 7), (12, 10, 16), (14, 15, 12)], [(6, 6, 6), (7, 5, 5), (5, 4, 8)])

# Exact Euclidean distances.
lone_background = np.ones((6, 7, 8), bool)
lone_background[4, 1, 6] = False
lone_foreground = ~lone_background
masks = {
    "sparse": (rng.random((7, 9, 11)) < 0.6, (1, 1, 1)),
    "dense": (rng.random((8, 9, 10)) < 0.97, (2.0, 0.8, 0.7)),
    "blobs": (blobs((12, 18, 20), 1.5, 0.5), embryo),
    "touching": (touching, embryo),
    "lone_background": (lone_background, (0.3, 1.1, 2.5)),
    "lone_foreground": (lone_foreground, embryo),
    "plane": (blobs((1, 17, 19), 1, 0.7), (5, 0.5, 0.25)),
    "column": (rng.random((13, 1, 1)) < 0.8, embryo),
    "row": (rng.random((1, 1, 17)) < 0.8, embryo),
    "sheet": (rng.random((9, 1, 12)) < 0.9, embryo),
    "line": (rng.random((1, 15, 1)) < 0.8, embryo),
    "empty": (np.zeros((3, 4, 5), bool), embryo),
}
arrays = {}
for case, (mask, sampling) in masks.items():
    arrays[f"{case}.mask"] = mask.astype(np.uint8)
    arrays[f"{case}.sampling"] = np.array(sampling, np.float64)
    arrays[f"{case}.distance"] = ndimage.distance_transform_edt(mask, sampling=sampling).astype(np.float32)
save("distance", arrays)

# Watersheds: values with few levels, so that nearly everything is a tie; markers outside the mask,
# several in one part of it, parts without any. scikit-image gives all marker voxels the same age, so that
# its heap decides which of two equal ones comes first; where that matters they are told apart here.
arrays = {}


def watershed(case, values, mask, apart=False, **markers):
    """Stores what goes in once, and the labels as `<case>.<markers>.<connectivity>`."""
    values = values.astype(np.float32)
    if apart:
        marked = np.flatnonzero(sum(markers.values()))
        values.flat[marked] -= rng.permutation(len(marked)) / 1024
    arrays[f"{case}.values"] = values
    arrays[f"{case}.mask"] = mask.astype(np.uint8)
    for name, places in markers.items():
        arrays[f"{case}.{name}"] = places.astype(np.uint8)
        for connectivity in (1, 2, 3):
            labels = segmentation.watershed(values.astype(np.float64), places, mask=mask, connectivity=connectivity)
            arrays[f"{case}.{name}.{connectivity}"] = labels.astype(np.uint8)


shape = (7, 9, 11)
for levels in (1, 3, 12, 1000):
    markers = [np.where(rng.random(shape) < density, rng.integers(1, 200, shape), 0) for density in (0.01, 0.05)]
    watershed(f"levels_{levels}", rng.integers(-levels, levels + 1, shape), rng.random(shape) < 0.8,
              apart=True, few=markers[0], many=markers[1])
shape = (10, 18, 20)
pair = ellipsoids(shape, embryo, [(7, 6, 5), (9, 7, 11)], [(5, 5, 5), (6, 4, 5)])
points = np.zeros(shape, int)
for label, place in enumerate([(4, 7, 6), (5, 9, 14), (6, 8, 10), (0, 0, 0)], 1):
    points[place] = label
balls = ndimage.grey_dilation(points, footprint=morphology.ball(1))
distance = ndimage.distance_transform_edt(pair, sampling=embryo)
watershed("distance", -distance, pair, points=points, balls=balls, none=0 * points)
watershed("rounded", -np.round(distance), pair, points=points, balls=balls)
watershed("flat", np.zeros(shape), pair, apart=True, points=points)
watershed("unmasked", -distance, np.ones(shape, bool), points=points)
watershed("masked_out", -distance, np.zeros(shape, bool), points=points)
thin = rng.integers(0, 3, (1, 9, 1))
watershed("thin", thin, np.ones(thin.shape, bool), apart=True,
          points=(rng.random(thin.shape) < 0.3) * np.arange(1, 10)[None, :, None])
save("watershed", arrays)

# Holes, in the volume and plane by plane.
hollow = pair & ~ndimage.binary_erosion(pair)
open_hollow = hollow.copy()
open_hollow[4, 7, :7] = False
arrays = {}
for case, mask in {
    "hollow": hollow, "open": open_hollow, "dense": rng.random((9, 13, 12)) < 0.75,
    "medium": rng.random((7, 8, 15)) < 0.6, "plane": rng.random((1, 20, 20)) < 0.7,
    "column": rng.random((9, 1, 1)) < 0.5, "empty": np.zeros((3, 4, 5), bool), "full": np.ones((3, 4, 5), bool),
}.items():
    arrays[f"{case}.mask"] = mask.astype(np.uint8)
    arrays[f"{case}.volume"] = ndimage.binary_fill_holes(mask).astype(np.uint8)
    arrays[f"{case}.planes"] = np.stack([ndimage.binary_fill_holes(p) for p in mask]).astype(np.uint8)
save("holes", arrays)

# Gaussians: σ of unequal axes, none along one, and longer than the volume.
image = (ndimage.gaussian_filter(rng.random((7, 12, 13)), 0.6) * 100).astype(np.float32)
arrays = {"image": image}
for mode in ("mirror", "nearest", "reflect"):
    for case, sigma in {
        "equal": (1.3, 1.3, 1.3), "unequal": (0.6, 1.5, 2.25), "planes": (0, 1, 1), "long": (6, 0.1, 4)
    }.items():
        arrays[f"{case}.sigma"] = np.array(sigma, np.float64)
        arrays[f"{case}.{mode}"] = ndimage.gaussian_filter(
            image.astype(np.float64), sigma, mode=mode).astype(np.float32)
save("gaussian", arrays)

# Thresholds.
arrays = {}
bright = touching * rng.gamma(4, 60, touching.shape) + rng.gamma(3, 20, touching.shape)
for case, image in {
    "nuclei": ndimage.gaussian_filter(bright, 0.8)[4:9], "counts": np.floor(bright[4:9, :20, :20]) + 104,
    "noise": rng.normal(size=(5, 9, 11)), "two": np.where(rng.random((4, 5, 6)) < 0.3, 7, 2.5),
    "negative": -ndimage.gaussian_filter(bright, 0.8)[4:7], "flat": np.full((2, 3, 4), 3.25),
}.items():
    image = image.astype(np.float32)
    double = image.astype(np.float64)
    arrays[f"{case}.image"] = image
    double.shape = (-1, 1)
    arrays[f"{case}.otsu"] = np.array([filters.threshold_otsu(double, nbins) for nbins in (256, 64)], np.float64)
    arrays[f"{case}.li"] = np.array([filters.threshold_li(double)], np.float64)
save("thresholds", arrays)

# Maxima: all values differ (ranks of a smooth field), so that there are no plateaus.
arrays = {}
for case, (shape, sigma) in {"rough": ((9, 14, 15), 0.7), "smooth": ((12, 18, 20), 1.6), "plane": ((1, 25, 26), 1)}.items():
    image = ndimage.gaussian_filter(rng.random(shape), sigma)
    ranks = image.ravel().argsort().argsort().reshape(shape)
    image = ((ranks + 1) / image.size).astype(np.float32)
    assert len(np.unique(image)) == image.size
    arrays[f"{case}.image"] = image
    labels = np.digitize(np.indices(shape)[2], [9, 14])
    arrays[f"{case}.labels"] = labels.astype(np.uint8)
    for radius in (1, 2, 3, 4):
        arguments = dict(min_distance=radius, p_norm=2, exclude_border=False, threshold_abs=0.4,
                         footprint=morphology.ball(radius))
        arrays[f"{case}.peaks_{radius}"] = feature.peak_local_max(image, **arguments).astype(np.int16)
        arrays[f"{case}.labeled_{radius}"] = feature.peak_local_max(
            image, labels=labels, **arguments).astype(np.int16)
    for connectivity in (1, 2, 3):
        footprint = ndimage.generate_binary_structure(3, connectivity)
        for percent in (1, 5, 20, 50):
            # Half way between two differences that occur.
            height = np.float32((image.size * percent // 100 + 0.5) / image.size)
            arrays[f"{case}.height_{percent}"] = np.array([height])
            found = morphology.h_maxima(image.astype(np.float64), float(height), footprint)
            arrays[f"{case}.rising_{percent}_{connectivity}"] = np.argwhere(found).astype(np.int16)
save("maxima", arrays)
