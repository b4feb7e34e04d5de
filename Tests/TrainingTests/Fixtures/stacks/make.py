# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy==2.4.6", "tifffile==2026.3.3"]
# ///
"""Two small ImageJ hyperstacks of uint16: two channels, two time points. Run: uv run make.py"""
from pathlib import Path

import numpy as np
import tifffile

here = Path(__file__).parent
values = np.arange(60, dtype=np.uint16).reshape(3, 4, 5)
both = np.stack([values, values + 100])
tifffile.imwrite(here / "channels.tif", both.swapaxes(0, 1), imagej=True, metadata={"axes": "ZCYX"})
tifffile.imwrite(here / "frames.tif", both, imagej=True, metadata={"axes": "TZYX"})
