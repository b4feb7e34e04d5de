# /// script
# requires-python = ">=3.11"
# dependencies = ["pandas==3.1.1", "matplotlib==3.11.2"]
# ///
"""Plots the history.csv of one or more runs: loss, IoU and, where measured, detection F1 by epoch.

    python plot_history.py runs/nsn-base8/history.csv --output nsn-base8.png
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd


def plot(path: Path, output: Path) -> None:
    history = pd.read_csv(path)
    validated = history.dropna(subset=["val_iou"])
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    left.plot(history.epoch, history.train_loss, color="0.6", label="training")
    left.plot(validated.epoch, validated.val_loss, "o-", ms=3, color="C0", label="validation")
    left.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
    right.plot(history.epoch, history.train_iou, color="0.6", label="training IoU")
    right.errorbar(
        validated.epoch, validated.val_iou, validated.val_iou_sd, fmt="o-", ms=3, capsize=2,
        color="C0", label="validation IoU ± SD")
    if validated.val_detection_f1.notna().any():
        right.plot(
            validated.epoch, validated.val_detection_f1, "s-", ms=3, color="C3",
            label="validation F1 of centers")
    right.set(xlabel="epoch", ylim=(0, 1))
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(output, dpi=110)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("history", type=Path)
    parser.add_argument("--output", type=Path, default=Path("history.png"))
    arguments = parser.parse_args()
    plot(arguments.history, arguments.output)
