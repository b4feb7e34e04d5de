# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "zarr==3.1.6", "numcodecs==0.16.6", "ome-zarr==0.18.0"]
# ///
"""Writes small OME-Zarr images with zarr-python and ome-zarr beside this script.

Voxels are those of ../tiff/make.py: value(t, z, c, y, x) = 2x + 3y + 11z + 29c + 53t. Run: python make.py
"""
import json
import shutil
from pathlib import Path

import numcodecs
import numpy as np
import zarr
import zarr.codecs as codecs
from ome_zarr.io import parse_url
from ome_zarr.writer import write_image, write_labels

HERE = Path(__file__).parent


def ramp(t=2, c=2, z=3, y=5, x=7, dtype=np.uint16):
    t, c, z, y, x = np.ogrid[:t, :c, :z, :y, :x]
    return (2 * x + 3 * y + 11 * z + 29 * c + 53 * t).astype(dtype)


def axes(names, units=True):
    kinds = {"t": ("time", "second"), "c": ("channel", None)}
    result = []
    for name in names:
        kind, unit = kinds.get(name, ("space", "micrometer"))
        result.append({"name": name, "type": kind} | ({"unit": unit} if unit and units else {}))
    return result


SCALE = {"t": 600.0, "c": 1.0, "z": 1.75, "y": 0.8, "x": 0.8}


def image(name, data, names, version, units=True, **options):
    """An image of one level."""
    folder = HERE / f"{name}.zarr"
    shutil.rmtree(folder, ignore_errors=True)
    multiscale = {"name": name, "axes": axes(names, units), "datasets": [{
        "path": "0", "coordinateTransformations": [{"type": "scale", "scale": [SCALE[n] for n in names]}]}]}
    if version == "0.4":
        multiscale["version"] = version
        attributes = {"multiscales": [multiscale]}
    else:
        attributes = {"ome": {"version": version, "multiscales": [multiscale]}}
    group = zarr.create_group(folder, zarr_format=2 if version == "0.4" else 3, attributes=attributes)
    array = group.create_array("0", shape=data.shape, dtype=data.dtype, **options)
    array[:] = data


data = ramp()
v2 = {"chunk_key_encoding": {"name": "v2", "separator": "/"}}
image("v2-blosc", data, "tczyx", "0.4", chunks=(1, 1, 2, 3, 4), compressors=numcodecs.Blosc("lz4", 5, 1), **v2)
image("v2-blosc-dots", data, "tczyx", "0.4", chunks=(2, 2, 2, 3, 4), compressors=numcodecs.Blosc("zstd", 5, 2))
image("v2-zlib-big-endian", data.astype(">u2"), "tczyx", "0.4", chunks=(1, 2, 3, 5, 7), compressors=numcodecs.Zlib(), **v2)
image("v2-gzip-zyx", data[0, 0].astype(np.float32), "zyx", "0.4", chunks=(1, 5, 7), compressors=numcodecs.GZip(), **v2)
image("v2-plain-yx", data[0, 0, 0].astype(np.int16), "yx", "0.4", chunks=(4, 4), compressors=None, **v2)
image("v2-zstd-no-units", data, "tczyx", "0.4", units=False, chunks=(1, 1, 3, 5, 7), compressors=numcodecs.Zstd(), **v2)
image("v2-bz2", data, "tczyx", "0.4", chunks=(1, 1, 3, 5, 7), compressors=numcodecs.BZ2(), **v2)
sparse = data.copy()
sparse[0, 0, :2] = 9
image("v2-holes", sparse, "tczyx", "0.4", chunks=(1, 1, 2, 5, 7), compressors=numcodecs.Zstd(), fill_value=9, **v2)
image("v3-zstd", data, "tczyx", "0.5", chunks=(1, 1, 2, 3, 4), compressors=codecs.ZstdCodec())
image("v3-blosc-crc", data, "tczyx", "0.5", chunks=(1, 1, 2, 3, 4),
      compressors=[codecs.BloscCodec(cname="lz4", shuffle="shuffle"), codecs.Crc32cCodec()])
image("v3-gzip-big-endian", data.astype(np.uint32), "tczyx", "0.5", chunks=(1, 1, 2, 3, 4),
      compressors=codecs.GzipCodec(), serializer=codecs.BytesCodec(endian="big"))
