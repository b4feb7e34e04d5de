# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "tifffile==2026.3.3", "imagecodecs==2026.3.6"]
# ///
"""What tifffile says about the files that Morula writes, and what it would write itself.

    MORULA_SAMPLES=<folder> swift test -c release --filter writtenSamples
    python make.py <folder>

Checks every voxel against the formula they were written with, and keeps axes, shapes and tags.
"""
import json
import pathlib
import sys
import tempfile

import numpy as np
import tifffile

HERE = pathlib.Path(__file__).parent
TAGS = [256, 257, 258, 259, 262, 270, 277, 278, 282, 283, 296, 317, 339]
report = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tif")):
    with tifffile.TiffFile(path) as file:
        series, page, voxels = file.series[0], file.pages[0], file.asarray()
        places = dict(zip(series.axes, np.indices(series.shape)))
        expected = sum(places.get(axis, 0) * step for axis, step in zip("XYZCT", [2, 3, 11, 29, 53]))
        if path.stem == "labels-series":
            expected[0] = 0  # the frame that failed
        assert np.array_equal(voxels, expected), path.name
        assert file.is_imagej, path.name
        report[path.stem] = {
            "axes": series.axes, "shape": series.shape, "type": str(series.dtype), "pages": len(file.pages),
            "isBig": file.is_bigtiff,
            "tags": {str(code): page.tags[code].value for code in TAGS if code in page.tags},
        }

# The same stacks as tifffile describes them to ImageJ.
descriptions = {}
scale = {"resolution": (1 / 0.8, 1 / 0.65), "imagej": True}
calibration = {"spacing": 1.75, "unit": "um", "finterval": 600.0}
with tempfile.TemporaryDirectory() as folder:
    for name, axes, shape in [("volume-uint16-deflate", "ZYX", (3, 5, 7)), ("series-uint16-deflate", "TZYX", (3, 3, 5, 7)),
                              ("channels-uint16-deflate", "TZCYX", (2, 3, 2, 5, 7))]:
        metadata = {"axes": axes, **calibration}
        if name.startswith("channels"):
            metadata |= {"min": 0.0, "max": 200.0}
        path = pathlib.Path(folder) / "a.tif"
        tifffile.imwrite(path, np.zeros(shape, np.uint16), **scale, metadata=metadata)
        with tifffile.TiffFile(path) as file:
            descriptions[name] = file.pages[0].description

with open(HERE / "expected.json", "w") as file:
    json.dump({"tifffile": tifffile.__version__, "files": report, "descriptions": descriptions}, file, indent=1, default=str)
    file.write("\n")
