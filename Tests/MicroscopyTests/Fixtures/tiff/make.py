# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "tifffile==2026.3.3", "imagecodecs==2026.3.6"]
# ///
"""Writes small TIFF files of many dialects, sample types, codecs and layouts beside this script.

Every voxel is value(t, z, c, y, x) = 2x + 3y + 11z + 29c + 53t (+ an offset where a case says so), so
the tests need no second copy of the numbers. Run: python make.py
"""
from pathlib import Path

import numpy as np
import tifffile

HERE = Path(__file__).parent


def ramp(t=1, z=3, c=1, y=5, x=7, offset=0.0, dtype=np.uint8):
    t, z, c, y, x = np.ogrid[:t, :z, :c, :y, :x]
    return (2 * x + 3 * y + 11 * z + 29 * c + 53 * t + offset).astype(dtype)


def write(name, data, **options):
    # Three planes are planes, not colors.
    if not options.get("imagej"):
        options.setdefault("photometric", "minisblack")
    tifffile.imwrite(HERE / f"{name}.tif", data, **options)


stack = ramp(dtype=np.uint16)[0, :, 0]  # [3, 5, 7]

# Sample types.
for name, offset in [("uint8", 0), ("int8", -64), ("uint16", 40000), ("int16", -64), ("uint32", 100000),
                     ("int32", -100000), ("float16", 0.5), ("float32", -0.25), ("float64", 0.125)]:
    write(f"type-{name}", ramp(offset=offset, dtype=name)[0, :, 0])
write("type-bit", ramp()[0, :, 0, :, :] % 2 == 1)
write("type-uint64", stack.astype(np.uint64))
write("type-bit-wide", (ramp(z=2, y=3, x=19)[0, :, 0] % 3) == 0, bitspersample=1)

# Codecs (predictor where it is usual).
write("codec-lzw", stack, compression="lzw", predictor=True)
write("codec-deflate", stack, compression="deflate")
write("codec-deflate-predictor", stack, compression="deflate", predictor=True)
write("codec-packbits", stack, compression="packbits")
write("codec-zstd", stack, compression="zstd")
write("codec-lzma", stack, compression="lzma")
write("codec-float-predictor", stack.astype(np.float32) - 0.25, compression="deflate", predictor=3)
write("codec-jpeg", np.full((2, 16, 16), 100, np.uint8), compression="jpeg")

# Layouts.
write("layout-strips", ramp(y=13)[0, :, 0], rowsperstrip=4)
write("layout-tiles", ramp(z=2, y=19, x=37, dtype=np.uint16)[0, :, 0], tile=(16, 16))
write("layout-tiles-deflate", ramp(z=2, y=19, x=37, dtype=np.uint16)[0, :, 0], tile=(16, 32), compression="deflate")
write("layout-big-endian", stack, byteorder=">")
write("layout-big-endian-float", stack.astype(np.float32) - 0.25, byteorder=">")
write("layout-big-endian-lzw", stack, byteorder=">", compression="lzw", predictor=True)
write("layout-bigtiff", stack, bigtiff=True)
write("layout-bigtiff-big-endian", stack, bigtiff=True, byteorder=">")
write("layout-truncated", stack, truncate=True)
write("layout-rgb", np.zeros((5, 7, 3), np.uint8), photometric="rgb")
write("layout-rgb-planar", np.zeros((3, 5, 7), np.uint8), photometric="rgb", planarconfig="separate")
write("layout-volumetric", np.zeros((2, 16, 16, 16), np.uint8), volumetric=True, tile=(16, 16, 16))
with tifffile.TiffWriter(HERE / "layout-mixed-sizes.tif") as tif:
    tif.write(np.zeros((5, 7), np.uint8), metadata=None)
    tif.write(np.zeros((4, 7), np.uint8), metadata=None)
with tifffile.TiffWriter(HERE / "layout-separate-writes.tif") as tif:
    for plane in stack:
        tif.write(plane)
with tifffile.TiffWriter(HERE / "layout-min-is-white.tif") as tif:
    tif.write(stack, photometric="miniswhite")

# ImageJ.
hyper = ramp(t=2, z=3, c=2, dtype=np.uint16)
ij = dict(imagej=True, resolution=(1 / 0.8, 1 / 0.8))
write("imagej-hyperstack", hyper, **ij,
      metadata={"axes": "TZCYX", "spacing": 1.75, "unit": "um", "finterval": 600.0})
write("imagej-hyperstack-deflate", hyper, **ij, compression="deflate",
      metadata={"axes": "TZCYX", "spacing": 1.75, "unit": "um", "finterval": 600.0})
write("imagej-labels", stack, **ij, metadata={"axes": "ZYX", "spacing": 2, "unit": "micron",
      "Labels": ["one", "two", "three"], "Info": "a\nlong text"})
write("imagej-big-endian", stack, **ij, byteorder=">", metadata={"axes": "ZYX", "spacing": 1.75, "unit": "um"})
write("imagej-escaped-unit", stack, **ij, metadata={"axes": "ZYX", "spacing": 1.75, "unit": "\\u00B5m"})
write("imagej-nanometers", stack, imagej=True, resolution=(1 / 200, 1 / 250),
      metadata={"axes": "ZYX", "spacing": 500, "unit": "nm"})
