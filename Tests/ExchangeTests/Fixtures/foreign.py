# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "numpy==2.4.6", "safetensors==0.8.0"]
# ///
"""Weights files as Chainer and PyTorch write them, and what these compute with them.

    python foreign.py            # writes chainer/, pytorch/, numpy/ and pickle/ beside this script

Chainer itself (last release 2022) does not run on current Python and NumPy. Its `save_npz` is NumPy's
`savez` with the names of links and parameters, which `chainer_arrays` writes; what its network computes,
in float64, is written here with PyTorch's functions: biased batch statistics and eps 2e-5, as
`chainer.links.BatchNormalization` uses in training mode, which QCANet never leaves.

Every `X.safetensors` beside a weights file X holds `input` [N, 1, z, y, x] and `logits` [N, out, z, y, x].
"""

import collections
import datetime
import io
import pathlib
import pickle
import sys
import types

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent


def shapes(levels, base, outputs):
    """(kind, inputs, outputs) of every layer, encoder then decoder: conv, up or head."""
    width = [base * 2 ** (level + 1) for level in range(levels)]
    encoder = []
    for level in range(levels):
        inputs, middle = (1, base) if level == 0 else (width[level - 1], width[level - 1])
        encoder += [("conv", inputs, middle), ("conv", middle, width[level])]
    decoder = []
    for level in reversed(range(levels - 1)):
        decoder += [("up", width[level + 1], width[level + 1])]
        decoder += [("conv", width[level + 1] + width[level], width[level])]
        decoder += [("conv", width[level], width[level])]
    return encoder, decoder + [("head", width[0], outputs)]


def coarse(values, step):
    """Few different numbers, so that files compress."""
    return (np.round(values / step) * step).astype(np.float32)


def chainer_arrays(generator, levels, base, kernel, outputs, bias=True, step=1 / 256):
    arrays = {}

    def normalization(name, channels):
        arrays[f"{name}/gamma"] = coarse(generator.uniform(0.5, 1.5, channels), step)
        arrays[f"{name}/beta"] = coarse(generator.uniform(-0.3, 0.5, channels), step)
        arrays[f"{name}/avg_mean"] = coarse(generator.normal(0, 0.2, channels), step)
        arrays[f"{name}/avg_var"] = coarse(generator.uniform(0.3, 2, channels), step)
        arrays[f"{name}/N"] = np.array(7, np.int64)

    encoder, decoder = shapes(levels, base, outputs)
    for prefix, layers in (("c", encoder), ("dc", decoder)):
        for index, (kind, a, b) in enumerate(layers):
            window = {"conv": kernel, "up": 2, "head": 1}[kind]
            first, second = (a, b) if kind == "up" else (b, a)
            scale = (2 / (a if kind == "up" else a * window**3)) ** 0.5
            shape = (first, second, window, window, window)
            arrays[f"{prefix}{index}/W"] = coarse(generator.normal(0, scale, shape), step)
            if bias:
                arrays[f"{prefix}{index}/b"] = coarse(generator.normal(0, 0.1, b), step)
            if kind == "conv":
                normalization(f"bn{prefix}{index}", b)
    return arrays