image("v3-shards", data, "tczyx", "0.5", chunks=(1, 1, 1, 3, 4), shards=(1, 2, 2, 6, 8), compressors=codecs.ZstdCodec())
image("v3-float", data[:, 0].astype(np.float64), "tzyx", "0.5", chunks=(1, 3, 5, 7), fill_value=float("nan"))

# Every legal order of codecs; "odd" codecs are set in the metadata, as zarr-python writes them from there.
def coded(name, steps, chunks=(2, 2, 3, 5, 7), **options):
    """An image of Zarr 3 with these codecs."""
    image(name, data, "tczyx", "0.5", chunks=chunks, **options)
    file = HERE / f"{name}.zarr/0/zarr.json"
    metadata = json.loads(file.read_text())
    metadata["codecs"] = steps
    shutil.rmtree(HERE / f"{name}.zarr/0/c", ignore_errors=True)
    file.write_text(json.dumps(metadata, indent=2))
    zarr.open_array(HERE / f"{name}.zarr/0", mode="r+")[:] = data


def step(name, **configuration):
    return {"name": name, "configuration": configuration} if configuration else {"name": name}


big, little = step("bytes", endian="big"), step("bytes", endian="little")
zstd, gzip = step("zstd", level=3, checksum=True), step("gzip", level=5)
blosc = step("blosc", cname="lz4", clevel=5, shuffle="bitshuffle", typesize=2, blocksize=0)


def shards(chunk, codecs, index=None, location="end"):
    return step("sharding_indexed", chunk_shape=chunk, codecs=codecs,
                index_codecs=index or [little, step("crc32c")], index_location=location)


turned = step("transpose", order=[4, 2, 0, 3, 1])
coded("v3-transposed", [turned, big, zstd], chunks=(1, 2, 2, 3, 4))
coded("v3-transposed-twice", [step("transpose", order=[1, 0, 2, 4, 3]), turned, little, gzip], chunks=(1, 2, 2, 3, 4))
coded("v3-crc-inside", [little, step("crc32c"), gzip, step("crc32c"), zstd, blosc, step("crc32c")])
coded("v3-shards-big-index", [shards([1, 1, 1, 3, 4], [big, blosc], [big, step("crc32c")], "start")], chunks=(1, 2, 2, 6, 8))
coded("v3-shards-plain-index", [shards([1, 2, 1, 6, 4], [little], [big])], chunks=(2, 2, 2, 6, 8))
coded("v3-shards-nested", [shards([1, 2, 2, 3, 4], [shards([1, 1, 1, 3, 2], [little, gzip], location="start")])],
      chunks=(2, 2, 2, 6, 8))
coded("v3-shards-wrapped", [turned, shards([2, 1, 1, 3, 2], [step("transpose", order=[4, 3, 2, 1, 0]), big, zstd]), gzip],
      chunks=(2, 2, 2, 6, 8))
image("v2-order-f", data, "tczyx", "0.4", chunks=(1, 2, 2, 3, 4), compressors=numcodecs.Zstd(), order="F", **v2)
image("v2-lz4", data, "tczyx", "0.4", chunks=(1, 2, 3, 5, 7), compressors=numcodecs.LZ4(), **v2)
# Axes in other orders.
image("v2-xyz", np.ascontiguousarray(data[0, 0].T), "xyz", "0.4", chunks=(4, 3, 2), compressors=numcodecs.Zstd(), **v2)
image("v3-zyxct", np.ascontiguousarray(data.transpose(2, 3, 4, 1, 0)), "zyxct", "0.5", chunks=(2, 3, 4, 2, 1),
      compressors=codecs.ZstdCodec())

# What ome-zarr itself writes, labels included.
for version in ("0.4", "0.5"):
    from ome_zarr.format import FormatV04, FormatV05
    folder = HERE / f"ome-zarr-{version}.zarr"
    shutil.rmtree(folder, ignore_errors=True)
    format = FormatV04() if version == "0.4" else FormatV05()
    root = zarr.open_group(str(folder), mode="w", zarr_format=2 if version == "0.4" else 3)
    options = dict(axes=axes("tczyx"), fmt=format, scaler=None,
                   coordinate_transformations=[[{"type": "scale", "scale": [SCALE[n] for n in "tczyx"]}]])
    write_image(data, root, **options)
    write_labels((data // 7).astype(np.uint32)[:, :1], root, name="nuclei", **options)
print(sum(p.stat().st_size for p in HERE.rglob("*") if p.is_file()), "bytes")
