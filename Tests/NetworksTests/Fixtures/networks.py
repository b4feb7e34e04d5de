"""What the make.py of every network shares: the deterministic weights and inputs, and the record.

Nothing large is stored: both sides compute weights, inputs and targets from one hash.

    word(stream, i) = SplitMix64's output for the state (stream << 40) + i
    uniform         = (word >> 11) / 2^53
    parameter p     = float32(center + bound (2 uniform(p, i) - 1)), element i in row-major order, with
        weight of a convolution [out, in, z, y, x]       center 0, bound sqrt(6 / (in z y x))
        weight of an upsampling [in, out, 2, 2, 2]       center 0, bound sqrt(3 / in)
        weight of the head [out, in, 1, 1, 1]            center 0, bound sqrt(3 / in)
        weight of a batch normalization (γ)              center 1, bound 0.2
        every bias, β                                    center 0, bound 0.1
    input           = float32(0.5 (inside one of the balls) + 0.5 uniform(2^20 + noise, i))
    target          = 1 inside one of the balls, else 0
    balls           = (n, z, y, x, r²) in voxels; inside: squared distance < r²

Parameters count in this order: encoder levels from the finest (convolution 0, normalization 0,
convolution 1, normalization 1), decoder levels from the deepest (upsampling, then the same four), head;
the weight before the bias. Statistics start at mean 0, variance 1.

A record holds what PyTorch computes in float64, and the deviation from it that float32 arithmetic
explains, which is the measure for Swift's tolerance: the largest over PyTorch's own float32 runs
(oneDNN, channels last, plain) and over float64 runs in which every layer's output is disturbed by
normal noise of 2^-22 of its root mean square. A network has kinks (ReLU at 0, the winner of a pooling
window), and rounding that crosses one moves the gradient by a step; so `noise` is, out of `TRIES`
streams, the one that keeps the first forward pass furthest from every kink (metadata: margin).

    logits [S], logitsDeviation [1]        training-mode forward, every `stride`-th voxel (metadata)
    inference [S], inferenceDeviation [1]  evaluation mode with the statistics after that one forward
    losses [T], lossesDeviation [T]        the training losses of T steps (metadata: loss, optimizer)
    gradient.norm, .sum, .dot [P]          of step 1: L2 norm, sum, Σ ± g, minus where word(2^21 + p, i)
                                           has its top bit set
    gradient.samples [P, 16]               elements word(2^22 + p, j) mod count, j = 0..15
    gradient.normDeviation, .sumDeviation, .dotDeviation, .samplesDeviation [P]
    gradient.deviation [P]                 L2 norm of the change of the whole gradient
    statistics.mean, .variance [B, 4]      running statistics of each batch normalization after step 1:
                                           channels (j · count) / 4, j = 0..3; B in order of visit
    statistics.meanDeviation, .varianceDeviation [B]
    metadata.parameters                    the P names, comma-separated
    metadata.normalizations                the B names, comma-separated
    loss dice      1 − (2Σpt + 1) / (Σp + Σt + 1), p = sigmoid(logits), sums over the whole batch
    loss softmax   mean over voxels of −log softmax(logits)[target]
"""

import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).parents[3] / "docs" / "examples"))
from unet3d import UNet3D  # noqa: E402

INPUT, SIGNS, SAMPLES = 1 << 20, 1 << 21, 1 << 22
TRIES = 200


