#!/bin/sh
# How the defaults of `morula segment` were chosen: Morula's own models on embryos 1–10, one option changed at
# a time. Prints a row for each.
#
#   Models/choose.sh PATH/TO/bbbc050 [FOLDER]
set -eu
cd "$(dirname "$0")/.."
DATA=$(realpath "$1")
OUT=${2:-.build/choice}
MORULA=${MORULA:-.build/release/morula}
GRID="--voxel-size 0.8,0.8,1.75"
mkdir -p "$OUT/images" "$OUT/truth"
for embryo in 01 02 03 04 05 06 07 08 09 10; do
  for time in 101 301 401 501; do
    ln -sf "$DATA/images/Emb${embryo}_t$time.tif" "$OUT/images/"
    ln -sf "$DATA/instances/Emb${embryo}_t$time.tif" "$OUT/truth/"
  done
done

printf '%-36s %7s %7s %7s %7s %7s %7s\n' options IoU SEG MUCov 'CTC SEG' F1 volume
try() { # options
  rm -rf "$OUT/labels"
  $MORULA segment "$OUT/images" $GRID --output "$OUT/labels" "$@" > "$OUT/log" 2>&1
  $MORULA evaluate --prediction "$OUT/labels" --truth "$OUT/truth" $GRID --bootstrap 0 2> /dev/null |
    awk -v options="${*:-(the defaults)}" '
      /^IoU / { iou = $2 } /^SEG / { seg = $2 } /^MUCov / { mucov = $2 } /^CTC SEG/ { ctc = $3 }
      /^F1 / && !f1 { f1 = $2 } /^volume ratio/ { volume = $3 }
      END { printf "%-36s %7s %7s %7s %7s %7s %7s\n", options, iou, seg, mucov, ctc, f1, volume }'
}
try
for rule in centers watershed components; do try --instances $rule; done
try --centers components
for rule in keep drop; do try --uncentered $rule; done
for p in 0.4 0.45 0.55 0.6; do try --threshold $p; done
for p in 0.2 0.35 0.65; do try --center-threshold $p; done
for radius in 2 4 5; do try --center-radius $radius; done
for radius in 4 6 7; do try --distance-radius $radius; done
for sigma in 0.4 1.2 1.6; do try --distance-smoothing $sigma; done
for volume in 100 200 300; do try --min-volume $volume; done
for volume in 300 500 1000; do try --min-uncentered-volume $volume; done
