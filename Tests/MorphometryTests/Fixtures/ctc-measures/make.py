# /// script
# requires-python = ">=3.11"
# dependencies = ["py-ctcmetrics==1.3.3", "tifffile==2026.3.3", "safetensors==0.8.0", "numpy==2.4.6"]
# ///
"""Small tracked series with errors, and what py-ctcmetrics says about them.

    <case>.truth, <case>.prediction          [t, z, y, x] uint8 labels
    <case>.truth_tracks, <case>.tracks       [n, 4] int64, lines L B E P
    <case>.measures [5] float64              SEG, DET, TRA, AOGM, AOGM_0
    <case>.operations [6] int64              NS, FN, FP, ED, EA, EC
"""

import tempfile
from pathlib import Path

import numpy as np
import tifffile
from ctc_metrics.scripts.evaluate import evaluate_sequence
from safetensors.numpy import save_file

FRAMES, DEPTH, SIDE, CELL = 5, 3, 18, 6
# Label: first and last frame, parent, place in the 3 × 3 grid of cells.
TRUTH = {
    1: (0, 1, 0, 0),
    2: (2, 4, 1, 0),
    3: (2, 4, 1, 1),
    4: (0, 4, 0, 4),
    5: (0, 2, 0, 8),
    6: (1, 4, 0, 6),
    7: (0, 2, 0, 2),
    8: (3, 4, 7, 2),  # continues 7: a "division" into one
}


def true_box(label, frame, shift=(0, 0), grow=0):
    row, column = divmod(TRUTH[label][3], 3)
    wander = (label + frame) % 2
    y, x = row * CELL + wander + shift[0], column * CELL + (1 - wander) + shift[1]
    clip = lambda value: max(0, min(SIDE, value))
    return (
        slice(0, DEPTH),
        slice(clip(y - grow), clip(y + 4 + grow)),
        slice(clip(x - grow), clip(x + 4 + grow)),
    )


def empty():
    return np.zeros((FRAMES, DEPTH, SIDE, SIDE), np.uint8)


def truth_volume():
    volume = empty()
    for label, (first, last, _, _) in TRUTH.items():
        for frame in range(first, last + 1):
            volume[(frame, *true_box(label, frame))] = label
    return volume


truth_tracks = np.array([[l, b, e, p] for l, (b, e, p, _) in TRUTH.items()], np.int64)


def tracks_of(volume, parents):
    """A line per label; `parents` gives a parent for some."""
    lines = []
    for label in np.unique(volume[volume > 0]):
        frames = [t for t in range(FRAMES) if (volume[t] == label).any()]
        lines.append([label, frames[0], frames[-1], parents.get(int(label), 0)])
    return np.array(lines, np.int64).reshape(-1, 4)


true_parents = {2: 1, 3: 1, 8: 7}
cases = {}


def case(name, volume, parents=true_parents):
    cases[name] = (volume, tracks_of(volume, parents))


case("equal", truth_volume())

moved = empty()
for label, (first, last, _, _) in TRUTH.items():
    for frame in range(first, last + 1):
        moved[(frame, *true_box(label, frame, shift=(label % 2, label % 3 == 0)))] = label + 20
case("moved", moved, {22: 21, 23: 21, 28: 27})

misses = truth_volume()
misses[0][misses[0] == 4] = 0
misses[3:][misses[3:] == 6] = 0
misses[misses == 5] = 0
case("misses", misses)

extra = truth_volume()
extra[0, :, 14:17, 7:9] = 30
extra[1:4, 0, 8, 14:17] = 31
case("extra", extra, true_parents | {31: 30})

merged = truth_volume()
merged[2:][merged[2:] == 3] = 2  # two daughters in one
merged[2][merged[2] == 7] = 4
merged[3:][merged[3:] == 8] = 0
merged[merged == 6] = 5
case("merged", merged, {2: 1})

split = truth_volume()
for frame in range(FRAMES):
    box = true_box(4, frame)
    half = (box[0], box[1], slice(box[2].start, box[2].start + 1))
    split[(frame, *half)] = 40  # a quarter: 4 keeps more than half
box = true_box(6, 2)
split[(2, box[0], box[1], slice(box[2].start, box[2].start + 2))] = 41  # halves: neither covers
case("split", split)

swapped = truth_volume()
for frame in (3, 4):
    four, six = swapped[frame] == 4, swapped[frame] == 6
    swapped[frame][four], swapped[frame][six] = 6, 4
