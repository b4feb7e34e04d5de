#!/bin/sh
# The tables and the picture of docs/accuracy.md: the models that come with Morula on embryo 11, which validates,
# compared with the same networks under other rules and with no network at all.
#
#   Models/evaluate.sh PATH/TO/bbbc050 [FOLDER]
#
# FOLDER (default .build/accuracy) takes the labels, scores and the picture. Where it holds unet.safetensors
# (Models/train.sh trains it), the picture shows that 3D U-Net too.
OUT=${2:-.build/accuracy}
. "$(dirname "$0")/common.sh"
link 'Emb11_*'

score() { # name options
  name=$1
  shift
  segment "$OUT/$name" "$@"
  echo
  echo "$name"
  evaluate "$OUT/$name" --json "$OUT/$name.json"
  tee "$OUT/$name.txt" < "$OUT/scores.txt"
}
score classical --method classical
score components --instances components
score watershed --instances watershed
score centers --instances centers
score published --instances centers --centers components --uncentered drop --min-relative-volume 0
score combined
score mirror --mirror
columns=
if [ -e "$OUT/unet.safetensors" ]; then
  score unet --nsn "$OUT/unet.safetensors" --instances components
  columns="--column U-Net=$OUT/unet"
fi

# One volume a stage: 2, 8, 16, 26 and 53 nuclei.
$MORULA figure --images "$OUT/images" --volumes Emb11_t051,Emb11_t201,Emb11_t301,Emb11_t351,Emb11_t501 \
  --column truth="$OUT/truth" $columns --column NSN="$OUT/components" \
  --column "NSN+NDN=$OUT/combined" --column classical="$OUT/classical" --output "$OUT/stages.svg"

$MORULA stress "$OUT/images" --truth "$OUT/truth" $GRID --csv "$OUT/stress.csv"
$MORULA stress "$OUT/images" --truth "$OUT/truth" $GRID --method classical --csv "$OUT/stress-classical.csv"
for grid in bbbc050:0 others:1; do
  [ -e "$OUT/${grid%:*}/synthesis.json" ] ||
    $MORULA synthesize --output "$OUT/${grid%:*}" --frames 6 --embryos 3 --seed 911 --diversity "${grid#*:}"
  $MORULA stress "$OUT/${grid%:*}/images" --truth "$OUT/${grid%:*}/instances" --csv "$OUT/stress-${grid%:*}.csv"
done
