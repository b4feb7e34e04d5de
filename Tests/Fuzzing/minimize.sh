#!/bin/sh
# Makes the corpus of one target small again: minimize.sh TARGET
#
# Of the committed inputs and those that runs found, the smallest ones are kept that reach edges which
# the inputs of seeds.py, made anew for each run, and smaller ones do not.
set -eu
target=$1
here=Tests/Fuzzing
build=.build/fuzz
# So large that the corpora of all targets together take a few hundred KB.
case $target in
  yaml) largest=320 ;;
  tiff | safetensors | zarr-metadata) largest=700 ;;
  *) largest=1500 ;;
esac
candidates=$build/candidates/$target
new=$build/minimized/$target
rm -rf "$candidates" "$new"
mkdir -p "$candidates" "$new" "$here/Corpus/$target" "$build/corpus/$target"
python3 $here/seeds.py "$build/seeds"
find "$build/corpus/$target" "$here/Corpus/$target" -type f -size "-$((largest + 1))c" \
  -exec cp -f {} "$candidates" \; || true
cp "$build/seeds/$target"/* "$new"
MORULA_FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no \
  ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16 \
  "$build/release/fuzz" -merge=1 -use_counters=0 -timeout=10 -rss_limit_mb=600 \
  -malloc_limit_mb=512 -detect_leaks=0 -artifact_prefix="$build/findings/$target-" \
  "$new" "$candidates" 2>&1 | tail -n 1
for seed in "$build/seeds/$target"/*; do rm "$new/$(basename "$seed")"; done
rm -rf "${here:?}/Corpus/$target"
mv "$new" "$here/Corpus/$target"
