# /// script
# requires-python = ">=3.11"
# dependencies = ["tifffile==2026.3.3", "numpy==2.4.6"]
# ///
"""A 4D ImageJ stack of labels, three frames of 2 × 8 × 9 voxels, and one of two channels.

Frame t holds label 1 in rows 0–3 and, from frame 1 on, label 2 in rows 4–7, both t + 4 wide.
"""

from pathlib import Path

import numpy as np
import tifffile

labels = np.zeros((3, 2, 8, 9), np.uint16)
for t in range(3):
    labels[t, :, :4, : t + 4] = 1
    if t > 0:
        labels[t, :, 4:, : t + 4] = 2
here = Path(__file__).parent
tifffile.imwrite(
    here / "series.tif", labels, imagej=True,
    metadata={"axes": "TZYX", "spacing": 2.0, "unit": "um"}, resolution=(2.0, 2.0))
tifffile.imwrite(
    here / "channels.tif", np.stack([labels[0], labels[1]], 1), imagej=True,
    metadata={"axes": "ZCYX"})
