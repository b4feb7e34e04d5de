#!/bin/sh
# Prints what ImageJ and tifffile read from TIFFs, without a display:
#
#   docs/examples/check_imagej.sh FOLDER
#
# Needs Debian's imagej and xvfb (ImageJ's menus need a screen, even a virtual one). The second half
# needs Python with tifffile and is left out without it.
# Every kind of file that Morula writes lands in FOLDER with
#
#   MORULA_SAMPLES=FOLDER swift test -c release --filter writtenSamples
set -eu
folder=$(cd "${1:?usage: check_imagej.sh FOLDER}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
jar=${IMAGEJ_JAR:-/usr/share/java/ij.jar}
# A file that ImageJ cannot open makes a dialog, which stays open: hence the limit in time.
xvfb-run -a timeout 120 java -cp "$jar" ij.ImageJ -batch "$here/check_imagej.ijm" "$folder"
if "${PYTHON:-python3}" -c 'import tifffile' 2>/dev/null; then
  "${PYTHON:-python3}" - "$folder" <<'PYTHON'
import pathlib
import sys

import tifffile

print("tifffile", tifffile.__version__)
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.tif")):
    with tifffile.TiffFile(path) as file:
        series, metadata = file.series[0], file.imagej_metadata or {}
        resolution = [file.pages[0].tags.get(tag) for tag in ("YResolution", "XResolution")]
        edges = [tag.value[1] / tag.value[0] for tag in resolution if tag]
        # What napari takes as `scale`, with the interval before it for the axis T.
        scale = [metadata.get("spacing"), *edges] if edges else None
        print(f"{path.name}: axes {series.axes}, shape {series.shape}, {series.dtype}, "
              f"scale {scale} {metadata.get('unit')}, interval {metadata.get('finterval')} s")
PYTHON
fi
