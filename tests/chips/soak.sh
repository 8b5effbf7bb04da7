#!/bin/bash
# SPDX-License-Identifier: MIT
# The ports of chips at every setting: interrupts 0.1 to 50 us late, register accesses of 1 to 20 cycles, at 100 kHz, 400 kHz and 1 MHz.
# Then every transfer is cut everywhere, and spiked everywhere.  The tests of rigs named _slow do not depend on the speed of the port.
# usage: tests/chips/soak.sh BUILD_DIR [JOBS]       (a build with tests; about an hour on two cores)
set -u
build=$(cd "$1" && pwd) || exit 2
jobs=${2:-$(nproc)}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# one LATENCY ACCESS PROGRAM ARG…
one() {
    local name="$1 $2 ${*:3}" output
    if ! output=$(cd "$build" && I2CTARGET_CHIP_LATENCY=$1 I2CTARGET_CHIP_ACCESS=$2 timeout 1800 "${@:3}" 2>&1); then
        printf '%s\n%s\n' "$name: FAILED" "$(grep -E '^\[  (FAILED|ERROR)|rror' <<<"$output" | head -n 20)"
        touch "$results/failed"
    fi
    echo x >>"$results/count"
}
export -f one
export build results
export I2CTARGET_SPIKES_THINNING=1
rigs='rp2040_100k_slow rp2040_400k_slow rp2040_1M_slow samd5x_100k_slow samd5x_400k_slow samd5x_1M_slow'

{
    for latency in 12 25 62 125 312 625 1250 2500 6250; do
        for access in 1 2 3 5 7 11 14 17 20; do
            for rig in $rigs; do
                echo "$latency $access tests/contract/contract $rig"
            done
        done
    done
    for latency in 12 125 1250 6250; do
        for access in 1 8 20; do
            for rig in $rigs; do
                echo "$latency $access tests/cut/cut $rig"
            done
        done
    done
    # An access to the APB takes 10 to 20 cycles; a pin's interrupt has to be served in time.
    for latency in 25 60 125 200; do
        for access in 10 15 20; do
            for rig in esp32_100k esp32s2_100k esp32s3_100k esp32c3_100k; do
                for items in a b c d e h i j; do
                    echo "$latency $access tests/contract/contract $rig $items"
                done
            done
        done
    done
    echo "40 15 tests/cut/cut esp32_100k"
    for rig in $rigs; do
        echo "40 2 tests/cut/spikes $rig"
        echo "1250 20 tests/cut/spikes $rig"
    done
} | xargs -P "$jobs" -I '{}' bash -c 'one {}'

echo "$(wc -l <"$results/count") runs"
[ ! -e "$results/failed" ]
