# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "numpy==2.4.6", "scipy==1.17.1", "tifffile==2026.3.3", "imagecodecs==2026.3.6",
#   "matplotlib==3.11.2", "pillow==13.0.0",
# ]
# ///
"""Compares two data sets in BBBC050's layout by stage, for example a real and a synthetic one.

    python compare_embryos.py PATH/TO/bbbc050 synthetic --picture comparison.png

Prints Markdown tables by the number of annotated nuclei. Volumes must have voxels of 0.8 × 0.8 × 1.75 µm;
what their files state is not read.
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
import tifffile
from PIL import Image
from scipy import ndimage, stats

matplotlib.use("Agg")
import matplotlib.pyplot as plt

SIZE = np.array([1.75, 0.8, 0.8])  # z, y, x in µm
STAGES = [(2, 3), (4, 6), (7, 11), (12, 18), (19, 30), (31, 45), (46, 64)]


def name(stage: tuple[int, int]) -> str:
    return f"{stage[0]}–{stage[1]}"


def read(folder: Path, kind: str, file: str) -> np.ndarray:
    return tifffile.imread(folder / kind / file)


def measure(folder: Path, file: str) -> dict:
    """One volume in numbers."""
    image = read(folder, "images", file).astype(float)
    truth = read(folder, "instances", file).astype(int)
    labels = np.unique(truth)[1:]
    # Nuclei that are annotated only by a center ball of 33 voxels have no outline.
    counts = np.bincount(truth.ravel())
    drawn = [n for n in labels if counts[n] > 40]
    inside = truth > 0
    far = ndimage.distance_transform_edt(~inside, sampling=SIZE)
    outside = image[far > 8]
    boxes = ndimage.find_objects(truth)
    whole, aspects = [], []
    for n in drawn:
        box = boxes[n - 1]
        if any(s.start == 0 or s.stop == e for s, e in zip(box, truth.shape)):
            continue
        points = np.argwhere(truth[box] == n) * SIZE
        deviations = points.std(axis=0)
        whole.append(counts[n] * SIZE.prod())
        aspects.append(deviations[0] / np.sqrt(deviations[1] * deviations[2]))
    centers = np.array(ndimage.center_of_mass(inside, truth, labels)).reshape(-1, 3) * SIZE
    distance = np.linalg.norm(centers[:, None] - centers[None], axis=-1)
    np.fill_diagonal(distance, np.inf)
    means = ndimage.mean(image, truth, drawn)
    spreads = ndimage.standard_deviation(image, truth, drawn)
    haze = image[(far > 1) & (far < 5)].mean() - outside.mean()
    return {
        "count": len(labels), "image": image, "truth": truth, "volumes": whole, "aspects": aspects,
        "quantiles": np.percentile(image, [1, 25, 50, 75, 95, 99, 99.9]),
        "foreground": image[inside].mean(), "background": np.median(outside),
        "contrast": image[inside].mean() - outside.mean(), "noise": outside.std(), "haze": haze,
        "variation": np.median(spreads / means), "brightness": np.std(means) / np.mean(means),
        "neighbor": np.median(distance.min(axis=1)) if len(labels) > 1 else np.nan,
        "cut": 1 - len(whole) / max(1, len(drawn)), "filled": inside.mean(),
    }


def histogram_distance(a: list[np.ndarray], b: list[np.ndarray]) -> tuple[float, float]:
    """Jensen–Shannon divergence in bits and Kolmogorov–Smirnov distance of pooled gray levels."""
    edges = np.concatenate([[0], np.geomspace(80, 65536, 120)])
    p, q = (sum(np.histogram(v, edges)[0] / v.size for v in each) / len(each) for each in (a, b))
    m = (p + q) / 2
    js = (stats.entropy(p, m, base=2) + stats.entropy(q, m, base=2)) / 2
    return js, np.abs(np.cumsum(p) - np.cumsum(q)).max()


def volumes(folder: Path, pattern: str) -> list[dict]:
    files = sorted(f.name for f in (folder / "images").glob(pattern))
    return [measure(folder, f) for f in files]


def tables(real: list[dict], made: list[dict]) -> None:
    def by(stage, records):
        return [r for r in records if stage[0] <= r["count"] <= stage[1]]

    def mean(records, key):
        return np.nanmean([r[key] for r in records])

    print("| nuclei | volumes | 1 % | 25 % | 50 % | 75 % | 95 % | 99 % | 99.9 % | JS (bits) | KS |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for stage in STAGES:
        a, b = by(stage, real), by(stage, made)
        if not a or not b:
            continue
        js, ks = histogram_distance([r["image"] for r in a], [r["image"] for r in b])
        qa, qb = (np.mean([r["quantiles"] for r in each], axis=0) for each in (a, b))
        cells = " | ".join(f"{x:.0f} / {y:.0f}" for x, y in zip(qa, qb))
        print(f"| {name(stage)} | {len(a)} / {len(b)} | {cells} | {js:.3f} | {ks:.3f} |")
    rows = [
        ("contrast", "{:.0f}"), ("noise", "{:.1f}"), ("haze", "{:.1f}"), ("variation", "{:.2f}"),
        ("brightness", "{:.2f}"), ("neighbor", "{:.1f}"), ("cut", "{:.2f}"), ("filled", "{:.3f}"),
    ]
    print("\n| nuclei | SNR | " + " | ".join(key for key, _ in rows) + " |")
    print("|---" * (len(rows) + 2) + "|")
    for stage in STAGES:
        a, b = by(stage, real), by(stage, made)
        if not a or not b:
            continue
        snr = [np.mean([r["contrast"] / r["noise"] for r in each]) for each in (a, b)]
        cells = " | ".join(
            f.format(mean(a, key)) + " / " + f.format(mean(b, key)) for key, f in rows)
        print(f"| {name(stage)} | {snr[0]:.1f} / {snr[1]:.1f} | {cells} |")
    print("\n| nuclei | volume in µm³, real | synthetic | z/xy, real | synthetic |")
    print("|---|---|---|---|---|")
    for stage in STAGES:
        a, b = by(stage, real), by(stage, made)
        if not a or not b:
            continue
        cells = []
        for each in (a, b):
            v = np.concatenate([r["volumes"] for r in each])
            cells.append(f"{v.mean():.0f} ± {v.std():.0f}")
        for each in (a, b):
            v = np.concatenate([r["aspects"] for r in each])
            cells.append(f"{v.mean():.2f} ± {v.std():.2f}")
        print(f"| {name(stage)} | " + " | ".join(cells) + " |")


def picture(real: list[dict], made: list[dict], path: Path) -> None:
    """Per stage the central slice and both projections, real above synthetic."""
    wanted = [2, 4, 8, 16, 32, 50]
    figure, axes = plt.subplots(
        6, len(wanted), figsize=(11, 10.4), layout="constrained", gridspec_kw={
            "height_ratios": [1, 1, 0.75, 1, 1, 0.75]})
    for column, count in enumerate(wanted):
        for row, (records, title) in enumerate([(real, "real"), (made, "synthetic")]):
            # The volume of median brightness among those nearest in number of nuclei.
            near = min(abs(r["count"] - count) for r in records)
            same = [r for r in records if abs(r["count"] - count) <= near + (count > 16)]
            same.sort(key=lambda r: r["contrast"])
            chosen = same[len(same) // 2]
            image, truth = chosen["image"], chosen["truth"]
            high = np.percentile(image, 99.8)
            # The slice with the most nucleus.
            best = int((truth > 0).sum(axis=(1, 2)).argmax())
            views = [
                (image[best], truth[best] > 0, 1), (image.max(0), (truth > 0).max(0), 1),
                (image.max(1), (truth > 0).max(1), SIZE[0] / SIZE[2])]
            for k, (view, mask, aspect) in enumerate(views):
                panel = axes[3 * row + k, column]
                panel.imshow(
                    view, cmap="gray", vmin=chosen["background"] - 10, vmax=high, aspect=aspect,
                    interpolation="nearest")
                panel.contour(mask, [0.5], colors="red", linewidths=0.7)
                panel.set(xticks=[], yticks=[])
                if column == 0:
                    panel.set_ylabel(f"{title}\n{['slice', 'maximum over z', 'maximum over y'][k]}")
                if k == 0:
                    panel.set_title(f"{chosen['count']} nuclei", fontsize=9)
    figure.savefig(path, dpi=78)
    # Gray panels and red lines need few colors.
    Image.open(path).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("real", type=Path)
    parser.add_argument("synthetic", type=Path)
    parser.add_argument("--pattern", default="*.tif", help="which files of both")
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    real = volumes(options.real, options.pattern)
    made = volumes(options.synthetic, options.pattern)
    tables(real, made)
    if options.picture:
        picture(real, made, options.picture)


if __name__ == "__main__":
    main()
