# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # build.sh reads and has them
# MicroPython on an Xtensa loads code that uses register windows.  Debian has no compiler for them: this one makes objects without windows,
# and they show that all of it compiles for the chip.
arch=xtensawin
compiler="xtensa-lx106-elf-gcc -mlongcalls"
linker=
readelf=xtensa-lx106-elf-readelf
objcopy=xtensa-lx106-elf-objcopy
chip=esp32s3
core=xtensa
core_sources=
# shellcheck source=tests/micropython/natmod/esp32.sh
. "$machine/../esp32.sh"