def chainer_logits(arrays, x, levels, statistics="batch"):
    """What the original's `_calc` computes."""
    t = {name: torch.from_numpy(value).double() for name, value in arrays.items()}

    def convolution(x, name):
        weight = t[f"{name}/W"]
        return F.conv3d(x, weight, t.get(f"{name}/b"), padding=weight.shape[2] // 2)

    def step(x, name):
        x = convolution(x, name)
        if statistics == "batch":
            mean, var = x.mean((0, 2, 3, 4)), x.var((0, 2, 3, 4), correction=0)
        else:
            mean, var = t[f"bn{name}/avg_mean"], t[f"bn{name}/avg_var"]
        spread = (var + 2e-5).sqrt()
        column = lambda v: v[None, :, None, None, None]
        x = (x - column(mean)) / column(spread)
        return F.relu(x * column(t[f"bn{name}/gamma"]) + column(t[f"bn{name}/beta"]))

    x = torch.from_numpy(x).double()
    skips = []
    for level in range(levels):
        if level > 0:
            x = F.max_pool3d(x, 2)
        x = step(step(x, f"c{2 * level}"), f"c{2 * level + 1}")
        skips.append(x)
    place = 0
    for level in reversed(range(levels - 1)):
        up = F.conv_transpose3d(x, t[f"dc{place}/W"], t.get(f"dc{place}/b"), stride=2)
        x = torch.cat([up, skips[level]], 1)
        x = step(step(x, f"dc{place + 1}"), f"dc{place + 2}")
        place += 3
    return convolution(x, f"dc{place}").numpy().astype(np.float32)


def chainer(folder, generator):
    folder.mkdir(exist_ok=True)
    cases = {
        "nsn": dict(levels=3, base=2, kernel=3, outputs=2),
        "unet": dict(levels=4, base=1, kernel=3, outputs=2, bias=False),
        "ndn": dict(levels=5, base=1, kernel=5, outputs=2, step=1 / 32),
    }
    for name, case in cases.items():
        arrays = chainer_arrays(generator, **case)
        # At the lowest level at least two voxels, or the variance were zero.
        size = (16, 32, 16) if name == "ndn" else (16, 16, 16)
        x = generator.uniform(0, 1, (1, 1, *size)).astype(np.float32)
        np.savez_compressed(folder / f"{name}.npz", **arrays)
        save_file(
            {
                "input": x,
                "logits": chainer_logits(arrays, x, case["levels"]),
                "logits_running": chainer_logits(arrays, x, case["levels"], "running"),
            },
            folder / f"{name}.safetensors",
        )
    # A snapshot of chainer.training.Trainer, with a bias that is None and an optimizer.
    arrays = chainer_arrays(generator, levels=3, base=1, kernel=3, outputs=1, bias=False)
    snapshot = {f"updater/model:main/{name}": value for name, value in arrays.items()}
    snapshot["updater/model:main/c0/b"] = np.array(None)
    for name in ("c0/W", "c1/W"):
        snapshot[f"updater/optimizer:main/{name}/m"] = arrays[name]
    snapshot["updater/iteration"] = np.array(12)
    np.savez_compressed(folder / "snapshot.npz", **snapshot)


class Original(nn.Module):
    """Convolutions first, normalizations after them, as in the original's PyTorch branch."""

    def __init__(self, levels, base, kernel, outputs, bias=True):
        super().__init__()
        self.levels = levels
        normalized = []
        for prefix, layers in zip(("c", "dc"), shapes(levels, base, outputs)):
            for index, (kind, a, b) in enumerate(layers):
                if kind == "up":
                    layer = nn.ConvTranspose3d(a, b, 2, stride=2, bias=bias)
                else:
                    window = kernel if kind == "conv" else 1
                    layer = nn.Conv3d(a, b, window, padding=window // 2, bias=bias)
                setattr(self, f"{prefix}{index}", layer)
                if kind == "conv":
                    normalized.append((f"bn{prefix}{index}", b))
        for name, channels in normalized:
            setattr(self, name, nn.BatchNorm3d(channels, eps=1e-4))

    def forward(self, x, skip_first=False):
        def step(x, name):
            return torch.relu(getattr(self, f"bn{name}")(getattr(self, name)(x)))

        skips = []
        for level in range(self.levels):
            if level > 0:
                x = F.max_pool3d(x, 2)
            x = step(step(x, f"c{2 * level}"), f"c{2 * level + 1}")
            skips.append(x)
        place = 0
        for level in reversed(range(self.levels - 1)):
            parts = [getattr(self, f"dc{place}")(x), skips[level]]
            x = torch.cat(parts[::-1] if skip_first else parts, 1)
            x = step(step(x, f"dc{place + 1}"), f"dc{place + 2}")
            place += 3
        return getattr(self, f"dc{place}")(x)


def renamed(network, rule):
    """The state dict with other names, in the order that `rule` gives."""
    state = network.state_dict()
    return collections.OrderedDict((new, state[old]) for new, old in rule)


def reproduction_names(levels):
    """conv1, bn1, conv2, bn2, …, upconv1, … as the students' reproduction has them."""
    parameters = ("weight", "bias")
    buffers = ("running_mean", "running_var", "num_batches_tracked")
    rule, number = [], 0
    names = [f"c{i}" for i in range(2 * levels)]
    place = 0
    for up in range(1, levels):
        names += [(f"upconv{up}", f"dc{place}"), f"dc{place + 1}", f"dc{place + 2}"]
        place += 3
    for name in names:
        if isinstance(name, tuple):
            rule += [(f"{name[0]}.{p}", f"{name[1]}.{p}") for p in parameters]
            continue
        number += 1
        rule += [(f"conv{number}.{p}", f"{name}.{p}") for p in parameters]
        rule += [(f"bn{number}.{p}", f"bn{name}.{p}") for p in parameters + buffers]
    rule += [(f"conv{number + 1}.{p}", f"dc{place}.{p}") for p in parameters]
    return rule


def sequential_names(levels):
    """encoder1.0, encoder1.1, encoder1.3, …, upconv2, decoder2.0, … of nn.Sequential blocks."""
    fields = ("weight", "bias", "running_mean", "running_var")
    rule = []

    def block(name, first, second):
        for layer, source in ((0, first), (1, f"bn{first}"), (3, second), (4, f"bn{second}")):
            for field in fields[: 1 if layer in (0, 3) else 4]:
                rule.append((f"{name}.{layer}.{field}", f"{source}.{field}"))

    for level in range(levels):
        name = "bottleneck" if level == levels - 1 else f"encoder{level + 1}"
        block(name, f"c{2 * level}", f"c{2 * level + 1}")
    place = 0
    for level in reversed(range(levels - 1)):
        rule.append((f"upconv{level + 1}.weight", f"dc{place}.weight"))
        block(f"decoder{level + 1}", f"dc{place + 1}", f"dc{place + 2}")
        place += 3
    rule.append(("final.weight", f"dc{place}.weight"))
    return rule


def fill(network, generator):
    """Weights and statistics of a network that has seen something."""
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if name.endswith("num_batches_tracked"):
                value.fill_(11)
                continue
            if "bn" in name:
                low, high = (0.5, 1.5) if name.endswith(("weight", "var")) else (-0.3, 0.4)
                numbers = generator.uniform(low, high, value.shape)
            elif value.dim() == 1:
                numbers = generator.normal(0, 0.1, value.shape)
            else:
                fan_in = value.shape[0] if value.shape[2] == 2 else value[0].numel()
                numbers = generator.normal(0, (2 / fan_in) ** 0.5, value.shape)
            value.copy_(torch.from_numpy(numbers.astype(np.float16)))
    return network.eval()


def reference(path, network, generator, **options):
    x = generator.uniform(0, 1, (2, 1, 8, 12, 4)).astype(np.float32)
    with torch.no_grad():
        logits = network.double()(torch.from_numpy(x).double(), **options).numpy()
    network.float()
    save_file({"input": x, "logits": logits}, path)


def pytorch(folder, generator):
    folder.mkdir(exist_ok=True)
    levels = 3
    network = fill(Original(levels, 2, 3, 1), generator)
    for value in network.modules():
        if isinstance(value, nn.BatchNorm3d):
            value.eps = 1e-5
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-4, momentum=0.9)
    reference(folder / "reproduction.safetensors", network, generator)
    # A checkpoint as the reproduction writes them, with a date and a NumPy number in it.
    for parameter in list(network.parameters())[:4]:
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    checkpoint = {
        "epoch": 14,
        "net_state_dict": renamed(network, reproduction_names(levels)),
        "optimizer_state_dict": optimizer.state_dict(),
        "time": datetime.datetime(2024, 3, 26, 15, 50, 26),
        "loss": np.float64(0.125),
        "history": [0.5, 0.25, None, True, -3, 2**70, "text", (1, 2), {1, 2}],
    }
    torch.save(checkpoint, folder / "reproduction.tar")

    # A whole module, of a class that nobody else has; two outputs, its own eps.
    module = types.ModuleType("src.lib.model")
    Original.__module__, module.Original = "src.lib.model", Original
    sys.modules.update({"src": module, "src.lib": module, "src.lib.model": module})
    network = fill(Original(levels, 1, 3, 2), generator)
    torch.save(network, folder / "module.pth")
    reference(folder / "module.safetensors", network, generator)

    # Blocks of nn.Sequential without biases, of 16 bits, in nn.DataParallel, [skip, upsampled].
    network = fill(Original(levels, 2, 3, 1, bias=False), generator)
    for value in network.modules():
        if isinstance(value, nn.BatchNorm3d):
            value.eps = 1e-5
    state = renamed(network, sequential_names(levels))
    reference(folder / "sequential.pt.safetensors", network, generator, skip_first=True)
    half = {}
    for name, value in state.items():
        # Stored with its axes in another order: a view that is not contiguous.
        stored = value.half()
        if stored.dim() == 5:
            stored = stored.permute(4, 3, 2, 1, 0).contiguous().permute(4, 3, 2, 1, 0)
        half[f"module.{name}"] = stored
    torch.save(half, folder / "sequential.pt")
    numbers = {name: value.numpy() for name, value in state.items()}
    save_file(numbers, folder / "sequential.names.safetensors", metadata={"format": "pt"})

    # Other architectures.
    others = {
        "halving": nn.Sequential(
            nn.Conv3d(1, 2, 3), nn.BatchNorm3d(2), nn.Conv3d(2, 4, 3), nn.BatchNorm3d(4),
            nn.Conv3d(4, 4, 3), nn.BatchNorm3d(4), nn.Conv3d(4, 8, 3), nn.BatchNorm3d(8),
            nn.ConvTranspose3d(8, 4, 2, 2),
            nn.Conv3d(8, 4, 3), nn.BatchNorm3d(4), nn.Conv3d(4, 4, 3), nn.BatchNorm3d(4),
            nn.Conv3d(4, 1, 1),
        ),
        "flat": nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)),
        "mixed": nn.Sequential(nn.Conv3d(1, 2, 3), nn.Conv3d(2, 2, 1), nn.Linear(3, 3)),
        "three-outputs": Original(2, 1, 3, 3),
        "few-normalizations": nn.Sequential(
            nn.Conv3d(1, 2, 3), nn.Conv3d(2, 4, 3), nn.BatchNorm3d(4), nn.Conv3d(4, 1, 1)
        ),
    }
    for name, other in others.items():
        torch.save(other.state_dict(), folder / f"other-{name}.pt")
    torch.save({"a": 1, "b": [1, 2]}, folder / "other-nothing.pt")
    torch.save(network.state_dict(), folder / "old.pt", _use_new_zipfile_serialization=False)
    (folder / "old.pt").write_bytes((folder / "old.pt").read_bytes()[:64])


