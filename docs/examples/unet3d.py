# /// script
# requires-python = ">=3.11"
# dependencies = ["torch==2.15.0", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""Morula's UNet3D in PyTorch: the same network, the same names, the same numbers.

The state dict uses the names of Morula's safetensors files, so weights move both ways:

    from unet3d import load, save
    network = load("nsn.safetensors")   # architecture read from the shapes
    save(network, "again.safetensors")

    encoder.{level}.convolution.{0,1}.{weight,bias}     [out, in, z, y, x], [out]
    encoder.{level}.normalization.{0,1}.{weight,bias,running_mean,running_var}
    decoder.{level}.upsampling.{weight,bias}            [in, out, 2, 2, 2], [out]
    decoder.{level}.convolution.{0,1}.{weight,bias}
    decoder.{level}.normalization.{0,1}.{weight,bias,running_mean,running_var}
    head.{weight,bias}

Level 0 is the finest; the deepest encoder level is the bottom of the U and has no decoder level.
Run as a script, it prints the parameter counts of the three published networks.
"""

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn


def paired_layers(channels_in, channels, kernel, eps, momentum):
    """Two convolutions and two batch normalizations, channels_in -> channels[0] -> channels[1]."""
    widths = [channels_in, *channels]
    return (
        nn.ModuleList(
            nn.Conv3d(a, b, kernel, padding=kernel // 2) for a, b in zip(widths, widths[1:])
        ),
        nn.ModuleList(nn.BatchNorm3d(c, eps=eps, momentum=momentum) for c in channels),
    )


class Block(nn.Module):
    """(convolution, batch normalization, ReLU) twice, after an upsampling in the decoder."""

    def __init__(self, channels_in, channels, kernel, eps, momentum, upsampled=None):
        super().__init__()
        if upsampled is not None:
            self.upsampling = nn.ConvTranspose3d(upsampled, upsampled, 2, stride=2)
        self.convolution, self.normalization = paired_layers(
            channels_in, channels, kernel, eps, momentum
        )

    def forward(self, x):
        for convolution, normalization in zip(self.convolution, self.normalization):
            x = torch.relu(normalization(convolution(x)))
        return x


class UNet3D(nn.Module):
    """[N, in, D, H, W] -> logits [N, out, D, H, W]; D, H, W multiples of 2^(levels - 1)."""

    def __init__(
        self, in_channels=1, out_channels=1, levels=3, base=16, kernel=3, eps=1e-5, momentum=0.1
    ):
        super().__init__()
        width = [base * 2 ** (level + 1) for level in range(levels)]
        rest = (kernel, eps, momentum)
        self.encoder = nn.ModuleList(
            Block(
                in_channels if level == 0 else width[level - 1],
                [base if level == 0 else width[level - 1], width[level]],
                *rest,
            )
            for level in range(levels)
        )
        self.decoder = nn.ModuleList(
            Block(
                width[level + 1] + width[level],
                [width[level], width[level]],
                *rest,
                upsampled=width[level + 1],
            )
            for level in range(levels - 1)
        )
        self.head = nn.Conv3d(width[0], out_channels, 1)

    def forward(self, x):
        skips = []
        for block in self.encoder[:-1]:
            x = block(x)
            skips.append(x)
            x = nn.functional.max_pool3d(x, 2)
        x = self.encoder[-1](x)
        for block, skip in zip(reversed(self.decoder), reversed(skips)):
            x = block(torch.cat([block.upsampling(x), skip], dim=1))
        return self.head(x)


def load(path, eps=1e-5):
    """A network in inference mode from a Morula safetensors file."""
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    first, head = tensors["encoder.0.convolution.0.weight"], tensors["head.weight"]
    network = UNet3D(
        in_channels=first.shape[1],
        out_channels=head.shape[0],
        levels=len({name.split(".")[1] for name in tensors if name.startswith("encoder.")}),
        base=first.shape[0],
        kernel=first.shape[2],
        eps=eps,
    )
    network.load_state_dict(tensors)
    return network.eval()


def save(network, path, metadata=None):
    """Writes the weights and running statistics as safetensors, in float32."""
    tensors = {
        name: value.detach().float().contiguous()
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    save_file(tensors, path, metadata=metadata)


if __name__ == "__main__":
    for name, size in {
        "3D U-Net": dict(levels=4, base=32),
        "NSN": dict(levels=3, base=16),
        "NDN": dict(levels=5, base=12, kernel=5),
    }.items():
        for channels in (1, 2):
            with torch.device("meta"):
                network = UNet3D(out_channels=channels, **size)
            count = sum(p.numel() for p in network.parameters())
            print(f"{name}, {channels} output channel(s): {count:,} parameters")
