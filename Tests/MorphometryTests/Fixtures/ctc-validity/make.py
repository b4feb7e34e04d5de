# /// script
# requires-python = ">=3.11"
# dependencies = ["py-ctcmetrics==1.3.3", "numpy==2.4.6"]
# ///
"""Tracked results with random errors, and whether py-ctcmetrics calls them valid.

ctc-validity.json: a list of {"tracks": [[L, B, E, P], …], "labels": [[labels of frame 0], …],
"valid": 0 or 1}. A parent that py-ctcmetrics asserts to be there (one line, no more) and that is
not there counts as invalid. No track reaches beyond the last frame: py-ctcmetrics does not look.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from ctc_metrics.metrics import valid

warnings.simplefilter("ignore")
FRAMES = 6
r = np.random.default_rng(18)


def result():
    """A valid result: some tracks, some of which divide."""
    tracks, label = [], 0
    for _ in range(r.integers(1, 4)):
        label += r.integers(1, 4)
        first = int(r.integers(0, FRAMES - 2))
        last = int(r.integers(first, FRAMES))
        parent = label
        tracks.append([label, first, last, 0])
        if last < FRAMES - 1 and r.random() < 0.6:
            for _ in range(2):
                label += 1
                start = int(r.integers(last + 1, FRAMES))
                tracks.append([label, start, int(r.integers(start, FRAMES)), parent])
    return [list(map(int, track)) for track in tracks]


def corrupt(tracks, labels):
    track = tracks[r.integers(len(tracks))]
    frame = r.integers(FRAMES)
    match r.integers(12):
        case 0:
            if labels[frame]:
                labels[frame].pop(r.integers(len(labels[frame])))
        case 1:
            labels[frame].append(int(r.integers(20, 30)))
        case 2:
            labels[frame].append(track[0])
        case 3:
            track[1] = int(r.integers(0, FRAMES))
        case 4:
            track[2] = int(r.integers(0, FRAMES))
        case 5:
            track[3] = int(r.integers(0, 12))
        case 6:
            track[3] = -1
        case 7:
            track[3] = track[0]
        case 8:
            tracks.append(list(track))
        case 9:
            if len(tracks) > 1:
                tracks.remove(track)
        case 10:
            track[0] = int(r.integers(1, 12))
        case 11:
            other = tracks[r.integers(len(tracks))]
            other[3] = track[0] if r.random() < 0.5 else 0


cases = []
for number in range(600):
    tracks = result()
    labels = [[t[0] for t in tracks if t[1] <= frame <= t[2]] for frame in range(FRAMES)]
    for _ in range(number % 3):
        corrupt(tracks, labels)
    labels = [sorted(set(frame)) for frame in labels]
    try:
        answer = valid([f"mask{frame:03}.tif" for frame in range(FRAMES)], np.array(tracks), labels)
    except AssertionError:
        answer = 0
    cases.append({"tracks": tracks, "labels": labels, "valid": int(answer)})
print(sum(case["valid"] for case in cases), "of", len(cases), "are valid")
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
Path(__file__).with_name("ctc-validity.json").write_text(f"[\n{lines}\n]\n")
