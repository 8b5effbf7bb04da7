#!/bin/sh
# SPDX-License-Identifier: MIT
# Shows the main use: a bus without hardware, a target on it, and the standard i2c-tools as the controller.
# usage: scripts/demo.sh BUILD_DIR [python|c|BOARD [python]]     the target: one of the two examples; or on an emulated board, as firmware in C,
# or in Python with MicroPython
# Without a word it is the example in Python, or that in C if there is no Python for it.
# Environment, for a board: SCL, SDA, FIRMWARE and EMULATOR (where both are made; default: in BUILD_DIR).
# Exit status: 0 when every answer was the expected one.
set -eu

build=$(cd "$1" && pwd)
shown=${1%/} # the path as it is printed
here=$(cd "$(dirname "$0")" && pwd)
i2ctarget=$build/i2ctarget
trace=$build/demo.vcd
export PYTHONPATH="$build/python:$build/python/i2ctarget/fallback"
python=$("$here/python.sh" | head -n 1)
"${python:-false}" -c 'import i2ctarget' 2>/dev/null || python=
serve() { exec "$build/examples/registers"; }
case ${2:-${python:+python}} in
"") what="a target in C" source=examples/registers.c typed=./registers
    note="The target is the example in C.  For that in Python: CPython 3.11 or later with Python.h (Debian: python3-dev)" ;;
c) what="a target in C" source=examples/registers.c typed=./registers ;;
python) what="a target in Python" source=examples/registers.py typed='python3 registers.py'
    serve() { exec "${python:-python3}" "$here/../examples/registers.py"; } ;;
*) board=$2 firmware=${FIRMWARE:-$build/firmware} emulator=${EMULATOR:-$build/emulator}
    what="an emulated $2" source=examples/registers.c example=registers bridge=emulator/bridge.js
    if [ "${3:-}" = python ]; then
        what="an emulated $2 with MicroPython" source=examples/registers.py example=registers.py
        selected=$firmware/../micropython/rp2/selected bridge=micropython/bridge.js
    fi ;;
esac
failures=0
PATH=$PATH:/usr/sbin:/sbin
unset I2CTARGET_BOARD

bold='' dim='' good='' bad='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') dim=$(printf '\033[2m') plain=$(printf '\033[0m')
    good=$(printf '\033[32m') bad=$(printf '\033[31m')
fi

finish() {
    trap '' INT TERM HUP PIPE
    # The last one may have no name yet.  A process that has not begun its program yet loses a SIGTERM, so SIGKILL follows.
    started="${monitor:-} ${target:-} ${bus:-} ${!:-}"
    for signal in TERM KILL; do
        for pid in $started; do
            kill -s $signal "$pid" 2>/dev/null || true
        done
        [ $signal = KILL ] || sleep 0.1
    done
    for pid in $started; do
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "${work:-}"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
trap 'exit 141' PIPE

work=$(mktemp -d)
export I2CTARGET_DIR="$work/bus" I2CTARGET_BUS=1
mkdir -m 700 "$I2CTARGET_DIR"

title() {
    printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}

# Wait until the file contains the pattern, for ten seconds at most.
await() {
    tries=0
    until grep -q -e "$2" "$1" 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 500 ]; then
            printf '%swaited in vain for "%s"%s\n' "$bad" "$2" "$plain"
            cat "$work"/*.txt
            exit 1
        fi
        sleep 0.02
    done
}

verdict() {
    if [ "$1" = "$2" ]; then
        printf '%s%s%s\n' "$good" "  as expected" "$plain"
    else
        printf '%s  WRONG: expected "%s"%s\n' "$bad" "$2" "$plain"
        failures=$((failures + 1))
    fi
}

# ask EXPECTED COMMAND...: run it on the virtual bus and compare its output.
ask() {
    expected=$1
    shift
    printf '  %s$ %s%s' "$bold" "$*" "$plain"
    if said=$("$i2ctarget" exec --wait 0x40 -- "$@" 2>&1); then :; else said="$said (exit status $?)"; fi
    printf '%s' "${said:+   $said}"
    verdict "$said" "$expected"
}

if [ -n "${board:-}" ]; then
    title "Firmware, and what executes it without a board"
    # Nothing is soldered here, so a board that names no SCL and SDA has them on any pins.
    chosen=${SCL:+SCL=$SCL}${SDA:+ SDA=$SDA}
    [ -n "$chosen" ] || chosen=$(/usr/bin/python3 "$here/../boards/header.py" --spare "$board")
    [ -z "$chosen" ] || export "${chosen% *}" "${chosen#* }"
    printf '  %s$ make firmware BOARD=%s%s%s%s\n' "$bold" "$board" "${3:+ EXAMPLE=$example}" "${chosen:+ $chosen}" "$plain"
    "$here/firmware.sh" "$firmware" "$board" "$example" >"$work/firmware.txt"
    sed "s/^/  /" "$work/firmware.txt"
    chip=$(/usr/bin/python3 "$here/../boards/header.py" --which "$board")
    "$here/emulator.sh" "$emulator" "$chip"
    read -r _ scl sda _ <"${selected:-$firmware/$chip/selected}"
    image=$(sed -n 's/^  \(.*\.\(uf2\|bin\)\)  .*/\1/p' "$work/firmware.txt")
    case $chip in
    rp2040)
        export NODE_PATH="$emulator/node_modules" MACHINE="$emulator/machine.wasm"
        serve() { exec node "$here/../tests/chips/rp2040/$bridge" "$image" "${scl#GPIO}" "${sda#GPIO}" "$I2CTARGET_DIR/bus-1" "$build/demo-board.vcd"; }
        typed='node bridge.js registers.uf2'
        ;;
    *)
        serve() { exec "$emulator/emulate_$chip" "$image" "$scl" "$sda" "$I2CTARGET_DIR/bus-1" "$build/demo-board.vcd"; }
        typed="emulate_$chip ${image##*/} $scl $sda"
        ;;
    esac
