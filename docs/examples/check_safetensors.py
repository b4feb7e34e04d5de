# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6", "tifffile==2026.3.3",
#   "imagecodecs==2026.3.6",
# ]
# ///
"""Does PyTorch compute with Morula's weights what Morula does?

    morula predict --raw --model MODEL.safetensors INPUT.tif --output DIR
    python docs/examples/check_safetensors.py MODEL.safetensors INPUT.tif DIR/INPUT.tif

The weights go from the safetensors file into `unet3d.py`; the TIFF's values go to the network as they
are (`--raw`), mirrored at the far ends to the size that the levels can halve; sigmoid, or the second
channel of the softmax, is compared with Morula's TIFF voxel by voxel. Morula may differ from PyTorch in
float64 by at most 8 times what PyTorch in float32 does, or by 2^-20 if that is more. The exit status
says whether it held.

Volumes are computed whole, in float64 too: keep them small (64³ takes NSN a minute).
"""

import sys

import numpy as np
import tifffile
import torch
from unet3d import load


def foreground(network, image, dtype):
    """Foreground probabilities [z, y, x] of an image [z, y, x], in float64."""
    multiple = 2 ** (len(network.encoder) - 1)
    padding = [(0, -size % multiple) for size in image.shape]
    padded = np.pad(image, padding, mode="reflect")
    with torch.no_grad():
        logits = network.to(dtype)(torch.from_numpy(padded)[None, None].to(dtype)).double()
    probability = torch.sigmoid(logits[0, 0]) if len(logits[0]) == 1 else logits.softmax(1)[0, 1]
    return probability.numpy()[tuple(slice(size) for size in image.shape)]


def main(model, image, prediction):
    network = load(model)
    image = tifffile.imread(image).astype(np.float32)
    found = tifffile.imread(prediction)
    if image.ndim != 3 or found.shape != image.shape:
        sys.exit(f"expected two volumes [z, y, x] of one shape, found {image.shape}, {found.shape}")
    rounded = foreground(network, image, torch.float32)
    exact = foreground(network, image, torch.float64)
    ours, theirs = np.abs(found - exact).max(), np.abs(rounded - exact).max()
    limit = max(8 * theirs, 2.0**-20)
    print(f"parameters            {sum(p.numel() for p in network.parameters()):,}")
    print(f"probabilities         {exact.min():.4f} … {exact.max():.4f}")
    print(f"Morula  − float64     {ours:.2e} at most")
    print(f"PyTorch − float64     {theirs:.2e} at most (float32)")
    print(f"allowed               {limit:.2e}: {'equal' if ours <= limit else 'DIFFERENT'}")
    sys.exit(0 if ours <= limit else 1)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: check_safetensors.py MODEL.safetensors INPUT.tif PREDICTION.tif")
    main(*sys.argv[1:])
