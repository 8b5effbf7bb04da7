#!/bin/sh
# SPDX-License-Identifier: MIT
# For test_load.py: the loaded module for the processors of other chips, and MicroPython for QEMU's boards with these processors.
# usage: load.sh MICROPYTHON DIRECTORY        Environment: JOBS.
# DIRECTORY/ARCHITECTURE gets i2ctarget.mpy and firmware.elf.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
micropython=$(cd "$1" && pwd -P)
mkdir -p "$2"
directory=$(cd "$2" && pwd)
launcher=
if command -v ccache >/dev/null; then
    launcher="ccache "
fi

# load ARCHITECTURE CHIP COMPILER
load() {
    "$here/../../../bindings/micropython/natmod/build.sh" "$micropython" "$here/$2" "$directory/$1/$2"
    cp "$directory/$1/$2/i2ctarget.mpy" "$directory/$1"
    make -C "$micropython/ports/qemu" -j "${JOBS:-$(nproc)}" BOARD=i2ctarget I2CTARGET_QEMU="$here/qemu" BOARD_DIR="$here/qemu/$1" \
        BUILD="$directory/$1/qemu" CC="$launcher$3" >"$directory/make.log" 2>&1 || {
        cat "$directory/make.log" >&2
        exit 1
    }
    cp "$directory/$1/qemu/firmware.elf" "$directory/$1"
}

load armv7emsp samd5x arm-none-eabi-gcc
load rv32imc esp32c3 riscv64-unknown-elf-gcc
"$here/../../../bindings/micropython/natmod/build.sh" "$micropython" "$here/esp32s3" "$directory/xtensawin"
