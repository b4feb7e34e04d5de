# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "torch==2.15.0", "onnx==1.23.2", "onnxruntime==1.32.0", "openvino==2026.4.1", "numpy==2.4.6",
#   "tifffile==2026.3.3", "imagecodecs==2026.3.6",
# ]
# ///
"""Do other programs compute with Morula's exports what Morula does?

    python docs/examples/check_exports.py MORULA MODEL.safetensors [FOLDER]

Exports the model as ONNX and as a PyTorch state dict, lets Morula predict volumes of random numbers whose
sides are and are not multiples of what the network halves, and compares ONNX Runtime, OpenVINO and
PyTorch (sides that are multiples only) with it, voxel by voxel. The exit status says whether all differ
by at most 1e-4.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
import openvino
import tifffile
import torch
from state_dict import load

LIMIT = 1e-4


def main(morula, model, folder):
    def run(*arguments):
        return subprocess.run([morula, *map(str, arguments)], check=True, capture_output=True, text=True).stdout

    info = run("model", "info", model)
    facts = dict(line.split(maxsplit=1) for line in info.splitlines() if " " in line)
    levels = int(facts["levels"])
    batch = "batch statistics" in info
    eps = float(info.split(", eps ")[1].split(",")[0])
    softmax = "softmax" in info
    graph, state = folder / "model.onnx", folder / "model.pt"
    run("model", "export", model, "--format", "onnx", "--output", graph)
    run("model", "export", model, "--format", "pytorch", "--output", state)
    onnx.checker.check_model(onnx.load(graph), full_check=True)
    runtime = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    vino = openvino.Core().compile_model(openvino.Core().read_model(graph), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    network = load(state, eps=eps, running=not batch)
    unit = 2 ** (levels - 1)
    generator = np.random.default_rng(1)
    worst = 0.0
    for sides in [(4 * unit,) * 3, (3 * unit, 5 * unit, 2 * unit), (3 * unit - 1, 4 * unit + 1, 2 * unit)]:
        x = generator.random(sides, dtype=np.float32)
        tifffile.imwrite(folder / "volume.tif", x, imagej=True, metadata={"axes": "ZYX"})
        run("predict", "--raw", "--model", model, folder / "volume.tif", "--output", folder / "out")
        ours = tifffile.imread(folder / "out" / "volume.tif")
        found = {
            "ONNX Runtime": runtime.run(None, {"input": x[None, None]})[0][0, -1],
            "OpenVINO": vino(x[None, None])[0][0, -1],
        }
        if all(side % unit == 0 for side in sides):
            with torch.no_grad():
                logits = network(torch.from_numpy(x)[None, None])
            found["PyTorch"] = (logits.softmax(1) if softmax else logits.sigmoid())[0, -1].numpy()
        for name, theirs in found.items():
            difference = float(np.abs(ours - theirs).max())
            worst = max(worst, difference)
            print(f"{'×'.join(map(str, sides)):14} {name:14} {difference:.1e}")
    print(f"at most {worst:.1e}, allowed {LIMIT:.0e}: {'equal' if worst <= LIMIT else 'DIFFERENT'}")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: check_exports.py MORULA MODEL.safetensors [FOLDER]")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[3] if len(sys.argv) == 4 else temporary)
        folder.mkdir(parents=True, exist_ok=True)
        sys.exit(main(sys.argv[1], sys.argv[2], folder))
