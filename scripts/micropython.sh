#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds MicroPython's unix port with the module i2ctarget in it, from Debian 13's source.  usage: scripts/micropython.sh DIRECTORY
# The program is DIRECTORY/micropython.  Environment: DEBIAN13 (where the packages are, default: DIRECTORY/../debian13), JOBS.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
packages=${DEBIAN13:-$directory/../debian13}
"$root/scripts/debian13.sh" "$packages" src:micropython
source=$(cd "$packages/micropython" && pwd -P)
# Its version is its own, not that of a git tree in which it lies.
export GIT_CEILING_DIRECTORIES="${source%/*}"

/usr/bin/python3 "$root/bindings/micropython/unix/frozen.py" "$directory/frozen"

# Without what would need further packages: TLS, FFI, the database.
build() {
    folder=$1
    shift
    make -C "$folder" -j "${JOBS:-$(nproc)}" MICROPY_PY_FFI=0 MICROPY_PY_SSL=0 MICROPY_SSL_MBEDTLS=0 MICROPY_PY_BTREE=0 "$@" >"$directory/make.log" 2>&1 || {
        cat "$directory/make.log" >&2
        exit 1
    }
}

build "$source/mpy-cross"
build "$source/ports/unix" BUILD="$directory/unix" USER_C_MODULES="$root/bindings" FROZEN_MANIFEST="$directory/frozen/manifest.py"
ln -sfn unix/micropython "$directory/micropython"
