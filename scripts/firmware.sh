#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds firmware for a board, or for all boards of a chip.  usage: scripts/firmware.sh DIRECTORY BOARD|all EXAMPLE [--quiet]
# Environment: CHIP (default rp2040), SCL, SDA (pins to use instead of the board's own), JOBS.
# The images are DIRECTORY/CHIP/BOARD/EXAMPLE.elf and .uf2.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
chip=${CHIP:-rp2040}
build=$(cd "$1" && pwd)/$chip
board=$2
example=$3
headers=$build/boards

if [ ! -e "$root/examples/$example.c" ]; then
    echo "There is no example $example; there are: $(cd "$root/examples" && echo *.c | sed 's/\.c//g')" >&2
    exit 1
fi
mkdir -p "$headers"
/usr/bin/python3 "$root/boards/header.py" --chip "$chip" --output "$headers" "$board" \
    ${SCL:+"--scl=$SCL"} ${SDA:+"--sda=$SDA"} >"$build/selected"
boards=$(cut -d ' ' -f 1 "$build/selected" | paste -s -d ';')

configured="$boards $example"
if [ ! -e "$build/build.ninja" ] || [ "$(cat "$build/configured" 2>/dev/null)" != "$configured" ]; then
    cmake -G Ninja -S "$root/firmware" -B "$build" -DCMAKE_TOOLCHAIN_FILE="$root/firmware/$chip/toolchain.cmake" \
        -DCHIP="$chip" -DBOARDS="$boards" -DEXAMPLE="$example" -DHEADERS="$headers" >"$build/cmake.log" 2>&1 || {
        cat "$build/cmake.log" >&2
        exit 1
    }
    echo "$configured" >"$build/configured"
fi
ninja -C "$build" ${JOBS:+-j "$JOBS"} --quiet >"$build/ninja.log" 2>&1 || {
    cat "$build/ninja.log" >&2
    exit 1
}
[ "${4:-}" = --quiet ] && exit 0

while read -r name scl sda; do
    image=$build/$name/$example
    # shellcheck disable=SC2046 # three numbers
    set -- $(arm-none-eabi-size "$image.elf" | tail -n 1)
    printf '%s  SCL=%s SDA=%s  %d bytes of code and data, %d of zeroed RAM\n' "$name" "$scl" "$sda" $(($1 + $2)) "$3"
    for file in "$image.elf" "$image.uf2"; do
        printf '  %s  %d bytes\n' "${file#"$PWD/"}" "$(wc -c <"$file")"
    done
done <"$build/selected"
