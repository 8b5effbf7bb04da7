# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # build.sh reads and has them
arch=armv6m
compiler="arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb"
linker=arm-none-eabi-ld
readelf=arm-none-eabi-readelf
machine_sources="bindings/micropython/natmod/chip.c bindings/micropython/natmod/rp2040/machine.c bindings/micropython/natmod/rp2040/claims.c
    ports/rp2040/alarm.c ports/rp2040/clock.c ports/rp2040/engine.c ports/rp2040/port.c ports/rp2040/target.c"
machine_flags="-I$root/ports -I$root/ports/cpu/cortexm -I$root/ports/cpu/mmio -I$root/firmware/libc"
libraries=$($compiler -print-libgcc-file-name)
python_parts=block.py
mend_objects() {
    :
}