def numpy_arrays(folder):
    folder.mkdir(exist_ok=True)
    grid = np.arange(24).reshape(2, 3, 4)
    arrays = {t: (grid - 5 if t[1] in "if" else grid).astype(t) for t in
              ("<f2", "<f4", "<f8", ">f4", ">f8", "<i2", ">i4", "<i8", "<u2", ">u4", "<u8")}
    arrays |= {"i1": (grid - 5).astype("i1"), "u1": grid.astype("u1"), "b1": grid % 2 == 0}
    arrays |= {"fortran": np.asfortranarray(grid.astype("<f4")), "scalar": np.float64(3.5)}
    arrays |= {"empty": np.zeros((0, 3), "<f4"), "column": np.asfortranarray(grid[0].astype("<i4"))}
    arrays |= {"complex": np.ones(2, "c8"), "text": np.array(["a"]), "object": np.array([None])}
    arrays |= {"record": np.zeros(2, [("x", "<f4"), ("y", "<i4")])}
    np.savez(folder / "arrays.npz", **arrays)
    for version in ((1, 0), (2, 0), (3, 0)):
        with open(folder / f"version{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, grid.astype("<f4"), version=version)


class Stranger:
    """Nothing that a reader may make."""

    def __init__(self):
        self.secret = [1, 2]

    def __reduce__(self):
        return (print, ("this must not be printed",))


def pickles(folder):
    folder.mkdir(exist_ok=True)
    shared = [1, 2]
    circle = []
    circle.append(circle)
    value = {
        "none": None, "true": True, "false": False, "int": 7, "negative": -70000, "long": 2**40,
        "huge": 2**90, "float": 0.5, "text": "µm\n", "empty": [], "list": [1, [2, [3]]],
        "tuple": (1, 2, 3, 4), "pair": (1, 2), "one": (1,), "nothing": (), "dict": {1: {"x": -1.5}},
        "shared": [shared, shared], "circle": circle, "bytes": b"ab", "set": {5},
        "ordered": collections.OrderedDict(a=1), "default": collections.defaultdict(list, b=2),
        "stranger": Stranger(), "date": datetime.date(2024, 1, 2),
    }
    for protocol in range(6):
        (folder / f"protocol{protocol}.pkl").write_bytes(pickle.dumps(value, protocol))


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    chainer(HERE / "chainer", np.random.default_rng(1))
    pytorch(HERE / "pytorch", np.random.default_rng(2))
    numpy_arrays(HERE / "numpy")
    pickles(HERE / "pickle")
