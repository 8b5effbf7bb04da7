#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds MicroPython's firmware with the module i2ctarget for a board, or for all with an RP2040.
# usage: scripts/micropython_board.sh DIRECTORY BOARD|all [PROGRAM.py] [--quiet]
# PROGRAM.py runs at boot; without one there is the REPL.  Environment: SCL, SDA (pins to use instead of the board's own), DEBIAN13, JOBS.
# The images are DIRECTORY/BOARD/NAME.elf and .uf2; NAME is that of the program, or micropython.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
board=$2
program=
quiet=
shift 2
for word; do
    case $word in
    --quiet) quiet=yes ;;
    *) program=$word ;;
    esac
done
name=micropython
if [ -n "$program" ]; then
    [ -f "$program" ] || {
        echo "There is no file $program (a relative path begins at $PWD)" >&2
        exit 1
    }
    name=$(basename "$program" .py)
fi
export DEBIAN13="${DEBIAN13:-$directory/../../debian13}"
boot=$DEBIAN13/pico-sdk-source/usr/src/pico-sdk/src/rp2040/boot_stage2

/usr/bin/python3 "$root/bindings/micropython/rp2/frozen.py" "$directory/frozen" "$board" ${SCL:+"--scl=$SCL"} ${SDA:+"--sda=$SDA"} \
    ${program:+"--main=$program"} >"$directory/selected"

while read -r board scl sda start; do
    frozen=$directory/frozen/$board
    # MicroPython's build freezes anew only what is newer than before.  Another board's files may be older.
    now="$frozen $(find "$frozen" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)"
    if [ "$(cat "$directory/frozen.from" 2>/dev/null)" != "$now" ]; then
        rm -f "$directory/build/frozen_content.c" "$directory/frozen.from"
    fi
    "$root/scripts/micropython_rp2.sh" "$directory" -DMICROPY_BOARD=i2ctarget -DMICROPY_BOARD_DIR="$root/bindings/micropython/rp2/board" \
        -DUSER_C_MODULES="$root/bindings/micropython" -DPICO_DEFAULT_BOOT_STAGE2_FILE="$boot/$start.S" \
        -DMICROPY_FROZEN_MANIFEST="$frozen/manifest.py" </dev/null
    echo "$now" >"$directory/frozen.from"
    mkdir -p "$directory/$board"
    for kind in elf uf2; do
        cp "$directory/firmware.$kind" "$directory/$board/$name.$kind"
    done
    [ -z "$quiet" ] || continue
    # shellcheck disable=SC2046 # three numbers
    set -- $(arm-none-eabi-size "$directory/$board/$name.elf" | tail -n 1)
    if [ "$scl" = - ]; then
        pins="no names SCL and SDA"
    else
        pins="SCL=$scl SDA=$sda"
    fi
    printf '%s  %s  %d bytes of code and data, %d of zeroed RAM\n' "$board" "$pins" $(($1 + $2)) "$3"
    for kind in elf uf2; do
        file=$directory/$board/$name.$kind
        printf '  %s  %d bytes\n' "${file#"$PWD/"}" "$(wc -c <"$file")"
    done
done <"$directory/selected"
