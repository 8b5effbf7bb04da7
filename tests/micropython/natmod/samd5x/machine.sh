# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # build.sh reads and has them
arch=armv7emsp
compiler="arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard"
linker=arm-none-eabi-ld
readelf=arm-none-eabi-readelf
objcopy=arm-none-eabi-objcopy
machine_sources="tests/micropython/natmod/elsewhere.c bindings/micropython/natmod/chip.c
    ports/samd5x/alarm.c ports/samd5x/clocks.c ports/samd5x/eic.c ports/samd5x/gpio.c ports/samd5x/match.c ports/samd5x/pins.c ports/samd5x/port.c
    ports/samd5x/sercom.c ports/samd5x/target.c ports/samd5x/time.c
    ports/gpio/follow.c ports/gpio/gpio.c ports/gpio/lines.c src/line/bus_timing.c src/line/line_driver.c src/line/target_line.c"
machine_flags="-I$machine -I$root/ports -I$root/ports/cpu/cortexm -I$root/ports/cpu/mmio -I$root/firmware/libc"
libraries=$($compiler -print-libgcc-file-name)
mend_objects() {
    keep_static_variables
}
