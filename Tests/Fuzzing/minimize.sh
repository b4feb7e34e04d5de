#!/bin/sh
# Makes the corpus of one target small again: minimize.sh TARGET
#
# Of the committed inputs, those of seeds.py and those that runs found, as few files are kept as cover
# the same edges, the smallest ones first, none above 4 KB.
set -eu
target=$1
here=Tests/Fuzzing
build=.build/fuzz
seeds=$build/seeds
python3 $here/seeds.py "$seeds"
new=$build/minimized/$target
rm -rf "$new"
mkdir -p "$new" "$here/Corpus/$target" "$build/corpus/$target"
MORULA_FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no \
  ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16 \
  "$build/release/fuzz" -set_cover_merge=1 -max_len=4096 -timeout=5 -rss_limit_mb=600 \
  -malloc_limit_mb=512 -artifact_prefix="$build/findings/$target-" \
  "$new" "$here/Corpus/$target" "$seeds/$target" "$build/corpus/$target" 2>&1 | tail -n 1
rm -rf "${here:?}/Corpus/$target"
mv "$new" "$here/Corpus/$target"
