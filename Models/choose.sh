#!/bin/sh
# How the defaults of `morula segment` were chosen: Morula's own models on embryos 1–10, one option changed at
# a time. Prints a row for each.
#
#   Models/choose.sh PATH/TO/bbbc050 [FOLDER]
OUT=${2:-.build/choice}
. "$(dirname "$0")/common.sh"
for time in 201 451; do
  link "Emb0[1-9]_t$time"
  link "Emb10_t$time"
done

printf '%-36s %7s %7s %7s %7s %7s %7s\n' options IoU SEG MUCov 'CTC SEG' F1 volume
try() { # options
  rm -rf "$OUT/labels"
  segment "$OUT/labels" "$@"
  evaluate "$OUT/labels" --bootstrap 0
  awk -v options="${*:-(the defaults)}" '
      /^IoU / { iou = $2 } /^SEG / { seg = $2 } /^MUCov / { mucov = $2 } /^CTC SEG/ { ctc = $3 }
      /^F1 / && !f1 { f1 = $2 } /^volume ratio/ { volume = $3 }
      END { printf "%-36s %7s %7s %7s %7s %7s %7s\n", options, iou, seg, mucov, ctc, f1, volume }' "$OUT/scores.txt"
}
try
for rule in centers watershed components; do try --instances $rule; done
try --centers components
for rule in keep drop; do try --uncentered $rule; done
for p in 0.3 0.4 0.6; do try --threshold $p; done
for p in 0.3 0.7; do try --center-threshold $p; done
for radius in 2 4; do try --center-radius $radius; done
for radius in 4 7; do try --distance-radius $radius; done
for volume in 100 300; do try --min-volume $volume; done
for volume in 300 1000; do try --min-uncentered-volume $volume; done
for part in 0 0.05 0.2; do try --min-relative-volume $part; done
