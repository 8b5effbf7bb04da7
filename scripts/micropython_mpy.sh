#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the module i2ctarget as a file that a stock MicroPython of the RP2040 imports.  usage: scripts/micropython_mpy.sh DIRECTORY
# The file is DIRECTORY/i2ctarget.mpy.  Environment: DEBIAN13 (where the packages are, default: DIRECTORY/../debian13), JOBS.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
packages=${DEBIAN13:-$directory/../debian13}
"$root/scripts/debian13.sh" "$packages" src:micropython
make -C "$packages/micropython/mpy-cross" -j "${JOBS:-$(nproc)}" >"$directory/make.log" 2>&1 || {
    cat "$directory/make.log" >&2
    exit 1
}
exec "$root/bindings/micropython/natmod/build.sh" "$(cd "$packages/micropython" && pwd -P)" "$root/bindings/micropython/natmod/rp2040" "$directory"
