# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "tifffile==2026.3.3", "imagecodecs==2026.3.6"]
# ///
"""Writes small TIFF files of rarer types, colors, codecs and dialects beside this script.

Voxels are those of ../tiff/make.py: value(t, z, c, y, x) = 2x + 3y + 11z + 29c + 53t, with samples of
colors counted as channels. Packed integers are written here by hand and checked with tifffile, codecs
that tifffile does not write go through the system's libtiff (4.5). Run: python make.py
"""
import ctypes
import itertools
import struct
from pathlib import Path

import numpy as np
import tifffile

HERE = Path(__file__).parent


def ramp(t=1, z=3, c=1, y=5, x=7, dtype=np.uint8):
    t, z, c, y, x = np.ogrid[:t, :z, :c, :y, :x]
    return (2 * x + 3 * y + 11 * z + 29 * c + 53 * t).astype(dtype)


def path(name):
    return HERE / f"{name}.tif"


def write(name, data, **options):
    if not options.get("imagej"):
        options.setdefault("photometric", "minisblack")
    tifffile.imwrite(path(name), data, **options)


def tags_to_bytes(entries, blob_start, order):
    """A directory: entries are (tag, type, count, value or bytes)."""
    body, blobs = b"", b""
    for tag, kind, count, value in sorted(entries):
        if isinstance(value, bytes):
            if len(value) > 4:
                field = struct.pack(order + "I", blob_start + len(blobs))
                blobs += value + b"\0" * (len(value) % 2)
            else:
                field = value.ljust(4, b"\0")
        else:
            field = struct.pack(order + ("HH" if kind == 3 else "I"), *([value, 0] if kind == 3 else [value]))
        body += struct.pack(order + "HHI", tag, kind, count) + field
    return struct.pack(order + "H", len(entries)) + body, blobs


def write_packed(name, data, bits, order="<"):
    """One page of unsigned integers of any width, the first one in the most significant bits."""
    height, width = data.shape
    rows = b""
    for row in data:
        text = "".join(f"{int(v):0{bits}b}" for v in row)
        text = text.ljust(-(-len(text) // 8) * 8, "0")
        rows += bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
    entries = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 1, bits), (259, 3, 1, 1), (262, 3, 1, 1),
               (273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, height), (279, 4, 1, len(rows))]
    rows += b"\0" * (len(rows) % 2)
    directory, _ = tags_to_bytes(entries, 0, order)
    header = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8 + len(rows))
    path(name).write_bytes(header + rows + directory + struct.pack(order + "I", 0))
    # tifffile unpacks 2, 4, 10, 12 and 14 bits with imagecodecs: the check of what was written.
    assert (tifffile.imread(path(name)) == data).all(), name


wide = ramp(z=1, y=9, x=13, dtype=np.uint16)[0, 0, 0]
for bits in (2, 4, 10, 12, 14):
    write_packed(f"packed-{bits}", wide * 37 % (1 << bits), bits)
write_packed("packed-12-big-endian", wide * 37 % 4096, 12, ">")
stack = ramp(dtype=np.uint16)[0, :, 0]
write("type-int64", stack.astype(np.int64))
write("type-uint64-labels", stack.astype(np.uint64))
write("type-int64-negative", stack.astype(np.int64) - 5)
write("type-complex", stack.astype(np.complex64))

# Colors: samples are channels.
colors = ramp(z=3, c=3, dtype=np.uint8)[0]  # [z, c, y, x]
chunky = np.moveaxis(colors, 1, -1)
write("rgb-chunky", chunky, photometric="rgb")
write("rgb-planar", colors, photometric="rgb", planarconfig="separate")
write("rgb-tiles", np.pad(chunky, ((0, 0), (0, 30), (0, 30), (0, 0))), photometric="rgb", tile=(16, 16),
      compression="deflate", predictor=True)
write("rgb-planar-tiles", np.pad(colors, ((0, 0), (0, 0), (0, 30), (0, 30))), photometric="rgb",
      planarconfig="separate", tile=(16, 16), compression="lzw")
write("rgb-16-big-endian", chunky.astype(np.uint16), photometric="rgb", byteorder=">")
write("rgba", np.concatenate([chunky, np.full_like(chunky[..., :1], 255)], -1), photometric="rgb",
      extrasamples=["unassalpha"])
write("rgb-imagej", chunky[None], imagej=True, photometric="rgb", resolution=(1.25, 1.25),
      metadata={"axes": "TZYXS", "spacing": 1.75, "unit": "um"})
write("rgb-ome", chunky, ome=True, photometric="rgb",
      metadata={"axes": "ZYXS", "PhysicalSizeX": 0.8, "PhysicalSizeY": 0.8, "PhysicalSizeZ": 1.75})
write("rgb-plain", chunky, photometric="rgb", metadata=None)
write("rgb-jpeg", np.full((2, 16, 16, 3), (200, 100, 50), np.uint8), photometric="rgb", compression="jpeg",
      compressionargs={"level": 98})