fi

title "A bus without hardware, and $what on it"
[ -z "${note:-}" ] || printf '  %s%s%s\n' "$dim" "$note" "$plain"
printf '  %s$ i2ctarget bus 1 --trace demo.vcd &%s\n' "$bold" "$plain"
"$i2ctarget" bus 1 --trace "$trace" >"$work/bus.txt" 2>&1 &
bus=$!
await "$work/bus.txt" '^bus 1 ready$'
printf '  bus 1 ready\n'
"$i2ctarget" monitor --bus 1 >"$work/traffic.txt" 2>"$work/monitor.txt" &
monitor=$!
await "$work/monitor.txt" 'watching bus 1'
printf '  %s$ %s &%s%s        %s: 16 registers at 0x40, a command at 0x41%s\n' "$bold" "$typed" "$plain" "$dim" "$source" "$plain"
serve >"$work/target.txt" 2>&1 &
target=$!

title "Debian's i2c-tools talk to it"
ask 0x00 i2cget -y 1 0x40 0x01
ask '' i2cset -y 1 0x40 0x01 0xaa
ask 0xaa i2cget -y 1 0x40 0x01
printf '  %s$ i2cdetect -y 1%s\n' "$bold" "$plain"
"$i2ctarget" exec -- i2cdetect -y 1 >"$work/detect.txt" 2>&1 || failures=$((failures + 1))
sed 's/^/    /' "$work/detect.txt"
found=$(sed -n '2,$s/^[0-9a-f]*: //p' "$work/detect.txt" | tr -s ' -' '\n' | grep . | tr '\n' ' ')
printf '  found: %s' "$found"
verdict "$found" '40 41 '

title "What was on the wires"
await "$work/traffic.txt" ' S 77 '
printf '  %s+ ACK, - NACK; how long it took on the wires; how long the target held SCL%s\n' "$dim" "$plain"
nobody='  S .. [WR] - '
grep -v -e "$nobody" "$work/traffic.txt" | sed 's/^/  /'
printf '  %s… and %s calls of i2cdetect that nobody answered%s\n' "$dim" \
    "$(grep -c -e "$nobody" "$work/traffic.txt")" "$plain"

kill "$bus"
if wait "$bus"; then
    bus=''
    [ -z "${board:-}" ] || wait "$target" || true
else
    printf '%sthe bus did not end well%s\n' "$bad" "$plain"
    failures=$((failures + 1))
fi
title "The waveform"
printf '  %s\n' "$shown/demo.vcd"
[ -z "${board:-}" ] || printf '  %s   %sthe two wires of the board itself%s\n' "$shown/demo-board.vcd" "$dim" "$plain"
printf '  %sdraw it: i2ctarget trace --svg demo.svg demo.vcd, or open it in PulseView or GTKWave%s\n' "$dim" "$plain"

title "The command"
printf '  export PATH="%s:%s"   %suntil it is installed: make install%s\n\n' "$build" "\$PATH" "$dim" "$plain"

if [ "$failures" -gt 0 ]; then
    printf '%sdemo failed: %s wrong answers%s\n' "$bad" "$failures" "$plain"
    exit 1
fi
