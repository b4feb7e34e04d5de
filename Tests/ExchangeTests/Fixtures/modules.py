# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "numpy==2.4.6", "safetensors==0.8.0"]
# ///
"""Pickled PyTorch networks that state what they compute, and state dicts that do not.

    python modules.py            # writes modules/ beside this script

`modules/NAME.pt` is what `torch.save` wrote, compressed. `modules/logits.safetensors` holds `input`
[1, 1, z, y, x] and, for the networks that Morula can represent, what PyTorch computes: NAME [1, out, z, y, x].
"""

import functools
import pathlib
import sys
import types
import zipfile

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent / "modules"


class UNet(nn.Module):
    """Two levels, base width 2; `block` makes two convolutions with what follows them."""

    def __init__(self, block, pool, upsampling, head):
        super().__init__()
        self.encoder0, self.encoder1 = block(1, 2, 4), block(4, 4, 8)
        self.pool, self.upsampling = pool, upsampling
        self.decoder0, self.head = block(12, 4, 4), head

    def forward(self, x):
        skip = self.encoder0(x)
        x = self.upsampling(self.encoder1(self.pool(skip)))
        return self.head(self.decoder0(torch.cat([x, skip], 1)))


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


class Block(nn.Module):
    """A block whose activation is a function among its attributes."""

    def __init__(self, function, a, b, c):
        super().__init__()
        self.function = function
        self.conv1, self.norm1 = nn.Conv3d(a, b, 3, padding=1), nn.BatchNorm3d(b)
        self.conv2, self.norm2 = nn.Conv3d(b, c, 3, padding=1), nn.BatchNorm3d(c)

    def forward(self, x):
        x = self.function(self.norm1(self.conv1(x)))
        return self.function(self.norm2(self.conv2(x)))


def doubled(module, inputs, output):
    return 2 * output


def network(conv=None, norm=nn.BatchNorm3d, act=nn.ReLU, order="cna", pool=None, up=None, head=None,
            block=None):
    torch.manual_seed(0)
    conv = conv or functools.partial(nn.Conv3d, kernel_size=3, padding=1)

    def sequence(a, b, c):
        layers = []
        for x, y in ((a, b), (b, c)):
            made = {"c": lambda: conv(x, y), "n": lambda: norm(y), "a": act, "d": nn.Dropout3d,
                    "i": nn.Identity}
            layers += [made[kind]() for kind in order]
        return nn.Sequential(*layers)

    net = UNet(block or sequence, pool or nn.MaxPool3d(2), up or nn.ConvTranspose3d(8, 8, 2, stride=2),
               head or nn.Conv3d(4, 1, 1))
    generator = np.random.default_rng(3)
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if value.dim() == 1:
                low, high = (0.5, 1.5) if name.endswith(("weight", "var")) else (-0.3, 0.3)
                value.copy_(torch.from_numpy(generator.uniform(low, high, value.shape)))
            # Few different numbers, so that files compress.
            value.copy_((value * 32).round() / 32)
    return net.eval()


def with_(net, change):
    change(net)
    return net


def mixed_epsilon(net):
    for index, module in enumerate(m for m in net.modules() if isinstance(m, nn.BatchNorm3d)):
        module.eps = 10.0 ** -(1 + index % 5)


def strided(net):
    net.encoder1[0].stride = (2, 2, 2)


def convolution(**options):
    return functools.partial(nn.Conv3d, **{"kernel_size": 3, "padding": 1, **options})


def sequential(*layers):
    return nn.Sequential(*layers)


up = functools.partial(nn.ConvTranspose3d, 8, 8)
head = functools.partial(nn.Conv3d, 4)
blocks = lambda function: network(block=functools.partial(Block, function))

ACCEPTED = {
    "plain": lambda: network(),
    "same": lambda: network(conv=convolution(padding="same")),
    "no-bias": lambda: network(conv=convolution(bias=False)),
    "inplace": lambda: network(act=lambda: nn.ReLU(inplace=True)),
    "leaky-0": lambda: network(act=lambda: nn.LeakyReLU(0.0)),
    "dropout": lambda: network(order="cdnaid"),
    "instance-norm": lambda: network(norm=nn.InstanceNorm3d),
    "instance-norm-affine": lambda: network(norm=functools.partial(nn.InstanceNorm3d, affine=True)),
    "instance-norm-tracking": lambda: network(
        norm=functools.partial(nn.InstanceNorm3d, affine=True, track_running_stats=True)),
    "group-norm-of-channels": lambda: network(norm=lambda n: nn.GroupNorm(n, n)),
    "no-affine": lambda: network(norm=functools.partial(nn.BatchNorm3d, affine=False)),
    "no-tracking": lambda: network(norm=functools.partial(nn.BatchNorm3d, track_running_stats=False)),
    "bare": lambda: network(
        norm=functools.partial(nn.BatchNorm3d, affine=False, track_running_stats=False)),
    "epsilon": lambda: network(norm=functools.partial(nn.BatchNorm3d, eps=0.1)),
    "mixed-epsilon": lambda: with_(network(), mixed_epsilon),
    "ceil": lambda: network(pool=nn.MaxPool3d((2, 2, 2), stride=2, ceil_mode=True)),
    "softmax": lambda: network(head=sequential(head(2, 1))),
    "function-relu": lambda: blocks(F.relu),
}

