# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "tifffile==2026.3.3"]
# ///
"""Writes TIFF files whose two channels are H2B in green and E-cad in magenta, with tifffile.

Voxels are those of ../tiff/make.py: value(t, z, c, y, x) = 2x + 3y + 11z + 29c + 53t. Run: python make.py
"""
from pathlib import Path

import numpy as np
import tifffile

HERE = Path(__file__).parent
NAMES = ["H2B", "E-cad µ"]
t, z, c, y, x = np.ogrid[:2, :3, :2, :5, :7]
data = (2 * x + 3 * y + 11 * z + 29 * c + 53 * t).astype(np.uint16)
rise, none = np.arange(256, dtype=np.uint8), np.zeros(256, np.uint8)
tables = [np.stack([none, rise, none]), np.stack([rise, none, rise])]
scale = {"unit": "um", "spacing": 1.75, "finterval": 600.0}

# A label for every plane, and for the first plane of each channel only.
tifffile.imwrite(HERE / "channels-imagej.tif", data, imagej=True, resolution=(1.25, 1.25), metadata={
    "axes": "TZCYX", "mode": "composite", "Labels": NAMES * 6, "LUTs": tables, **scale})
tifffile.imwrite(HERE / "channels-imagej-big-endian.tif", data, imagej=True, byteorder=">", resolution=(1.25, 1.25),
                 metadata={"axes": "TZCYX", "mode": "composite", "Labels": NAMES, "LUTs": tables, **scale})
# Labels of slices are not names of channels, and a table that is not a ramp is not a color.
fire = np.stack([rise[::-1], none, rise])
tifffile.imwrite(HERE / "slices-imagej.tif", data, imagej=True, resolution=(1.25, 1.25), metadata={
    "axes": "TZCYX", "Labels": [f"plane {i}" for i in range(12)], "LUTs": [fire, tables[1]], **scale})
# OME counts colors as signed numbers of red, green, blue and alpha.
tifffile.imwrite(HERE / "channels-ome.tif", data.transpose(0, 2, 1, 3, 4), ome=True, metadata={
    "axes": "TCZYX", "PhysicalSizeX": 0.8, "PhysicalSizeY": 0.8, "PhysicalSizeZ": 1.75, "TimeIncrement": 600.0,
    "Channel": {"Name": NAMES, "Color": [0x00FF00FF, 0xFF00FFFF - (1 << 32)]}})
