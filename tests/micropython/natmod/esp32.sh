# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # build.sh reads and has them
# The ESP32 family, whose pins are the processor's own.  Before: chip, core, and the tools of the core.
machine_sources="tests/micropython/natmod/elsewhere.c bindings/micropython/natmod/chip.c
    ports/esp32/clock.c ports/esp32/pads.c ports/esp32/port.c ports/esp32/cpu_pins.c ports/esp32/systimer.c ports/cpu/event/event.c
    ports/gpio/follow.c ports/gpio/gpio.c ports/gpio/lines.c src/line/bus_timing.c src/line/line_driver.c src/line/target_line.c $core_sources"
machine_flags="-I$machine -I$root/ports -I$root/ports/esp32/soc/$chip -I$root/ports/cpu/$core -I$root/ports/cpu/$chip -I$root/ports/cpu/event
    -I$root/ports/cpu/mmio -I$root/firmware/libc -isystem /usr/include/newlib"
mend_objects() {
    keep_static_variables
}
