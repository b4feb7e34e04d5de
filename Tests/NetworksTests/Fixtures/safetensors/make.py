# /// script
# requires-python = ">=3.10"
# dependencies = ["numpy==2.4.6", "safetensors==0.8.0", "torch==2.15.0"]
# ///
"""Files written by the reference implementation of safetensors. Run: uv run make.py"""
from pathlib import Path

import torch
from safetensors.torch import save_file

here = Path(__file__).parent

floats = torch.tensor([0.0, -0.0, 1.0, -2.5, 0.333251953125, 65504.0, 6.103515625e-05, 5.9604644775390625e-08])
save_file(
    {
        "f32": torch.tensor([[1.5, -2.25, 3e38], [1e-45, 0.1, -0.0]], dtype=torch.float32),
        "f64": torch.tensor([0.1, -1e300, 2.0**53 + 2], dtype=torch.float64),
        "f16": floats.to(torch.float16).reshape(2, 4),
        "bf16": torch.tensor([1.0, -3.140625, 3.3895313892515355e38, 9.183549615799121e-41], dtype=torch.bfloat16),
        "i64": torch.tensor([2**62, -(2**62), 7], dtype=torch.int64),
        "i32": torch.tensor([[2**31 - 1], [-(2**31)]], dtype=torch.int32),
        "i16": torch.tensor([32767, -32768], dtype=torch.int16),
        "i8": torch.tensor([127, -128], dtype=torch.int8),
        "u8": torch.tensor([0, 255, 3], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(42.0),
        "empty": torch.zeros(0, 3),
        'näme "with" \\ quotes': torch.tensor([1.0]),
    },
    here / "types.safetensors",
    metadata={"voxel size": "1.75, 0.8, 0.8 µm", "json": '{"levels": 3,\n"head": "sigmoid"}', "emoji": "🔬"},
)
