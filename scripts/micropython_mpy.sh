#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the module i2ctarget as a file that a stock MicroPython of the RP2040 imports.  usage: scripts/micropython_mpy.sh DIRECTORY [BOARD]
# DIRECTORY gets i2ctarget.mpy and package.json, which mpremote's mip installs; with a BOARD also its modules board and microcontroller.
# Environment: DEBIAN13 (where the packages are, default: DIRECTORY/../debian13), JOBS.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
board=${2:-}
packages=${DEBIAN13:-$directory/../debian13}
"$root/scripts/debian13.sh" "$packages" src:micropython
source=$(cd "$packages/micropython" && pwd -P)
# Its version is its own, not that of a git tree in which it lies.
export GIT_CEILING_DIRECTORIES="${source%/*}"
make -C "$source/mpy-cross" -j "${JOBS:-$(nproc)}" >"$directory/make.log" 2>&1 || {
    cat "$directory/make.log" >&2
    exit 1
}
"$root/bindings/micropython/natmod/build.sh" "$source" "$root/bindings/micropython/natmod/rp2040" "$directory/objects"
cp "$directory/objects/i2ctarget.mpy" "$directory"
rm -rf "$directory/board.py" "$directory/microcontroller"
[ -z "$board" ] || {
    /usr/bin/python3 -B "$root/bindings/micropython/rp2/frozen.py" "$directory/objects" "$board" >"$directory/objects/pins"
    cp -r "$directory/objects/$board/board.py" "$directory/objects/$board/microcontroller" "$directory"
}
/usr/bin/python3 -B "$root/bindings/micropython/natmod/package.py" "$directory"
