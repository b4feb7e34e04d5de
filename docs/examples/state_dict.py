"""Loads what `morula model export --format pytorch` writes: PyTorch alone, architecture from the shapes.

    network = load("nsn.pt")                      # logits = network(x), x [N, 1, z, y, x], scaled
    network = load("nsn.pt", eps=2e-5, running=False)  # as `morula model info` says of the model
"""
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, widths, kernel, eps, running, upsampled):
        super().__init__()
        if upsampled:
            self.upsampling = nn.ConvTranspose3d(upsampled, upsampled, 2, stride=2)
        pairs = list(zip(widths, widths[1:]))
        self.convolution = nn.ModuleList(nn.Conv3d(a, b, kernel, padding=kernel // 2) for a, b in pairs)
        self.normalization = nn.ModuleList(nn.BatchNorm3d(b, eps, track_running_stats=running) for _, b in pairs)

    def forward(self, x):
        for convolution, normalization in zip(self.convolution, self.normalization):
            x = torch.relu(normalization(convolution(x)))
        return x


class UNet3D(nn.Module):  # sides of the input: multiples of 2^(levels - 1)
    def __init__(self, inputs, outputs, levels, base, kernel, eps=1e-5, running=True):
        super().__init__()
        width = [base << level + 1 for level in range(levels)]
        entry = [[inputs, base]] + [[w, w] for w in width]
        rest = (kernel, eps, running)
        self.encoder = nn.ModuleList(Block(entry[i] + [width[i]], *rest, None) for i in range(levels))
        self.decoder = nn.ModuleList(Block([3 * w, w, w], *rest, 2 * w) for w in width[:-1])
        self.head = nn.Conv3d(width[0], outputs, 1)

    def forward(self, x):
        skips = [self.encoder[0](x)]
        for block in self.encoder[1:]:
            skips.append(block(nn.functional.max_pool3d(skips[-1], 2)))
        x = skips.pop()
        for block in reversed(self.decoder):
            x = block(torch.cat([block.upsampling(x), skips.pop()], 1))
        return self.head(x)


def load(path, eps=1e-5, running=True):
    state = torch.load(path, weights_only=True)
    first, head = state["encoder.0.convolution.0.weight"], state["head.weight"]
    levels = len({name.split(".")[1] for name in state if name.startswith("encoder")})
    network = UNet3D(first.shape[1], head.shape[0], levels, first.shape[0], first.shape[2], eps, running)
    network.load_state_dict(state, strict=running)
    return network.eval()
