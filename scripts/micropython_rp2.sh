#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds MicroPython's firmware for the RP2040 (its board RPI_PICO) from Debian 13's sources.
# usage: scripts/micropython_rp2.sh DIRECTORY [-DVARIABLE=VALUE…]
# The arguments are CMake's: with none of them it is the stock firmware, without our module.  DIRECTORY/firmware.elf and .uf2 are the result.
# Environment: DEBIAN13 (where the packages are, default: DIRECTORY/../debian13), JOBS.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
shift
packages=${DEBIAN13:-$directory/../debian13}
mkdir -p "$packages"
packages=$(cd "$packages" && pwd)
family=0xe48bff56 begin=0x10000000 # RP2040's, UF2 specification; its flash

"$root/scripts/debian13.sh" "$packages" src:micropython src:mbedtls pico-sdk-source tinyusb-source
source=$(cd "$packages/micropython" && pwd -P)
# Its version is its own, not that of a git tree in which it lies.
export GIT_CEILING_DIRECTORIES="${source%/*}"

quietly() {
    "$@" >"$directory/build.log" 2>&1 || {
        cat "$directory/build.log" >&2
        exit 1
    }
}

# Debian's source has no submodules.  The port looks for them in its own tree.
submodule() {
    [ -L "$source/lib/$1" ] || rmdir "$source/lib/$1"
    ln -sfn "$(cd "$2" && pwd -P)" "$source/lib/$1"
}
submodule tinyusb "$packages/tinyusb-source/usr/src/tinyusb"
submodule mbedtls "$packages/mbedtls"

# Frozen modules: the port's own and asyncio, without those of micropython-lib, which Debian does not have.
mkdir -p "$directory/micropython-lib"
: >"$directory/micropython-lib/README.md" # CMake looks whether it is there
cat >"$directory/manifest.py" <<'END'
freeze("$(PORT_DIR)/modules")
include("$(MPY_DIR)/extmod/asyncio")
END

launcher=
if command -v ccache >/dev/null; then
    launcher="-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache"
fi
quietly make -C "$source/mpy-cross" -j "${JOBS:-$(nproc)}"
# shellcheck disable=SC2086 # two words, or none
quietly cmake -G Ninja -S "$source/ports/rp2" -B "$directory/build" $launcher -DMICROPY_BOARD=RPI_PICO -DPICO_NO_PICOTOOL=1 -DPICO_BUILD_DOCS=0 \
    -DPICO_SDK_PATH_OVERRIDE="$packages/pico-sdk-source/usr/src/pico-sdk" -DMICROPY_LIB_DIR="$directory/micropython-lib" \
    -DMICROPY_FROZEN_MANIFEST="$directory/manifest.py" "$@"
quietly ninja -C "$directory/build" -j "${JOBS:-$(nproc)}"
cp "$directory/build/firmware.elf" "$directory/firmware.elf"
/usr/bin/python3 "$root/firmware/uf2.py" $family $begin "$directory/firmware.elf" "$directory/firmware.uf2"
