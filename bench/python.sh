#!/bin/bash
# SPDX-License-Identifier: MIT
# How fast is a target in Python?  usage: bench/python.sh [DIRECTORY]     (a build tree of its own, made if missing; default build/bench)
#
# examples/registers.py, with request(timeout=0) so that it waits, and examples/registers.c serve the same C client in turns; the median of
# the rounds' ratios counts.  Exit status: 0 when both could be measured, whether the goal is reached or not.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/bench}
bus=1
rounds=9
reads=5000
goal=0.9

. bench/tree.sh
cc -O2 -D_GNU_SOURCE -o "$work/bench_requests" bench/bench_requests.c bench/smbus.c bench/measure.c
sed 's/device\.request()/device.request(timeout=0)/' examples/registers.py >"$work/registers.py"
grep -q 'request(timeout=0)' "$work/registers.py"
target=

stop() {
    [ -z "$target" ] || { kill "$target" && wait "$target"; } 2>/dev/null || true
    target=
}
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# measure COMMAND…: requests a second that this target serves, on a bus of its own.
measure() {
    "$build/i2ctarget" run --bus $bus -- "$@" &
    target=$!
    for _ in $(seq 500); do
        [ -S "$I2CTARGET_DIR/bus-$bus" ] && break
        sleep 0.01
    done
    "$build/i2ctarget" exec --bus $bus --wait 0x40 -- "$work/bench_requests" $bus $reads
    stop
}

printf '\nA target in Python: requests through shim, server and target, in turns with the same target in C\n'
for _ in $(seq $rounds); do
    c=$(measure "$build/examples/registers")
    python=$(measure /usr/bin/python3 "$work/registers.py")
    echo "$c $python"
done | awk -v goal=$goal '
    { c[NR] = $1; python[NR] = $2; ratio[NR] = $2 / $1 }
    function median(values, n,    i, j, swap) {
        for (i = 1; i <= n; i++)
            for (j = i + 1; j <= n; j++)
                if (values[j] < values[i]) { swap = values[i]; values[i] = values[j]; values[j] = swap }
        return values[int((n + 1) / 2)]
    }
    function row(what, value, unit) { printf "  %-56s %9.2f %-12s", what, value, unit } # as measure.c has it
    END {
        row("the target in C", median(c, NR), "requests/s")
        print ""
        row("the target in Python", median(python, NR), "requests/s")
        print ""
        reached = median(ratio, NR)
        row("  as a ratio", reached, "")
        printf " goal: at least %s: %s\n", goal, (reached >= goal ? "reached" : "NOT reached")
    }'
