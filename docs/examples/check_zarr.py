# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "numpy==2.4.6", "zarr==3.1.6", "numcodecs==0.16.6", "ome-zarr==0.18.0", "tifffile==2026.3.3",
# ]
# ///
"""Compares an OME-Zarr image that Morula wrote with the TIFF it was made from.

    python check_zarr.py embryo.zarr embryo.tif

Every voxel is read through zarr-python, levels and scale through ome-zarr's reader (napari's as well).
"""
import sys

import numpy as np
import tifffile
import zarr
from ome_zarr.io import parse_url
from ome_zarr.reader import Reader

folder, path = sys.argv[1:3]
with tifffile.TiffFile(path) as tif:
    series = tif.series[0]
    expected = series.asarray()
    axes = series.axes.replace("S", "C").replace("Q", "Z").replace("I", "Z")
    metadata = tif.imagej_metadata or {}
order = [axes.index(a) for a in "TCZYX" if a in axes]
shape = [expected.shape[axes.index(a)] if a in axes else 1 for a in "TCZYX"]
expected = expected.transpose(order).reshape(shape)

group = zarr.open_group(folder, mode="r")
attributes = group.attrs.get("ome", group.attrs)
multiscale = attributes["multiscales"][0]
scale = multiscale["datasets"][0]["coordinateTransformations"][0]["scale"]
found = group["0"][:]
assert found.dtype == expected.dtype, (found.dtype, expected.dtype)
assert np.array_equal(found, expected), "values differ"
if "spacing" in metadata:
    assert scale[2] == metadata["spacing"], (scale, metadata)
if "finterval" in metadata:
    assert scale[0] == metadata["finterval"], (scale, metadata)

nodes = list(Reader(parse_url(folder))())
levels = [tuple(level.shape) for level in nodes[0].data]
print(f"{folder}: {found.dtype} {found.shape}, scale {scale}, units "
      f"{[a.get('unit') for a in multiscale['axes']]}, {len(levels)} levels, last {levels[-1]}, "
      f"{len(nodes) - 1} nodes of labels: the same values as {path}")