table = np.zeros((3, 256), np.uint16)
table[0] = np.arange(256) * 257
write("palette", stack.astype(np.uint8), photometric="palette", colormap=table)
write("cmyk", np.zeros((5, 7, 4), np.uint8), photometric="separated")
write("multichannel-chunky", np.moveaxis(ramp(z=1, c=5, dtype=np.uint16)[0, 0], 0, -1), planarconfig="contig",
      metadata={"axes": "YXS"})

# Codecs of tifffile.
write("codec-webp", np.full((2, 16, 16, 3), (10, 20, 30), np.uint8), photometric="rgb", compression="webp",
      compressionargs={"lossless": True})
write("codec-lerc", stack.astype(np.float32), compression="lerc")
write("codec-jpeg2000", stack, compression="jpeg2000")
write("codec-old-deflate", stack, compression=32946)
write("codec-zstd-predictor", stack, compression="zstd", predictor=True)
write("codec-lzma-tiles", ramp(z=2, y=19, x=37, dtype=np.uint16)[0, :, 0], compression="lzma", tile=(16, 16))

# Predictors that libtiff does not undo, of every type that tifffile writes; and those that it refuses.
for dtype, codec, predictor in [
    *itertools.product(("uint8", "uint16", "int16", "uint32", "uint64"), ("packbits", "lerc"), (2,)),
    *itertools.product(("float16", "float32", "float64"), ("packbits",), (3,))]:
    if codec == "lerc" and dtype == "uint64":
        continue
    write(f"predictor-{codec}-{predictor}-{dtype}", stack.astype(dtype), compression=codec, predictor=predictor)
    assert (tifffile.imread(path(f"predictor-{codec}-{predictor}-{dtype}")) == stack).all()
write("predictor-packbits-2-big-endian", stack, compression="packbits", predictor=2, byteorder=">")
write("predictor-packbits-3-big-endian", stack.astype(np.float32), compression="packbits", predictor=3, byteorder=">")
write("predictor-packbits-2-tiles", ramp(z=3, y=19, x=37, dtype=np.uint16)[0, :, 0], compression="packbits",
      predictor=2, tile=(16, 16))
write("predictor-packbits-3-tiles", ramp(z=3, y=19, x=37, dtype=np.float32)[0, :, 0], compression="packbits",
      predictor=3, tile=(16, 16))
write("predictor-packbits-2-rgb", chunky, photometric="rgb", compression="packbits", predictor=2)
write("predictor-packbits-2-planar", colors, photometric="rgb", planarconfig="separate", compression="packbits",
      predictor=2)
write("predictor-packbits-3-rgb", chunky.astype(np.float32), photometric="rgb", compression="packbits", predictor=3)
# LERC does not keep the shuffled bytes of floats: tifffile reads other values, too.
write("predictor-lerc-3-float32", stack.astype(np.float32), compression="lerc", predictor=3)

# Several arrays in one file.
with tifffile.TiffWriter(path("shaped-series")) as tif:
    tif.write(stack, metadata={"axes": "ZYX"}, photometric="minisblack")
    tif.write(ramp(z=2, y=4, x=4, dtype=np.uint8)[0, :, 0], photometric="minisblack")
    tif.write(ramp(z=1, y=9, x=13, dtype=np.float32)[0, 0, 0])
with tifffile.TiffWriter(path("shaped-series-alike")) as tif:
    for t in range(2):
        tif.write(stack + 53 * t, metadata={"axes": "ZYX"}, photometric="minisblack", contiguous=False)
# A user's own text before tifffile's.
write("shaped-second-text", stack, description="embryo 3", metadata={"axes": "ZYX"})

# Codecs of libtiff.
tiff = ctypes.CDLL("libtiff.so.6")
tiff.TIFFOpen.restype = ctypes.c_void_p
bits = ramp(z=1, y=16, x=24)[0, 0, 0] % 3 == 0
floats = (ramp(z=1)[0, 0, 0] + 1).astype(np.float32)


def libtiff(name, data, codec, bits, photometric=1, options=(), rows=None):
    """A page in strips of that many rows; libtiff's encoder of RLE/W is right for one."""
    handle = ctypes.c_void_p(tiff.TIFFOpen(str(path(name)).encode(), b"w"))
    height, width = data.shape[0], data.shape[1] * (8 if bits == 1 else 1)
    format = 3 if data.dtype == np.float32 else 1
    for tag, value in [(256, width), (257, height), (258, bits), (259, codec), (262, photometric), (277, 1),
                       (278, rows or height), (284, 1), (339, format), *options]:
        assert tiff.TIFFSetField(handle, tag, value) == 1, (name, tag)
    for strip, row in enumerate(range(0, height, rows or height)):
        raw = np.ascontiguousarray(data[row:row + (rows or height)]).tobytes()
        assert tiff.TIFFWriteEncodedStrip(handle, strip, raw, len(raw)) > 0, name
    tiff.TIFFClose(handle)


for name, codec in [("rle", 2), ("fax3", 3), ("fax4", 4), ("jbig", 34661), ("rlew", 32771)]:
    libtiff(f"codec-{name}", np.packbits(bits, axis=-1), codec, 1, photometric=0, rows=1 if codec == 32771 else None)
