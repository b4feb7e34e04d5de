# What evaluate.sh and choose.sh share; sourced once OUT is set, with the data set as the first argument.
set -eu
cd "$(dirname "$0")/.."
DATA=$(realpath "$1")
MORULA=${MORULA:-.build/release/morula}
GRID="--voxel-size 0.8,0.8,1.75"
mkdir -p "$OUT/images" "$OUT/truth"

link() { # pattern of names: the volumes to work on
  for kind in images instances; do
    target=$OUT/$kind
    [ $kind = instances ] && target=$OUT/truth
    ln -sf "$DATA/$kind"/$1.tif "$target/"
  done
}

# Segments what was linked into a folder; shows morula's output only if it fails.
segment() { # folder options
  labels=$1
  shift
  $MORULA segment "$OUT/images" $GRID --output "$labels" "$@" > "$OUT/segment.log" 2>&1 ||
    { cat "$OUT/segment.log" >&2; exit 1; }
}

# Scores labels into $OUT/scores.txt.
evaluate() { # folder options
  labels=$1
  shift
  $MORULA evaluate --prediction "$labels" --truth "$OUT/truth" $GRID "$@" \
    > "$OUT/scores.txt" 2> "$OUT/evaluate.log" || { cat "$OUT/evaluate.log" >&2; exit 1; }
}