REFUSED = {
    "padding-reflect": lambda: network(conv=convolution(padding_mode="reflect")),
    "padding-replicate": lambda: network(conv=convolution(padding_mode="replicate")),
    "padding-circular": lambda: network(conv=convolution(padding_mode="circular")),
    "dilation": lambda: network(conv=convolution(padding="same", dilation=2)),
    "groups": lambda: network(conv=lambda a, b: nn.Conv3d(a, b, 3, padding=1, groups=min(a, 2))),
    "kernel": lambda: network(conv=convolution(kernel_size=(1, 3, 3), padding=(0, 1, 1))),
    "stride": lambda: with_(network(), strided),
    "leaky": lambda: network(act=lambda: nn.LeakyReLU(0.2)),
    "prelu": lambda: network(act=nn.PReLU),
    "elu": lambda: network(act=nn.ELU),
    "relu6": lambda: network(act=nn.ReLU6),
    "sigmoid-inside": lambda: network(act=nn.Sigmoid),
    "own-class": lambda: network(act=Swish),
    "function-gelu": lambda: blocks(F.gelu),
    "function-tanh": lambda: blocks(torch.tanh),
    "function-partial": lambda: blocks(functools.partial(F.leaky_relu, negative_slope=0.1)),
    "group-norm": lambda: network(norm=lambda n: nn.GroupNorm(1, n)),
    "norm-last": lambda: network(order="can"),
    "no-activation": lambda: network(order="cn"),
    "mixed-tracking": lambda: with_(
        network(), lambda n: n.encoder1.__setitem__(1, nn.BatchNorm3d(4, track_running_stats=False))),
    "average-pool": lambda: network(pool=nn.AvgPool3d(2)),
    "wide-pool": lambda: network(pool=nn.MaxPool3d(3, 2, 1)),
    "wide-up": lambda: network(up=up(3, stride=2, padding=1, output_padding=1)),
    "upsample": lambda: network(
        up=sequential(nn.Upsample(scale_factor=2, mode="trilinear"), nn.Conv3d(8, 8, 1))),
    "up-relu": lambda: network(up=sequential(up(2, stride=2), nn.ReLU())),
    "head-relu": lambda: network(head=sequential(head(1, 1), nn.ReLU())),
    "sigmoid-of-two": lambda: network(head=sequential(head(2, 1), nn.Sigmoid())),
    "softmax-dim": lambda: network(head=sequential(head(2, 1), nn.Softmax(dim=2))),
    "hook": lambda: with_(network(), lambda n: n.encoder0[1].register_forward_hook(doubled)),
    "weight-norm": lambda: with_(network(), lambda n: nn.utils.weight_norm(n.encoder0[0])),
}


def changed(change, prefix=""):
    state = {prefix + name: value for name, value in network().state_dict().items()}
    change(state)
    return state


def first(name, value):
    return lambda state: state[name].view(-1).__setitem__(0, value)



T = torch.tensor
STATES = {
    "state-group-norm": lambda: {
        name.replace("encoder0.1", "encoder0.groupnorm1"): value
        for name, value in network(norm=lambda n: nn.GroupNorm(1, n)).state_dict().items()},
    "state-criterion": lambda: {"state_dict": changed(
        lambda s: s.update({"criterion.pos_weight": T([3.0]), "val_iou.confmat": torch.zeros(2, 2),
                            "model.total_ops": T([1.0])}), "model.")},
    "state-averaged": lambda: torch.optim.swa_utils.AveragedModel(network()).state_dict(),
    "state-ema": lambda: changed(lambda s: s.update(
        {"ema_model." + name: value + 1 for name, value in network().state_dict().items()}), "model."),
    "state-mean": lambda: changed(lambda s: s.update({"mean": T([0.5])})),
    "state-second-decoder": lambda: changed(lambda s: s.update(
        {"other_up.weight": torch.zeros(8, 8, 2, 2, 2), "other_head.weight": torch.zeros(1, 4, 1, 1, 1)})),
    "state-no-variance": lambda: changed(lambda s: s.pop("encoder1.1.running_var")),
    "state-no-bias": lambda: changed(lambda s: s.pop("decoder0.3.bias")),
    "state-prelu": lambda: network(order="ca", act=nn.PReLU).state_dict(),
    "state-nan": lambda: changed(first("head.bias", float("nan"))),
    "state-negative": lambda: changed(first("encoder0.1.running_var", -0.5)),
    "state-half": lambda: {
        name: value.half() if value.is_floating_point() else value
        for name, value in changed(first("encoder0.0.weight", 1e6)).items()},
    "state-double": lambda: {
        name: value.double() if value.is_floating_point() else value
        for name, value in network().state_dict().items()},
    "state-beyond": lambda: changed(lambda s: s.update(
        {"head.bias": torch.full((1,), 1e300, dtype=torch.float64)})),
    "state-weight-norm": lambda: with_(
        network(), lambda n: nn.utils.parametrizations.weight_norm(n.encoder0[0])).state_dict(),
}


def save(value, name, write=torch.save):
    path = HERE / f"{name}.pt"
    write(value, path)
    with zipfile.ZipFile(path) as archive:
        entries = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry, data in entries:
            archive.writestr(zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0)), data,
                             zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    torch.set_num_threads(1)
    module = types.ModuleType("networks")
    sys.modules["networks"] = module
    for value in (UNet, Swish, Block, doubled):
        value.__module__ = "networks"
        setattr(module, value.__name__, value)
    x = np.random.default_rng(1).random((1, 1, 4, 8, 6)).astype("float32")
    results = {"input": x}
    for name, make in (ACCEPTED | REFUSED).items():
        net = make().eval()
        save(net, name)
        if name in ACCEPTED:
            with torch.no_grad():
                results[name] = net.double()(torch.from_numpy(x).double()).float().numpy()
    for name, make in STATES.items():
        save(make(), name)
    save_file(results, HERE / "logits.safetensors")
    program = torch.jit.trace(network(), torch.from_numpy(x))
    save(program, "torchscript", torch.jit.save)