write("imagej-pixels", stack, imagej=True, resolution=(1, 1), metadata={"axes": "ZYX", "spacing": 1, "unit": "pixel"})
write("imagej-no-unit", stack, imagej=True, metadata={"axes": "ZYX"})
write("imagej-no-spacing", stack, **ij, metadata={"axes": "ZYX", "unit": "um"})
# ImageJ's own signature, resolution in millionths, spacing 1 left out, minutes as the unit of time.
write("imagej-itself", hyper[:, :, 0], resolution=((1538462, 1000000),) * 2, resolutionunit="none", metadata=None,
      description="ImageJ=1.53t\nimages=6\nslices=3\nframes=2\nhyperstack=true\nunit=\\u00B5m\n"
                  "finterval=10.0\ntunit=min\nloop=false\nmin=0.0\nmax=255.0\n")
# One page and the bare voxels of the others behind it, as ImageJ writes above 4 GB.
for name, order in [("imagej-contiguous", "<"), ("imagej-contiguous-big-endian", ">")]:
    path = HERE / f"{name}.tif"
    text = "ImageJ=1.53t\nimages=3\nslices=3\nunit=micron\nspacing=1.75\nloop=false\n"
    tifffile.imwrite(path, stack[:1], byteorder=order, metadata=None, description=text,
                     resolution=(1.25, 1.25), resolutionunit="none")
    with open(path, "ab") as file:
        file.write(stack[1:].astype(order + "u2").tobytes())

# OME.
micro = {"PhysicalSizeX": 0.8, "PhysicalSizeY": 0.8, "PhysicalSizeZ": 1.75,
         "PhysicalSizeXUnit": "µm", "PhysicalSizeYUnit": "µm", "PhysicalSizeZUnit": "µm"}
write("ome-tzcyx", hyper, ome=True, metadata={"axes": "TZCYX", **micro, "TimeIncrement": 10.0, "TimeIncrementUnit": "min"})
write("ome-tczyx", hyper.transpose(0, 2, 1, 3, 4), ome=True, metadata={"axes": "TCZYX", **micro})
write("ome-nanometers", stack, ome=True, metadata={"axes": "ZYX", "PhysicalSizeX": 800, "PhysicalSizeXUnit": "nm",
      "PhysicalSizeY": 800, "PhysicalSizeYUnit": "nm", "PhysicalSizeZ": 0.00175, "PhysicalSizeZUnit": "mm"})
write("ome-default-unit", stack, ome=True, metadata={"axes": "ZYX", "PhysicalSizeX": 0.8, "PhysicalSizeY": 0.8, "PhysicalSizeZ": 1.75})
write("ome-no-scale", stack, ome=True, metadata={"axes": "ZYX"})
xml = ('<?xml version="1.0" encoding="UTF-8"?><ome:OME xmlns:ome="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
       '<ome:Image ID="Image:0"><ome:Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint16" SizeX="7" SizeY="5" '
       'SizeZ="3" SizeC="1" SizeT="1" PhysicalSizeX="0.8" PhysicalSizeXUnit="micron" PhysicalSizeY="0.8" '
       'PhysicalSizeYUnit="um" PhysicalSizeZ="1.75" PhysicalSizeZUnit="&#956;m">{}</ome:Pixels></ome:Image></ome:OME>')
reverse = "".join(f'<ome:TiffData IFD="{2 - z}" FirstZ="{z}" PlaneCount="1"/>' for z in range(3))
write("ome-reversed-pages", stack[::-1], metadata=None, description=xml.format(reverse).encode())
two = "".join(f'<ome:TiffData IFD="0" FirstZ="{z}"><ome:UUID FileName="{z}.tif">urn:uuid:{z}</ome:UUID></ome:TiffData>' for z in range(3))
write("ome-set-of-files", stack, metadata=None, description=xml.format(two).encode())
write("ome-broken", stack, metadata=None, description=b"<?xml version='1.0'?><OME><Image></OME>")
write("ome-wrong-size", stack[:, :, :6], metadata=None, description=xml.format("<ome:TiffData/>").encode())

# tifffile's own.
write("shaped-json", stack, metadata={"axes": "ZYX"})
write("shaped-json-no-axes", stack, metadata={})
write("shaped-json-tzcyx", hyper, metadata={"axes": "TZCYX"})
write("shaped-json-ctzyx", hyper.transpose(2, 0, 1, 3, 4), metadata={"axes": "CTZYX"})
write("shaped-json-4d", hyper[:, :, 0], metadata=None, description='{"shape": [2, 3, 5, 7]}')
write("shaped-json-scale", stack, resolution=(12500, 12500), resolutionunit="centimeter",
      metadata={"axes": "ZYX", "spacing": 1.75, "unit": "um"})
write("shaped-old", stack, metadata=None, description="shape=(3,5,7)")
write("shaped-stale", stack, metadata=None, description='{"shape": [3, 50, 70]}')
write("plain", stack, metadata=None, resolution=(72, 72), resolutionunit="inch")
write("plain-single", stack[0], metadata=None)
print(sum(p.stat().st_size for p in HERE.glob("*.tif")), "bytes in", len(list(HERE.glob("*.tif"))), "files")