def words(stream, count):
    """SplitMix64's outputs for the states (stream << 40) + 0, 1, …"""
    with np.errstate(over="ignore"):
        z = np.arange(count, dtype=np.uint64) + np.uint64(stream << 40)
        z = z + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniforms(stream, count):
    """Numbers in [0, 1) with 53 random bits."""
    return (words(stream, count) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def parameters_in_order(network):
    """(name, tensor) in the order that numbers the streams."""
    blocks = [(f"encoder.{d}", block) for d, block in enumerate(network.encoder)]
    blocks += [(f"decoder.{d}", network.decoder[d]) for d in reversed(range(len(network.decoder)))]
    for path, block in blocks:
        layers = [("upsampling", block.upsampling)] if hasattr(block, "upsampling") else []
        for i in (0, 1):
            layers.append((f"convolution.{i}", block.convolution[i]))
            layers.append((f"normalization.{i}", block.normalization[i]))
        for name, layer in layers:
            yield f"{path}.{name}.weight", layer.weight
            yield f"{path}.{name}.bias", layer.bias
    yield "head.weight", network.head.weight
    yield "head.bias", network.head.bias


def normalizations_in_order(network):
    """(name, layer) of every batch normalization, in order of visit."""
    modules = dict(network.named_modules())
    for name, _ in parameters_in_order(network):
        if ".normalization." in name and name.endswith(".weight"):
            path = name.removesuffix(".weight")
            yield path, modules[path]


def center_and_bound(name, shape):
    """The interval of a parameter's values."""
    if name.endswith(".bias"):
        return 0.0, 0.1
    if ".normalization." in name:
        return 1.0, 0.2
    if ".upsampling." in name:
        return 0.0, (3.0 / shape[0]) ** 0.5
    fan_in = int(np.prod(shape[1:]))
    return 0.0, ((3.0 if name.startswith("head.") else 6.0) / fan_in) ** 0.5


def make_network(configuration):
    """A float32 network with the deterministic weights."""
    network = UNet3D(**configuration)
    with torch.no_grad():
        for p, (name, tensor) in enumerate(parameters_in_order(network)):
            center, bound = center_and_bound(name, tensor.shape)
            values = center + bound * (2.0 * uniforms(p, tensor.numel()) - 1.0)
            tensor.copy_(torch.from_numpy(values.astype(np.float32)).view(tensor.shape))
    return network


def make_sample(shape, balls, noise):
    """Input and target [N, 1, D, H, W], float32."""
    n, _, d, h, w = shape
    at = np.indices((n, d, h, w))
    inside = np.zeros((n, d, h, w), bool)
    for b, z, y, x, r2 in balls:
        inside |= (at[0] == b) & ((at[1] - z) ** 2 + (at[2] - y) ** 2 + (at[3] - x) ** 2 < r2)
    texture = uniforms(INPUT + noise, inside.size).reshape(inside.shape)
    image = (0.5 * inside + 0.5 * texture).astype(np.float32)
    return torch.from_numpy(image)[:, None], torch.from_numpy(inside.astype(np.float32))[:, None]


def dice(logits, target):
    p = torch.sigmoid(logits)
    return 1 - (2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)


def softmax(logits, target):
    return torch.nn.functional.cross_entropy(logits, target[:, 0].long())


LOSSES = dict(dice=dice, softmax=softmax)
OPTIMIZERS = dict(sgd=lambda p, rate: torch.optim.SGD(p, lr=rate, momentum=0.9),
                  adam=lambda p, rate: torch.optim.Adam(p, lr=rate))  # fmt: skip


def run(
    configuration, sample, loss, optimizer, rate, steps, dtype, channels_last=False, disturb=None
):
    """Everything the record needs from one training run, as float64 tensors."""
    network = make_network(configuration).to(dtype).train()
    input, target = (t.to(dtype) for t in sample)
    if disturb is not None:
        generator = torch.Generator().manual_seed(disturb)

        def add_noise(_, __, output):
            normal = torch.randn(output.shape, generator=generator, dtype=dtype)
            return output + 2.0**-22 * output.detach().square().mean().sqrt() * normal

        for layer in network.modules():
            if isinstance(layer, (torch.nn.Conv3d, torch.nn.ConvTranspose3d, torch.nn.BatchNorm3d)):
                layer.register_forward_hook(add_noise)
    if channels_last:
        network = network.to(memory_format=torch.channels_last_3d)
        input = input.to(memory_format=torch.channels_last_3d)
    update = OPTIMIZERS[optimizer](network.parameters(), rate)
    result = dict(losses=[])
    for step in range(steps):
        update.zero_grad()
        logits = network(input)
        value = LOSSES[loss](logits, target)
        value.backward()
        result["losses"].append(value.item())
        if step == 0:
            result["logits"] = logits.detach().double().contiguous()
            result["gradients"] = [
                tensor.grad.double().contiguous().clone()
                for _, tensor in parameters_in_order(network)
            ]
            layers = [layer for _, layer in normalizations_in_order(network)]
            result["means"] = [layer.running_mean.double().clone() for layer in layers]
            result["variances"] = [layer.running_var.double().clone() for layer in layers]
            with torch.no_grad():
                result["inference"] = network.eval()(input).double().contiguous()
            network.train()
        update.step()
    return result


def margin(network, sample):
    """The smallest distance of the forward pass from a kink: a ReLU's zero, a pooling's tie."""
    smallest = []

    def watch(layer, _, output):
        smallest.append(output.abs().min())
        if layer in pooled:
            windows = torch.relu(output).unfold(2, 2, 2).unfold(3, 2, 2).unfold(4, 2, 2).flatten(5)
            best = windows.topk(2, dim=-1).values
            smallest.append((best[..., 0] - best[..., 1])[best[..., 0] > 0].min())

    layers = [layer for _, layer in normalizations_in_order(network)]
    pooled = {block.normalization[1] for block in network.encoder[:-1]}
    handles = [layer.register_forward_hook(watch) for layer in layers]
    with torch.no_grad():
        network(sample[0].to(network.head.weight.dtype))
    for handle in handles:
        handle.remove()
    return torch.stack(smallest).min().item()


def summary(gradients):
    """norm, sum, dot [P] and samples [P, 16] of every gradient."""
    rows = dict(norm=[], sum=[], dot=[], samples=[])
    for p, gradient in enumerate(gradients):
        flat = gradient.flatten()
        negative = torch.from_numpy((words(SIGNS + p, len(flat)) >> np.uint64(63)).astype(np.float64))
        chosen = words(SAMPLES + p, 16) % np.uint64(len(flat))
        rows["norm"].append(flat.norm())
        rows["sum"].append(flat.sum())
        rows["dot"].append((flat * (1 - 2 * negative)).sum())
        rows["samples"].append(flat[chosen.astype(np.int64)])
    return {key: torch.stack(values) for key, values in rows.items()}


def record(path, configuration, shape, balls, loss, optimizer, rate, stride=1, steps=10):
    """Runs float64, the float32 variants and the disturbed runs, and writes `path`."""
    torch.set_num_threads(2)
    network = make_network(configuration).train()
    noise = max(range(TRIES), key=lambda n: margin(network, make_sample(shape, balls, n)))
    sample = make_sample(shape, balls, noise)
    distance = margin(network.double(), sample)

    arguments = (configuration, sample, loss, optimizer, rate, steps)
    exact = run(*arguments, torch.float64)
    rounded = [run(*arguments, torch.float32), run(*arguments, torch.float32, channels_last=True)]
    with torch.backends.mkldnn.flags(enabled=False):
        rounded.append(run(*arguments, torch.float32))
    rounded += [run(*arguments, torch.float64, disturb=seed) for seed in range(6)]

    def deviation(value):
        """The largest change of `value` over the other runs, elementwise."""
        return torch.stack([(value(r) - value(exact)).abs() for r in rounded]).amax(0)

    def strided(key):
        return lambda r: r[key].flatten()[::stride]

    tensors = {}
    for key in ("logits", "inference"):
        tensors[key] = strided(key)(exact)
        tensors[key + "Deviation"] = deviation(strided(key)).amax().view(1)
    tensors["losses"] = torch.tensor(exact["losses"], dtype=torch.float64)
    tensors["lossesDeviation"] = deviation(lambda r: torch.tensor(r["losses"], dtype=torch.float64))

    summaries = {id(r): summary(r["gradients"]) for r in (exact, *rounded)}
    for key, value in summaries[id(exact)].items():
        tensors[f"gradient.{key}"] = value
        change = deviation(lambda r: summaries[id(r)][key])
        tensors[f"gradient.{key}Deviation"] = change.amax(-1) if change.ndim > 1 else change
    tensors["gradient.deviation"] = torch.stack([
        torch.stack([(r["gradients"][p] - g).norm() for r in rounded]).amax()
        for p, g in enumerate(exact["gradients"])
    ])  # fmt: skip
    for key, name in (("means", "mean"), ("variances", "variance")):
        pick = [[j * len(m) // 4 for j in range(4)] for m in exact[key]]
        tensors[f"statistics.{name}"] = torch.stack([m[i] for m, i in zip(exact[key], pick)])
        tensors[f"statistics.{name}Deviation"] = torch.stack([
            torch.stack([(r[key][b] - m).abs().amax() for r in rounded]).amax()
            for b, m in enumerate(exact[key])
        ])  # fmt: skip

    text = dict(
        parameters=[name for name, _ in parameters_in_order(network)],
        normalizations=[name for name, _ in normalizations_in_order(network)],
        shape=shape,
        balls=[value for ball in balls for value in ball],
    )
    metadata = {key: ",".join(map(str, value)) for key, value in text.items()}
    metadata |= {key: str(value) for key, value in configuration.items()}
    metadata |= dict(loss=loss, optimizer=optimizer, rate=str(rate), stride=str(stride))
    metadata |= dict(noise=str(noise), margin=f"{distance:.2g}")
    save_file({k: v.float().contiguous() for k, v in tensors.items()}, path, metadata=metadata)

    print(f"{path.parent.name}/{path.name}: {path.stat().st_size} bytes, margin {distance:.1e}")
    print("  losses", [round(v, 6) for v in exact["losses"]])
    print("  their deviation", [f"{v:.1e}" for v in tensors["lossesDeviation"].tolist()])
    for key in ("logits", "inference"):
        print(f"  {key} rms {tensors[key].std():.3g}, deviation {tensors[key + 'Deviation'].item():.1e}")
    relative = tensors["gradient.deviation"] / tensors["gradient.norm"]
    chosen = [not (".convolution." in n and n.endswith("bias")) for n in text["parameters"]]
    print(f"  gradients' largest relative deviation {relative[chosen].max():.1e}")
