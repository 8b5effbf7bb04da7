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

. bench/tree.sh
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

# device [PREFIX…]: the same for a ready-made device
device() {
    start "bus $bus ready" "$work/bus.txt" "$@" "$build/i2ctarget" bus $bus
    start "bus $bus ready" "$work/device.txt" "$@" "$build/i2ctarget" device eeprom --type 24c64 --bus $bus
    "$@" "$build/i2ctarget" exec --bus $bus -- "$build/bench/bench_reads" $bus device
    stop
}

# crowd: fifty controllers of one target
crowd() {
    start "bus $bus ready" "$work/bus.txt" "$build/i2ctarget" bus $bus
    start "target ready" "$work/target.txt" "$build/bench/bench_target" $bus
    "$build/i2ctarget" exec --bus $bus -- "$build/bench/bench_crowd" $bus
    stop
}

# Milliseconds that i2cdetect takes on this bus.
time_i2cdetect() {
    local began=${EPOCHREALTIME/./}
    i2cdetect -y "$1" >"$work/found.txt"
    grep -qw -- "$2" "$work/found.txt"
    echo $((${EPOCHREALTIME/./} - began))
}

median() {
    sort -n | awk '{ value[NR] = $1 } END { printf "%.3f", value[int((NR + 1) / 2)] / 1000 }'
}

# detect [PREFIX…]: i2cdetect of an empty bus, of one with a program that has all 112 addresses, and of one with 112 programs, in turns;
# each process run with the prefix
detect() {
    local one=2 many=3 address round
    rm -f "$work"/*.us # of an earlier one
    for round in $bus $one $many; do
        start "bus $round ready" "$work/bus-$round.txt" "$@" "$build/i2ctarget" bus "$round"
    done
    start "target ready" "$work/target.txt" "$@" "$build/bench/bench_target" $one 0x08 0x77
    for address in $(seq 8 119); do
        start "target ready" "$work/target.txt" "$@" "$build/bench/bench_target" $many "$address" "$address"
    done
    export work
    export -f time_i2cdetect
    for round in $(seq 15); do
        "$@" "$build/i2ctarget" exec --bus $bus --bus $one --bus $many -- bash -c "
            time_i2cdetect $bus -- >>'$work/empty.us'
            time_i2cdetect $one 77 >>'$work/one.us'
            time_i2cdetect $many 77 >>'$work/many.us'"
    done
    stop
    awk -v empty="$(median <"$work/empty.us")" -v one="$(median <"$work/one.us")" -v many="$(median <"$work/many.us")" '
        function row(what, value, unit) { printf "  %-56s %9.2f %-12s", what, value, unit }
        function goal(value) { printf " goal: at most 2: %s\n", value <= 2 ? "reached" : "NOT reached" }
        BEGIN {
            row("i2cdetect, nobody on the bus", empty, "ms"); print ""
            row("i2cdetect, 112 targets of one program", one, "ms"); print ""
            row("  times as long as of an empty bus", one / empty, ""); goal(one / empty)
            row("i2cdetect, 112 programs with a target", many, "ms"); print ""
            row("  times as long as of an empty bus", many / empty, ""); goal(many / empty)
        }'
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
title 'A ready-made device in a process of its own, all on one processor'
device taskset -c "$processor"
title 'Fifty controllers at once'
crowd
title 'All addresses of a bus, all on one processor'
detect taskset -c "$processor"
title 'The same bus, free-running'
detect
