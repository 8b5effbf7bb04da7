#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs libFuzzer on every fuzzer under fuzz/, with AddressSanitizer and UndefinedBehaviorSanitizer.
# usage: scripts/fuzz.sh DIRECTORY [FUZZER...]     (its own build tree, which also keeps the corpora)
# Environment: FUZZ_SECONDS for each fuzzer (default 60), JOBS (default: one a core).
# Exit status: 0 if none found anything.  The inputs that were found are in DIRECTORY/found.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${1:-build/fuzz}
[ $# -eq 0 ] || shift
seconds=${FUZZ_SECONDS:-60}
failed=

flags='-g -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
cmake -G Ninja -S . -B "$build" -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="$flags" \
    -DI2CTARGET_TESTS=ON -DI2CTARGET_LIBFUZZER=ON >/dev/null || exit 2
[ $# -gt 0 ] || for source in fuzz/fuzz_*.c; do
    set -- "$@" "$(basename "$source" .c)"
done
ninja -C "$build" -j "${JOBS:-$(nproc)}" --quiet "$@" || exit 2

mkdir -p "$build/found"
for fuzzer in "$@"; do
    corpus=$build/corpus/$fuzzer
    mkdir -p "$corpus"
    printf '\n==== %s, %s s, %s inputs to begin with\n' "$fuzzer" "$seconds" "$(find "$corpus" -type f | wc -l)"
    if "$build/fuzz/$fuzzer" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=2048 -verbosity=0 \
        -print_final_stats=1 -artifact_prefix="$build/found/$fuzzer-" "$corpus" >"$build/$fuzzer.log" 2>&1; then
        grep -e number_of_executed_units -e average_exec_per_sec "$build/$fuzzer.log"
    else
        tail -n 40 "$build/$fuzzer.log"
        failed="$failed $fuzzer"
    fi
done

if [ -n "$failed" ]; then
    printf '\nFound something:%s.  The inputs are in %s/found; again: %s/fuzz/FUZZER INPUT.\n' "$failed" "$build" "$build"
    exit 1
fi
