#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Core, line layer, SMBus protocols and devices run where there is no C library: compiled freestanding they need nothing but the four functions that the compiler itself may
# call (GCC manual, "Standards"), and each other.  usage: test_freestanding.sh [TREE]
set -u
tree=${1:-$SOURCE_DIR}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$tree" || exit 2

count=0
for source in src/core/*.c src/line/*.c src/quirks/*.c src/smbus/*.c devices/*.c; do
    if [ "$source" = src/line/vcd.c ] || [ ! -e "$source" ]; then continue; fi
    gcc -std=c11 -ffreestanding -fno-stack-protector -O2 -Wall -Wextra -Werror -Iinclude -Isrc \
        -c "$source" -o "$work/$(tr / _ <<<"$source").o" || exit 1
    count=$((count + 1))
done
[ "$count" -gt 0 ] || exit 1

nm --defined-only --format=posix "$work"/*.o | awk 'NF > 1 { print $1 }' | sort -u >"$work/defined"
nm --undefined-only --format=posix "$work"/*.o | awk 'NF > 1 { print $1 }' | sort -u >"$work/needed"
printf '%s\n' memcpy memmove memset memcmp _GLOBAL_OFFSET_TABLE_ | sort -u - "$work/defined" >"$work/there"
missing=$(comm -23 "$work/needed" "$work/there")
if [ -n "$missing" ]; then
    echo "core, line and devices need from elsewhere: ${missing//$'\n'/ }"
    exit 1
fi
echo "$count files, nothing needed from a C library"
