#!/bin/sh
# Fuzzes one target with the program that `make fuzz` builds: run.sh TARGET SECONDS
#
# What is new in the corpus is kept in .build/fuzz/corpus, an input that fails as
# .build/fuzz/findings/TARGET-…, the log in .build/fuzz/log, and one line about the run is added to
# .build/fuzz/record.tsv: target, seconds, executions, executions a second, edges, features, inputs,
# MB at most, date.
set -eu
target=$1
seconds=$2
here=Tests/Fuzzing
build=.build/fuzz
mkdir -p "$build/corpus/$target" "$build/findings" "$build/log"
case $target in
  tracks | zarr-chunk) length=2048 ;;
  fold-pattern) length=48 ;;
  yaml) length=16384 ;;
  *) length=8192 ;;
esac
inputs="$build/corpus/$target $here/Corpus/$target $build/seeds/$target"
if [ -d "$here/Findings/$target" ]; then inputs="$inputs $here/Findings/$target"; fi

# The limits are those of the program, less than 5 s and 500 MB for a small file, with the share of the
# address sanitizer, which doubles times; the memory that it sets aside is kept small. It looks for no
# leaks, and remembers few callers of malloc, as that takes time: run a finding alone to see all. Swift's
# backtraces would wait for a debugger.
log=$build/log/$target.txt
status=0
# shellcheck disable=SC2086 # a list of folders
MORULA_FUZZ_TARGET=$target SWIFT_BACKTRACE=enable=no \
  ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16:malloc_context_size=2 \
  "$build/release/fuzz" $inputs -max_total_time="$seconds" -max_len=$length \
  -dict="$here/Dictionaries/$target.dict" -timeout=10 -rss_limit_mb=600 -malloc_limit_mb=512 \
  -detect_leaks=0 -artifact_prefix="$build/findings/$target-" -print_final_stats=1 \
  >"$log" 2>&1 || status=$?

awk -v target="$target" -v date="$(date -u +%Y-%m-%dT%H:%MZ)" '
  / cov: / {
    for (i = 1; i < NF; i++) {
      if ($i == "cov:") edges = $(i + 1)
      if ($i == "ft:") features = $(i + 1)
      if ($i == "corp:") { split($(i + 1), corpus, "/"); inputs = corpus[1] }
    }
  }
  /number_of_executed_units/ { executions = $2 }
  /average_exec_per_sec/ { speed = $2 }
  /peak_rss_mb/ { memory = $2 }
  /^Done .* second/ { seconds = $5 }
  END {
    OFS = "\t"
    print target, seconds, executions, speed, edges, features, inputs, memory, date
  }' "$log" | tee -a "$build/record.tsv"
if [ "$status" -ne 0 ]; then
  echo "$target: a finding; see $log" >&2
  grep -m 3 -E "^SUMMARY|ERROR: |Test unit written|Fatal error" "$log" >&2 || true
fi
exit "$status"
