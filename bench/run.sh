#!/bin/bash
# SPDX-License-Identifier: MIT
# Measures and prints one table.  usage: bench/run.sh [DIRECTORY]     (a build tree of its own, made if missing; default build/bench)
#
# What is to be compared is measured in the same run, in alternation, and medians count.  Exit status: 0 when everything could be
# measured, whether the goals are reached or not.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/bench}
bus=1
plays=2000 # of the recorded transfer, for the count of instructions

cmake -G Ninja -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE='-O2 -DNDEBUG' \
    -DI2CTARGET_TESTS=OFF -DI2CTARGET_BENCH=ON >/dev/null
ninja -C "$build" --quiet
build=$(cd "$build" && pwd)
work=$(mktemp -d)
export I2CTARGET_DIR="$work/bus"
mkdir -m 700 "$I2CTARGET_DIR"
running=()

stop() {
    local pid
    for pid in "${running[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    running=()
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

title() {
    printf '\n%s\n' "$1"
}

# start WORDS FILE COMMAND…: in the background, until it has said the words.
start() {
    local words=$1 said=$2 tries=0
    shift 2
    rm -f "$said" # of an earlier one
    "$@" >"$said" 2>&1 &
    running+=($!)
    until grep -qs "$words" "$said"; do
        tries=$((tries + 1))
        if [ $tries -gt 500 ] || ! kill -0 $! 2>/dev/null; then
            echo "bench: '$*' did not come up:" >&2
            cat "$said" >&2
            exit 1
        fi
        sleep 0.02
    done
}

# reads KIND [PREFIX…]: bus, target and controller, each run with the prefix.
reads() {
    local kind=$1
    shift
    start "bus $bus ready" "$work/bus.txt" "$@" "$build/i2ctarget" bus $bus
    start "target ready" "$work/target.txt" "$@" "$build/bench/bench_target" $bus
    "$@" "$build/i2ctarget" exec --bus $bus -- "$build/bench/bench_reads" $bus "$kind"
    stop
}

instructions() {
    local steps collected
    steps=$(valgrind --tool=callgrind '--toggle-collect=play*' --callgrind-out-file="$work/callgrind.out" \
        "$build/bench/bench_line" --count $plays 2>"$work/callgrind.txt")
    collected=$(sed -n 's/.*Collected *: *\([0-9]*\).*/\1/p' "$work/callgrind.txt")
    if [ "${collected:-0}" -eq 0 ]; then
        cat "$work/callgrind.txt" >&2
        exit 1
    fi
    awk -v steps="$steps" -v instructions="$collected" \
        'BEGIN { printf "  %-56s %9.2f %s\n", "  instructions a step, on this machine", instructions / steps, "" }'
}

# The first processor that we may use.
processor=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')

printf '%s, %s processors, gcc -O2; load before: %s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
    "$(nproc)" "$(cut -d ' ' -f 1 /proc/loadavg)"
title 'The bit engine alone: a register read of eight bytes, and a message for somebody else'
"$build/bench/bench_line"
instructions
title 'The whole wire simulation, in SCL clocks'
"$build/bench/bench_wires"
title 'Through shim, server and target, all on one processor'
reads short taskset -c "$processor"
title 'The same, free-running'
reads short
title 'One long read, free-running: the target writes once'
reads long