case("swapped", swapped)

missed_division = truth_volume()
missed_division[missed_division == 2] = 1  # the mother lives on, a daughter appears
case("missed_division", missed_division, {8: 7})

false_division = truth_volume()
false_division[2:][false_division[2:] == 4] = 44
case("false_division", false_division, true_parents | {44: 4, 6: 0, 8: 5})

wrong_mother = truth_volume()
case("wrong_mother", wrong_mother, {2: 1, 3: 0, 8: 5})

continued = truth_volume()
continued[continued == 8] = 7  # a link where the truth has a division
broken = continued.copy()
broken[3:][broken[3:] == 4] = 45  # a division where the truth has a link
case("continued", continued, {2: 1, 3: 1})
case("broken", broken, {2: 1, 3: 1, 45: 4})

case("nearly_nothing", np.where(truth_volume() == 5, 9, 0).astype(np.uint8), {})

for seed in range(6):
    random = np.random.default_rng(seed)
    volume, parents = empty(), {}
    labels = dict(zip(TRUTH, random.permutation(np.arange(50, 50 + len(TRUTH))).tolist()))
    for label, (first, last, parent, _) in TRUTH.items():
        if parent and random.random() < 0.7:
            parents[labels[label]] = labels[parent]
        for frame in range(first, last + 1):
            if random.random() < 0.1:
                continue
            own = labels[label]
            if random.random() < 0.15:  # takes another's label
                own = labels[int(random.choice(list(TRUTH)))]
            shift = random.integers(-2, 3, 2)
            volume[(frame, *true_box(label, frame, shift, int(random.integers(0, 2))))] = own
    for extra_label in range(100, 100 + int(random.integers(0, 4))):
        t, y, x = random.integers(0, FRAMES), *random.integers(0, SIDE - 2, 2)
        volume[t, :, y : y + 2, x : x + 2] = extra_label
    # A label that comes back after a gap goes on as a new track.
    new = 150
    for label in np.unique(volume[volume > 0]):
        current, seen = int(label), False
        for frame in range(FRAMES):
            here = volume[frame] == label
            if seen and not here.any() and (volume[frame + 1 :] == label).any():
                parents[new] = current if random.random() < 0.5 else 0
                volume[frame + 1 :][volume[frame + 1 :] == label] = new
                current, label, new = new, new, new + 1
                seen = False
            elif here.any():
                seen = True
    table = tracks_of(volume, parents)
    ends = {int(l): int(e) for l, _, e, _ in table}
    for line in table:
        if line[3] and ends.get(int(line[3]), FRAMES) >= line[1]:
            line[3] = 0
    cases[f"random{seed}"] = (volume, table)

tensors = {}
for name, (volume, table) in cases.items():
    truth = truth_volume()
    with tempfile.TemporaryDirectory() as folder:
        result, reference = Path(folder) / "01_RES", Path(folder) / "01_GT"
        for place in (result, reference / "SEG", reference / "TRA"):
            place.mkdir(parents=True)
        for t in range(FRAMES):
            for path, image in (
                (result / f"mask{t:03}.tif", volume),
                (reference / "SEG" / f"man_seg{t:03}.tif", truth),
                (reference / "TRA" / f"man_track{t:03}.tif", truth),
            ):
                tifffile.imwrite(path, image[t].astype(np.uint16))
        np.savetxt(result / "res_track.txt", table, fmt="%d")
        np.savetxt(reference / "TRA" / "man_track.txt", truth_tracks, fmt="%d")
        scores = evaluate_sequence(
            str(result), str(reference), metrics=["Valid", "SEG", "DET", "TRA"], threads=1)
    assert scores["Valid"] == 1, name
    tensors[f"{name}.truth"], tensors[f"{name}.prediction"] = truth, volume
    tensors[f"{name}.truth_tracks"], tensors[f"{name}.tracks"] = truth_tracks, table
    tensors[f"{name}.measures"] = np.array(
        [scores[key] for key in ("SEG", "DET", "TRA", "AOGM", "AOGM_0")])
    tensors[f"{name}.operations"] = np.array(
        [scores[f"AOGM_{key}"] for key in ("NS", "FN", "FP", "ED", "EA", "EC")], np.int64)
save_file(tensors, Path(__file__).parent / "ctc-measures.safetensors")
