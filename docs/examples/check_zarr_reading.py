# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "zarr==3.1.6", "numcodecs==0.16.6", "tifffile==2026.3.3"]
# ///
"""Compares what Morula reads from random OME-Zarr images with what zarr-python reads.

    python check_zarr_reading.py MORULA FOLDER [COUNT [SEED]]

Images are of Zarr 2 and 3, every type, byte order, order of axes, fill value and arrangement of codecs
that zarr-python writes, with some of their chunks left out. Each is converted to OME-TIFF.
"""
import json
import pathlib
import random
import subprocess
import sys
import warnings

import numcodecs
import numpy as np
import tifffile
import zarr
import zarr.codecs as codecs

warnings.filterwarnings("ignore")
LENGTHS = dict(t=2, c=2, z=4, y=9, x=11)
SCALE = dict(t=600.0, c=1.0, z=2.0, y=0.5, x=0.25)
UNITS = dict(t="second", z="micrometer", y="micrometer", x="micrometer")


def codec_options(version, dtype, rank):
    if version == 2:
        return dict(
            compressors=random.choice([
                None, numcodecs.Zlib(), numcodecs.GZip(), numcodecs.Zstd(checksum=True), numcodecs.LZ4(),
                numcodecs.Blosc("lz4", shuffle=2), numcodecs.Blosc("blosclz"), numcodecs.Blosc("zlib")]),
            order=random.choice("CF"), chunk_key_encoding={"name": "v2", "separator": random.choice("./")})
    blosc = codecs.BloscCodec(cname="lz4")
    options = dict(
        compressors=random.choice([
            None, codecs.GzipCodec(), codecs.ZstdCodec(), [codecs.ZstdCodec(), codecs.Crc32cCodec()],
            [codecs.Crc32cCodec(), codecs.GzipCodec()], [blosc, codecs.GzipCodec()], [codecs.GzipCodec(), blosc]]),
        chunk_key_encoding=random.choice([
            {"name": "default", "separator": "/"}, {"name": "default", "separator": "."},
            {"name": "v2", "separator": "."}]))
    if dtype.itemsize > 1:
        options["serializer"] = codecs.BytesCodec(endian=random.choice(["big", "little"]))
    if random.random() < 0.4:
        options["filters"] = [codecs.TransposeCodec(order=tuple(random.sample(range(rank), rank)))]
    return options


def fill_value(dtype):
    if dtype.kind == "b":
        return random.choice([True, False])
    if dtype.kind == "f":
        return random.choice([0, 7, -0.5, 1.5, float("nan"), float("inf"), -float("inf")])
    return random.choice([0, 7, np.iinfo(dtype).max if dtype.itemsize < 8 else 100])


def make(path):
    """An image, as zarr-python reads it in the order t, c, z, y, x, and a description."""
    version = random.choice([2, 3])
    dtype = np.dtype(random.choice("u1 i1 u2 i2 u4 i4 u8 i8 f2 f4 f8 bool".split()))
    if version == 2 and dtype.itemsize > 1 and random.random() < 0.4:
        dtype = dtype.newbyteorder(">")
    names = random.choice(["tczyx", "tzyx", "czyx", "zyx", "xyz", "zxy", "tzyxc", "czyxt"])
    shape = [LENGTHS[name] for name in names]
    chunks = [random.choice([1, 2, 3, length]) for length in shape]
    options = codec_options(version, dtype, len(shape))
    if version == 3 and random.random() < 0.4:
        options["shards"] = tuple(chunk * random.choice([1, 2, 3]) for chunk in chunks)
    options["fill_value"] = fill_value(dtype)
    group = zarr.open_group(path, mode="w", zarr_format=version)
    array = group.create_array("0", shape=shape, dtype=dtype, chunks=tuple(chunks), **options)
    values = np.random.default_rng(random.randrange(1 << 30)).integers(0, 100, shape)
    values = values > 50 if dtype.kind == "b" else values.astype(dtype)
    half = slice(0, max(1, shape[0] // 2)) if random.random() < 0.7 else slice(None)
    array[half] = values[half]
    axes = [dict(name=n, type={"t": "time", "c": "channel"}.get(n, "space"), **({"unit": UNITS[n]} if n in UNITS else {}))
            for n in names]
    scale = {"type": "scale", "scale": [SCALE[n] for n in names]}
    multiscale = {"axes": axes, "datasets": [{"path": "0", "coordinateTransformations": [scale]}]}
    if version == 2:
        group.attrs["multiscales"] = [{"version": "0.4", **multiscale}]
    else:
        group.attrs["ome"] = {"version": "0.5", "multiscales": [multiscale]}
    expected = zarr.open_array(f"{path}/0", mode="r")[:].transpose([names.index(n) for n in "tczyx" if n in names])
    for position, name in enumerate("tczyx"):
        if name not in names:
            expected = np.expand_dims(expected, position)
    return expected, f"Zarr {version}, {dtype.str}, axes {names}, chunks {chunks}, {options}"


morula, folder = sys.argv[1:3]
count, seed = [int(n) for n in sys.argv[3:]] + [100, 0][len(sys.argv) - 3:]
random.seed(seed)
failures = 0
for number in range(count):
    path = pathlib.Path(folder) / f"{number}.zarr"
    expected, text = make(path)
    output = path.with_suffix(".ome.tif")
    run = subprocess.run([morula, "convert", path, "--output", output, "--overwrite"], capture_output=True, text=True)
    if run.returncode:
        problem = run.stderr.strip()
    else:
        found = tifffile.imread(output).reshape(expected.shape)
        problem = "" if np.array_equal(found.astype(float), expected.astype(float), equal_nan=True) else "other values"
        info = subprocess.run([morula, "info", "--json", path], capture_output=True, text=True)
        if json.loads(info.stdout)["voxel_size_um"] != [SCALE[n] for n in "xyz"]:
            problem += " another voxel size"
    if problem:
        failures += 1
        print(f"{path}: {problem}; {text}")
print(f"{count - failures} of {count} images read as zarr-python {zarr.__version__} reads them")
sys.exit(failures > 0)
