# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "scikit-image==0.26.0", "tifffile==2026.3.3",
#   "imagecodecs==2026.3.6", "safetensors==0.8.0"]
# ///
"""Region properties of label volumes by scikit-image, and the erosion count of the original QCANet.

Per case <case>-labels.tif, <case>-image.tif and in measurements.safetensors, one value per object in the
order of the labels (NaN where scikit-image gives none):

    <case>.spacing [3] z, y, x in µm   <case>.label   <case>.<property>   (float64)
    <case>.surface_voxels          object − skimage.morphology.erosion(object, ones(3, 3, 3))
    <case>.surface_voxels_faces    the same with the 7-voxel cross
    <case>.axis_0 … axis_2         eigenvectors z, y, x of the covariance, longest axis first
"""

import warnings
from pathlib import Path

import numpy as np
import tifffile
from safetensors.numpy import save_file
from scipy import ndimage
from skimage import measure, morphology

warnings.simplefilter("ignore")
HERE = Path(__file__).parent
random = np.random.default_rng(20207)
PROPERTIES = [
    "label", "area", "num_pixels", "bbox", "centroid", "axis_major_length", "axis_minor_length",
    "equivalent_diameter_area", "intensity_mean", "intensity_std", "intensity_min", "intensity_max",
]


def ellipsoids():
    """Nuclei-like objects, touching each other and the border, at the voxel size of BBBC050."""
    labels = np.zeros((26, 56, 60), np.uint32)
    spacing = np.array([1.75, 0.8, 0.8])
    grid = np.stack(np.meshgrid(*map(np.arange, labels.shape), indexing="ij"), -1) * spacing
    size = np.array(labels.shape) * spacing
    for number in range(1, 15):
        turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
        offset = (grid - random.uniform(0, 1, 3) * size) @ turn
        inside = ((offset / random.uniform(3, 8, 3)) ** 2).sum(-1) <= 1
        # Gaps between the numbers, and one beyond 16 bits.
        labels[inside & (labels == 0)] = 70_001 if number == 14 else 3 * number
    return labels, spacing


def shapes():
    """Single voxels, lines, planes, hollow, concave, scattered and border-filling objects."""
    labels = np.zeros((14, 22, 24), np.uint32)
    labels[3, 4, 5] = 2
    labels[0, 0, 0] = 3
    labels[5, 2, 3:9] = 5
    labels[2:9, 0, 23] = 6
    labels[7, 4:10, 4:11] = 8
    labels[2:7, 12, 2:9] = 9
    labels[8:13, 12:17, 2:7] = 11
    labels[10, 14, 4] = 0
    labels[1:6, 14:21, 12:20] = 12
    labels[2:6, 15:21, 14:20] = 0
    labels[9, 3, 14], labels[13, 9, 22], labels[11, 5, 18] = 14, 14, 14
    labels[12:14, 16:22, 16:24] = 15
    for step in range(6):
        labels[8 - step, 5 + step, 10 + step] = 20
    labels[0, 8, :] = np.where(np.arange(24) % 3 == 0, 4_294_967_295, labels[0, 8, :])
    return labels, np.array([2.0, 0.5, 0.8])


def noise():
    """Ragged objects: a few labels at random places, cut from a smooth field."""
    field = ndimage.gaussian_filter(random.normal(size=(18, 30, 26)), 1.1)
    numbers = np.digitize(field, np.quantile(field, [0.35, 0.5, 0.7, 0.85]))
    return np.array([0, 7, 1, 0, 300], np.uint32)[numbers], np.array([1.0, 1.3, 0.7])


def removed(mask, element):
    mask = mask.astype(np.uint8)
    return int((mask - morphology.erosion(mask, element)).sum())


tensors = {}
for name, (labels, spacing) in {
    "ellipsoids": ellipsoids(), "shapes": shapes(), "noise": noise(),
}.items():
    image = random.gamma(4.0, 60.0, labels.shape).astype(np.uint16)
    tifffile.imwrite(HERE / f"{name}-labels.tif", labels, compression="zlib")
    tifffile.imwrite(HERE / f"{name}-image.tif", image, compression="zlib", predictor=True)
    # scikit-image takes memory in proportion to the largest label, so it sees 1, 2, 3 ….
    names, dense = np.unique(labels, return_inverse=True)
    dense = dense.reshape(labels.shape)
    table = measure.regionprops_table(
        dense, image.astype(np.float64), PROPERTIES, spacing=tuple(spacing))
    table["label"] = names[1:]
    for key, values in table.items():
        tensors[f"{name}.{key}"] = np.ascontiguousarray(values, np.float64)
    regions = measure.regionprops(dense, spacing=tuple(spacing))
    cross = ndimage.generate_binary_structure(3, 1)
    extra = {key: [] for key in (
        "solidity", "surface_voxels", "surface_voxels_faces", "axis_0", "axis_1", "axis_2")}
    for region in regions:
        convex = region.area_convex
        extra["solidity"].append(region.area / convex if convex > 0 else np.nan)
        mask = dense == region.label
        extra["surface_voxels"].append(removed(mask, np.ones((3, 3, 3))))
        extra["surface_voxels_faces"].append(removed(mask, cross))
        places = np.argwhere(mask) * spacing
        vectors = np.linalg.eigh(np.cov(places.T, bias=True) if len(places) > 1 else np.eye(3))[1]
        for axis in range(3):
            extra[f"axis_{axis}"].append(vectors[:, 2 - axis])
    for key, values in extra.items():
        tensors[f"{name}.{key}"] = np.ascontiguousarray(values, np.float64)
    tensors[f"{name}.spacing"] = spacing
save_file(tensors, HERE / "measurements.safetensors")
