# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "safetensors==0.8.0"]
# ///
"""Geometry and filters of the augmentations from NumPy and SciPy, computed in float64.

Each case is computed twice where it can be: the names say what SciPy function gave it.
Run: uv run make.py
"""
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy import ndimage

here = Path(__file__).parent
rng = np.random.default_rng(50)


def save(name, **arrays):
    save_file(
        {k: np.ascontiguousarray(v, dtype=np.float32) for k, v in arrays.items()},
        here / f"{name}.safetensors",
    )


# A smooth volume with a mask, both taken as float32 before anything is computed.
image = ndimage.gaussian_filter(rng.random((9, 14, 13)), 0.8).astype(np.float32)
mask = (ndimage.gaussian_filter(rng.random((9, 14, 13)), 1.2) > 0.5).astype(np.float32)

# Flips and quarter turns in the yx plane.
save(
    "orientation", image=image,
    flip_z=np.flip(image, 0), flip_y=np.flip(image, 1), flip_x=np.flip(image, 2),
    turn_1=np.rot90(image, 1, (1, 2)), turn_2=np.rot90(image, 2, (1, 2)),
    turn_3=np.rot90(image, 3, (1, 2)))


def sample(places):
    """Linear interpolation of image and mask at places [3, ...], mirrored without repeating the edge."""
    double = ndimage.map_coordinates(image.astype(np.float64), places, order=1, mode="mirror")
    part = ndimage.map_coordinates(mask.astype(np.float64), places, order=1, mode="mirror")
    return double, part


def grid(shape, origin):
    """Voxels of a window relative to its center, and the center in the volume."""
    o = np.stack(np.meshgrid(*[np.arange(n, dtype=np.float64) for n in shape], indexing="ij"))
    half = (np.array(shape) - 1) / 2
    return o - half[:, None, None, None], np.array(origin) + half


def affine(matrix, edges):
    """A matrix in micrometers, rows z, y, x, as a matrix in voxels."""
    return np.diag(1 / np.array(edges)) @ matrix @ np.diag(edges)


def rotation(degrees, tilt_y, tilt_x):
    """A rotation about z (first axis y turns towards x), then about y and about x."""
    result = np.eye(3)
    for angle, first, second in [(degrees, 1, 2), (tilt_y, 0, 2), (tilt_x, 0, 1)]:
        a = np.deg2rad(angle)
        plane = np.eye(3)
        plane[first, first] = plane[second, second] = np.cos(a)
        plane[first, second] = np.sin(a)
        plane[second, first] = -np.sin(a)
        result = plane @ result
    return result


# Rotation and scaling of the whole volume with anisotropic voxels (x 0.8, y 0.8, z 1.75).
edges = (1.75, 0.8, 0.8)
offset, center = grid(image.shape, (0, 0, 0))
matrix = affine(rotation(20, 7, -5) / 1.1, edges)
places = np.tensordot(matrix, offset, 1) + center[:, None, None, None]
double, part = sample(places)
assert np.allclose(
    double,
    ndimage.affine_transform(
        image.astype(np.float64), matrix, center - matrix @ center, order=1, mode="mirror"))
save("affine", image=image, mask=mask, warped=double, probability=part)

# An elastic field on a window that leaves the volume: control points every (4, 5, 6) voxels.
shape, origin, spacing = (8, 10, 12), (-2, 6, -3), (4.0, 5.0, 6.0)
counts = [int((n - 1) // h) + 4 for n, h in zip(shape, spacing)]
controls = (rng.standard_normal([3] + counts) * 1.5).astype(np.float32)
voxels = np.stack(np.meshgrid(*[np.arange(n, dtype=np.float64) for n in shape], indexing="ij"))
# Cubic B-splines by SciPy: control k stands at voxel (k - 1) h; coefficients taken as they are.
control_places = voxels / np.array(spacing)[:, None, None, None] + 1
field = np.stack([
    ndimage.map_coordinates(c.astype(np.float64), control_places, order=3, prefilter=False, mode="mirror")
    for c in controls])
offset, center = grid(shape, origin)
matrix = affine(rotation(-35, 0, 0) / 0.9, (0.8, 0.8, 0.8))
places = np.tensordot(matrix, offset, 1) + center[:, None, None, None] + field
double, part = sample(places)
save("elastic", image=image, mask=mask, controls=controls, field=field, warped=double, probability=part)

# Gaussian blur.
blurred = {
    f"sigma_{s}": ndimage.gaussian_filter(image.astype(np.float64), s / 100, mode="mirror")
    for s in (50, 80, 130)}
save("blur", image=image, **blurred)

# Planes every f voxels, about the middle, by linear interpolation and back.
thin = {}
for f in (150, 200, 300, 275):
    factor, depth = f / 100, image.shape[0]
    count = int((depth - 1) // factor) + 1
    start = ((depth - 1) - (count - 1) * factor) / 2
    at = start + factor * np.arange(count)
    z = np.arange(depth, dtype=np.float64)
    flat = image.reshape(depth, -1).astype(np.float64)
    kept = np.stack([np.interp(at, z, column) for column in flat.T], 1)
    back = np.stack([np.interp(z, at, column) for column in kept.T], 1)
    thin[f"factor_{f}"] = back.reshape(image.shape)
save("low_z", image=image, **thin)
