#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The port as a part of somebody's firmware: ports/rp2040/CMakeLists.txt is added to a project, compiled for the chip, and looked at.
#   - nothing is needed from a C library but what the compiler calls by itself
#   - it brings no vector table, no handler, no start-up: those names are the application's, or the SDK's
#   - what runs between an event and its answer is in a section that goes to SRAM
# usage: test_library.sh [TREE]
set -u
tree=${1:-$SOURCE_DIR}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

complain() {
    echo "$1"
    status=1
}

cat >"$work/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.25)
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
project(firmware LANGUAGES C)
set(CMAKE_C_STANDARD 11)
add_compile_options(-mcpu=cortex-m0plus -mthumb -O2 -ffreestanding -ffunction-sections -Wall -Wextra -Wconversion
    -Wshadow -Wstrict-prototypes -Werror)
add_subdirectory($tree/ports/rp2040 port)
add_library(firmware STATIC firmware.c)
target_link_libraries(firmware PRIVATE i2ctarget_rp2040)
CMAKE
cat >"$work/firmware.c" <<'C'
#include "i2ctarget/rp2040.h"
int serve(void);
int serve(void)
{
    static const uint8_t addresses[] = {0x40};
    static struct i2ctarget target;
    return i2ctarget_init(&target, I2CTARGET_RP2040_GPIO(5), I2CTARGET_RP2040_PIO_GPIO(I2CTARGET_RP2040_ANY_PIO, 4), addresses, 1, false);
}
C
if ! { cmake -G Ninja -S "$work" -B "$work/build" && ninja -C "$work/build"; } >"$work/log" 2>&1; then
    cat "$work/log"
    exit 1
fi
library=$work/build/libfirmware.a

arm-none-eabi-nm --defined-only --extern-only --format=posix "$library" | awk 'NF > 2 { print $1 }' | sort -u >"$work/defined"
arm-none-eabi-nm --undefined-only --format=posix "$library" | awk 'NF > 1 { print $1 }' | sort -u >"$work/needed"
grep -q '^i2ctarget_rp2040_pio0_irq$' "$work/defined" || complain "the library has no i2ctarget_rp2040_pio0_irq"

# The compiler's own helpers: GCC manual, "Standards", and libgcc's for the Cortex-M0+.
missing=$(comm -13 "$work/defined" "$work/needed" | grep -vE '^(mem(cpy|move|set|cmp)|__aeabi_.*|__gnu_thumb1_case_.*)$')
[ -z "$missing" ] || complain "needed from elsewhere: ${missing//$'\n'/ }"

foreign=$(grep -vE '^(i2ctarget_|serve$)' "$work/defined")
[ -z "$foreign" ] || complain "names that are not the library's: ${foreign//$'\n'/ }"
handlers=$(grep -iE '(^|_)isr|handler|vector|reset|^_?start|^main$' "$work/defined")
[ -z "$handlers" ] || complain "handlers, vectors or start-up code: ${handlers//$'\n'/ }"
sections=$(arm-none-eabi-objdump -h "$library" | awk '$1 ~ /^[0-9]+$/ { print $2 }' | grep -E 'vector|isr|init_array|preinit|boot' | sort -u)
[ -z "$sections" ] || complain "sections: ${sections//$'\n'/ }"

slow=$(arm-none-eabi-objdump -t "$library" | awk '/ F / && /i2ctarget_rp2040_pio|i2ctarget_rp2040_target_|i2ctarget_rp2040_engine_(rearm|take_partial|let_go|disarm)/' |
    grep -v '\.time_critical\.i2ctarget')
[ -z "$slow" ] || complain "not in a section for SRAM: $slow"

echo "$(wc -l <"$work/defined") names, none of them a handler"
exit $status