# One row: libtiff 4.5 does not read back the 8-bit rows behind it that it writes.
libtiff("codec-pixarlog", ramp(z=1, y=1)[0, 0, 0], 32909, 8)
libtiff("codec-sgilog", floats, 34676, 32, photometric=32844, options=[(65560, 0)])

# ImageJ hyperstacks of every combination of axes.
for t, z, c in itertools.product((1, 2), (1, 3), (1, 2)):
    axes = ("T" if t > 1 else "") + ("Z" if z > 1 else "") + ("C" if c > 1 else "") + "YX"
    data = ramp(t, z, c, dtype=np.uint16)
    write(f"imagej-{axes.lower()}", data.reshape([n for n in (t, z, c) if n > 1] + [5, 7]), imagej=True,
          resolution=(1.25, 1.25),
          metadata={"axes": axes, "spacing": 1.75, "unit": "um", "finterval": 600.0})

# The head of an ImageJ stack above 4 GB: one page, whose data the test appends as a hole in the file.
text = ("ImageJ=1.53t\nimages=4240\nslices=8\nframes=530\nhyperstack=true\nunit=micron\nspacing=1.75\n"
        "finterval=600.0\nloop=false\n").encode() + b"\0"
rational = struct.pack("<II", 5, 4)
entries = [(256, 3, 1, 1024), (257, 3, 1, 1024), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
           (270, 2, len(text), text), (273, 4, 1, 0), (277, 3, 1, 1), (278, 3, 1, 1024), (279, 4, 1, 1024 * 1024),
           (282, 5, 1, rational), (283, 5, 1, rational), (296, 3, 1, 1)]
size = 8 + 2 + 12 * len(entries) + 4
_, blobs = tags_to_bytes(entries, size, "<")
entries[6] = (273, 4, 1, size + len(blobs))
directory, blobs = tags_to_bytes(entries, size, "<")
path("imagej-large-header").write_bytes(b"II" + struct.pack("<HI", 42, 8) + directory + bytes(4) + blobs)

# OME-TIFF: every order of dimensions, written as OME-XML says.
for order in itertools.permutations("ZCT"):
    data = ramp(2, 3, 2, dtype=np.uint16)[0:2]  # [t, z, c, y, x]
    place = {"T": 0, "Z": 1, "C": 2}
    pages = data.transpose([place[a] for a in reversed(order)] + [3, 4]).reshape(12, 5, 7)
    xml = ('<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
           f'<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XY{"".join(order)}" Type="uint16" SizeX="7" '
           'SizeY="5" SizeZ="3" SizeC="2" SizeT="2" PhysicalSizeX="800" PhysicalSizeXUnit="nm" '
           'PhysicalSizeY="0.0008" PhysicalSizeYUnit="mm" PhysicalSizeZ="17500" PhysicalSizeZUnit="&#197;" '
           'TimeIncrement="10" TimeIncrementUnit="min"><TiffData/></Pixels></Image></OME>')
    write(f"ome-xy{''.join(order).lower()}", pages, metadata=None, description=xml.encode())
# One TiffData for each plane, pages behind a page of another image and in odd order.
offsets = "".join(f'<TiffData IFD="{1 + (5 * z + 2) % 3}" FirstZ="{z}" PlaneCount="1"/>' for z in range(3))
head = ('<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" '
        'DimensionOrder="XYZCT" Type="uint16" SizeX="7" SizeY="5" SizeZ="3" SizeC="1" SizeT="1">')
pages = [stack[0] * 0] + [None] * 3
for z in range(3):
    pages[1 + (5 * z + 2) % 3] = stack[z]
write("ome-offsets", np.stack(pages), metadata=None, description=(head + offsets + "</Pixels></Image></OME>").encode())
# The first image in pages 1 to 3, another one of another size behind it.
silent = "".join(f'<TiffData IFD="{z}" FirstZ="{z}"/>' for z in range(3))
with tifffile.TiffWriter(path("ome-two-images")) as tif:
    for z in range(3):
        tif.write(stack[z], metadata=None, contiguous=False,
                  description=(head + silent + "</Pixels></Image></OME>").encode() if z == 0 else None)
    tif.write(np.zeros((2, 2), np.uint8), metadata=None)
ids = "".join(f'<TiffData IFD="0" FirstZ="{z}"><UUID>urn:uuid:{z}</UUID></TiffData>' for z in range(3))
write("ome-set-by-uuid", stack, metadata=None, description=(head + ids + "</Pixels></Image></OME>").encode())
write("ome-companion", stack, metadata=None,
      description=b'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1">'
                  b'<BinaryOnly MetadataFile="embryo.companion.ome" UUID="urn:uuid:0"/></OME>')
laughs = "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(9))
write("ome-laughs", stack, metadata=None,
      description=f'<!DOCTYPE OME [<!ENTITY a0 "ha">{laughs}]><OME><Image Name="&a9;"/></OME>'.encode())
write("shaped-absurd", stack, metadata=None, description='{"shape": [1e300, 5, 7]}')
print(sum(p.stat().st_size for p in HERE.glob("*.tif")), "bytes in", len(list(HERE.glob("*.tif"))), "files")
