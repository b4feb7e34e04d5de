# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "numpy==2.4.6", "zarr==3.1.6", "numcodecs==0.16.6", "ome-zarr==0.18.0", "ngff-zarr==0.50.0",
#   "napari==0.9.2", "napari-ome-zarr==0.10.0", "tifffile==2026.3.3",
# ]
# ///
"""Compares an OME-Zarr image that Morula wrote with the TIFF it was made from, and its labels with theirs.

    python check_zarr.py embryo.zarr embryo.tif [NAME=labels.tif ...]
    python check_zarr.py out/labels/embryo.zarr labels.tif

The second form is for labels that are an image of their own, as `morula segment --zarr` writes them.
Voxels are read through zarr-python and ngff-zarr, levels and scale through ome-zarr's reader, and
layers through napari's.
"""
import logging
import sys
import warnings

import ngff_zarr
import numpy as np
import tifffile
import zarr
from napari_ome_zarr import napari_get_reader
from ome_zarr.io import parse_url
from ome_zarr.reader import Reader

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def stack(path):
    """The voxels of a TIFF as t, z, y, x, with c in between where there are several channels."""
    with tifffile.TiffFile(path) as tif:
        series = tif.series[0]
        axes = series.axes.replace("S", "C").replace("Q", "Z").replace("I", "Z")
        values = series.asarray()
        metadata = tif.imagej_metadata or {}
    values = values.transpose([axes.index(a) for a in "TCZYX" if a in axes])
    for position, axis in enumerate("TZ" if "C" not in axes else "TCZ"):
        if axis not in axes:
            values = np.expand_dims(values, position)
    return values, metadata


def check(folder, path):
    """An image or a label image in zarr-python, ome-zarr and ngff-zarr; its axes and scale."""
    expected, metadata = stack(path)
    group = zarr.open_group(folder, mode="r")
    multiscale = group.attrs.get("ome", group.attrs)["multiscales"][0]
    axes = "".join(axis["name"] for axis in multiscale["axes"])
    assert axes == ("tczyx" if expected.ndim == 5 else "tzyx"), axes
    scale = dict(zip(axes, multiscale["datasets"][0]["coordinateTransformations"][0]["scale"]))
    found = group[multiscale["datasets"][0]["path"]][:]
    assert np.array_equal(found, expected), "values differ in zarr-python"
    if "spacing" in metadata:
        assert scale["z"] == metadata["spacing"], (scale, metadata)
    if "finterval" in metadata:
        assert scale["t"] == metadata["finterval"], (scale, metadata)
    images = ngff_zarr.from_ngff_zarr(folder).images
    assert tuple(images[0].dims) == tuple(axes) and len(images) == len(multiscale["datasets"])
    assert {a: images[0].scale[a] for a in "zyx"} == {a: scale[a] for a in "zyx"}, images[0].scale
    assert np.array_equal(np.asarray(images[0].data), expected), "values differ in ngff-zarr"
    return found, axes, scale, multiscale


folder, path = sys.argv[1:3]
attributes = zarr.open_group(folder, mode="r").attrs
is_labels = "image-label" in attributes.get("ome", attributes)
labels = dict(argument.split("=", 1) for argument in sys.argv[3:])
found, axes, scale, multiscale = check(folder, path)
inside = {name: check(f"{folder}/labels/{name}", file) for name, file in labels.items()}

nodes = list(Reader(parse_url(folder))())
levels = [tuple(level.shape) for level in nodes[0].data]
assert levels[0] == found.shape, levels

layers = napari_get_reader(folder)(folder)
spatial = [scale[a] for a in axes if a != "c"]
for data, options, kind in layers:
    data = data[0] if isinstance(data, list) else data
    channel = options.get("channel_axis")
    shape = [n for i, n in enumerate(data.shape) if i != channel]
    assert len(shape) == 4, (kind, data.shape, options)
    layer_scale = [s for i, s in enumerate(options["scale"]) if len(options["scale"]) == 4 or i != channel]
    assert np.allclose(layer_scale, spatial), (kind, options["scale"])
    if kind == "labels":
        expected = found if is_labels else inside[options["name"].split("/")[-1]][0]
        for t in range(shape[0]):
            assert np.array_equal(np.asarray(data[t]), expected[t]), f"labels of frame {t + 1} differ in napari"
kinds = [kind for _, _, kind in layers]
assert kinds.count("labels") == len(labels) + is_labels, "labels are missing in napari"
assert (kinds == ["labels"]) == is_labels, f"napari shows {kinds}"
names = layers[0][1].get("name")
print(f"{folder}: {found.dtype} {found.shape}, axes {axes}, scale {list(scale.values())}, units "
      f"{[a.get('unit') for a in multiscale['axes']]}, {len(levels)} levels, last {levels[-1]}, "
      f"channels {names}, {len(labels)} label images: the same as {path} in every program")
