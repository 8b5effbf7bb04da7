#!/bin/bash
# SPDX-License-Identifier: MIT
# Measures flash, RAM and stack of the core and the bit engine on a Cortex-M0+, against the last commit; and the ports, each for its chip.
# usage: scripts/size.sh DIRECTORY     (for the objects)
#
# The image is that of a firmware which uses the whole public API: everything is linked, and unused sections are dropped.  It contains
# neither what only ports need that send answers ahead (i2ctarget_get_commitment), nor the C library, whose helpers are named instead.
# Exit status: 0 if it could be measured, even if the goals are missed.
set -euo pipefail
cd "$(dirname "$0")/.."
work=${1:-build/size}
text_goal=2560
ram_goal=128
flags=(-std=c11 -mcpu=cortex-m0plus -mthumb -Os -ffreestanding -ffunction-sections -fdata-sections -fstack-usage)
only_for_some=i2ctarget_get_commitment

mkdir -p "$work"
work=$(cd "$work" && pwd)
before=
trap '[ -z "$before" ] || rm -rf "$before"' EXIT

prefixed() {
    command "arm-none-eabi-$1" "${@:2}"
}

# compile TREE OBJECTS: makes one object for each source file in OBJECTS, and a variable of each struct.
compile() {
    local tree=$1 objects=$2 source
    rm -rf "$objects"
    mkdir -p "$objects/ours"
    for source in "$tree"/src/core/*.c "$tree/src/line/target_line.c"; do
        prefixed gcc "${flags[@]}" -I"$tree/include" -I"$tree/src" -c "$source" -o "$objects/ours/$(basename "$source" .c).o"
    done
    prefixed gcc "${flags[@]}" -I"$tree/include" -I"$tree/src" -x c -c - -o "$objects/structs.o" <<'C'
#include "i2ctarget/device.h"
#include "line/target_line.h"
struct i2ctarget i2ctarget_ram;
struct target_line target_line_ram;
struct i2ctarget_request request_ram;
struct i2ctarget_device device_ram;
C
}

# link OBJECTS: makes the image.
link() {
    local symbol keep=()
    for symbol in $(prefixed nm --defined-only --extern-only --format=posix "$1"/ours/*.o | awk '$2 == "T" { print $1 }'); do
        [ "$symbol" = "$only_for_some" ] || keep+=("-Wl,-u,$symbol")
    done
    prefixed gcc "${flags[@]}" -nostdlib -Wl,--gc-sections -Wl,--unresolved-symbols=ignore-all -Wl,-e,i2ctarget_init \
        "${keep[@]}" "$1"/ours/*.o -o "$1/image.elf"
}

# sizes FILE: text, data, bss
sizes() {
    prefixed size "$1" | awk 'NR == 2 { print $1, $2, $3 }'
}

text_of() {
    sizes "$1" | cut -d ' ' -f 1
}

# bytes_of OBJECTS STRUCT
bytes_of() {
    printf '%d' "0x$(prefixed nm --format=posix "$1/structs.o" | awk -v name="$2_ram" '$1 == name { print $4 }')"
}

# since OLD NEW: the difference from the last commit
since() {
    if [ -z "$before" ] || [ -z "$1" ]; then
        return
    fi
    if [ "$1" -eq "$2" ]; then
        printf '='
    else
        printf '%+d' $(($2 - $1))
    fi
}

row() {
    printf '  %-44s %6s %6s %6s   %s\n' "$@"
}

verdict() {
    if [ "$1" -le "$2" ]; then
        printf 'goal: at most %d: reached\n' "$2"
    else
        printf 'goal: at most %d: NOT reached, %d too many\n' "$2" $(($1 - $2))
    fi
}

now=$work/now
compile . "$now"
link "$now"
commit=
if git rev-parse --quiet --verify HEAD >/dev/null 2>&1; then
    commit=$(git rev-parse --short HEAD)
    before=$(mktemp -d)
    mkdir "$before/tree"
    git archive HEAD include src | tar -x -C "$before/tree"
    compile "$before/tree" "$before/objects"
    link "$before/objects"
fi

old_text() {
    if [ -n "$before" ] && [ -e "$before/objects/$1" ]; then
        text_of "$before/objects/$1"
    fi
}

old_bytes() {
    if [ -n "$before" ]; then
        bytes_of "$before/objects" "$1"
    fi
}

printf 'Cortex-M0+, -Os, gcc %s\n\n' "$(prefixed gcc -dumpfullversion)"
row 'code' text data bss "${commit:+since $commit}"
for object in "$now"/ours/*.o; do
    read -r text data bss <<<"$(sizes "$object")"
    name=$(basename "$object" .o)
    row "$name.c" "$text" "$data" "$bss" "$(since "$(old_text "ours/$name.o")" "$text")"
done
read -r text data bss <<<"$(sizes "$now/image.elf")"
row 'image: the whole public API' "$text" "$data" "$bss" "$(since "$(old_text image.elf)" "$text")"
printf '  %s  from the C library: %s\n\n' "$(verdict "$text" $text_goal);" \
    "$(prefixed nm --format=posix "$now"/ours/*.o |
        awk '$2 == "U" { wanted[$1] } $2 != "U" { ours[$1] } END { for (name in wanted) if (!(name in ours)) print name }' |
        sort | xargs)"

row 'RAM' bytes '' '' "${commit:+since $commit}"
for struct in i2ctarget target_line i2ctarget_request i2ctarget_device; do
    name=${struct#i2ctarget_}
    bytes=$(bytes_of "$now" "$name")
    row "struct $struct" "$bytes" '' '' "$(since "$(old_bytes "$name")" "$bytes")"
done
printf '  per target: %s\n\n' "$(verdict "$(bytes_of "$now" i2ctarget)" $ram_goal)"

row 'stack, the ten largest frames' bytes '' '' ''
cat "$now"/ours/*.su | awk -F '\t' '{ sub(/.*:/, "", $1); print $2, $1 }' | sort -k 1,1nr -k 2 | head -n 10 |
    while read -r bytes name; do
        row "$name()" "$bytes" '' '' ''
    done

# The devices are not in the image: a firmware links those it uses.  RAM does not include an EEPROM's memory.
devices=$now/devices
mkdir -p "$devices"
for source in src/smbus/*.c devices/*.c; do
    prefixed gcc "${flags[@]}" -Wall -Wextra -Werror -Iinclude -c "$source" -o "$devices/$(basename "$source" .c).o"
done
echo
row 'devices' text data bss ram
for object in "$devices"/*.o; do
    name=$(basename "$object" .o)
    header=devices/$name.h struct=i2ctarget_$name
    [ "$name" != smbus ] || header=smbus.h struct=i2ctarget_smbus_device
    read -r text data bss <<<"$(sizes "$object")"
    ram=0 # a file without a header of its own is part of a device
    if [ -e "include/i2ctarget/$header" ]; then
        printf '#include "i2ctarget/%s"\nstruct %s device_ram;\n' "$header" "$struct" |
            prefixed gcc "${flags[@]}" -Iinclude -x c -c - -o "$now/structs.o"
        ram=$(bytes_of "$now" device)
    fi
    row "$name.c" "$text" "$data" "$bss" "$ram"
done
printf '  from the C library: %s\n' "$(prefixed nm --format=posix "$devices"/*.o |
    awk '$2 == "U" { wanted[$1] } $2 != "U" { ours[$1] } END { for (name in wanted) if (!(name in ours)) print name }' |
    sort | xargs)"

# port_sizes TITLE PREFIX FLAGS SOURCE…: a port, compiled for its own processor core by PREFIX-gcc.
port_sizes() {
    local title=$1 prefix=$2 source object text data bss
    local of_core=() objects
    read -r -a of_core <<<"$3"
    shift 3
    printf '\n'
    row "$title" text data bss ''
    objects=$(mktemp -d "$work/port.XXXXXX")
    for source in "$@"; do
        object=$objects/$(basename "$source" .c).o
        "$prefix-gcc" -std=c11 -Os -ffreestanding -ffunction-sections -fdata-sections "${of_core[@]}" \
            -Iinclude -Isrc -Iports -Iports/cpu/mmio -c "$source" -o "$object"
        read -r text data bss <<<"$("$prefix-size" "$object" | awk 'NR == 2 { print $1, $2, $3 }')"
        row "$(basename "$source")" "$text" "$data" "$bss" ''
    done
    "$prefix-size" -t "$objects"/*.o | awk 'END { printf "  %-44s %6s %6s %6s\n", "all of it", $1, $2, $3 }'
    rm -r "$objects"
}

cortex() { # CORE
    printf -- '-mcpu=%s -mthumb -Iports/cpu/cortexm' "$1"
}

port_sizes 'port of the RP2040' arm-none-eabi "$(cortex cortex-m0plus)" ports/rp2040/*.c
port_sizes 'port of SAM D5x/E5x' arm-none-eabi "$(cortex cortex-m4)" ports/samd5x/*.c
port_sizes 'any two pins, for ports of chips' arm-none-eabi "$(cortex cortex-m4)" ports/gpio/*.c

# The chips of ports/esp32 share it; each takes some of its files.  With ports/gpio, which they need.
esp32_sizes() { # TITLE CHIP PREFIX FLAGS FILE…
    local title=$1 chip=$2 prefix=$3 of_core=$4
    shift 4
    port_sizes "port of $title, with ports/gpio" "$prefix" "$of_core -Iports/esp32/soc/$chip -Iports/cpu/$chip -Iports/cpu/event" \
        "${@/#/ports/esp32/}" ports/esp32/{clock,pads,port}.c ports/gpio/*.c ports/cpu/event/event.c
}

xtensa='-mlongcalls -mtext-section-literals -Iports/cpu/xtensa'
riscv='-march=rv32imc_zicsr -mabi=ilp32 -Iports/cpu/riscv'
esp32_sizes ESP32 esp32 xtensa-lx106-elf "$xtensa" register_pins.c timg.c
esp32_sizes ESP32-S2 esp32s2 xtensa-lx106-elf "$xtensa" cpu_pins.c systimer.c
esp32_sizes ESP32-S3 esp32s3 xtensa-lx106-elf "$xtensa" cpu_pins.c systimer.c
esp32_sizes ESP32-C3 esp32c3 riscv64-unknown-elf "$riscv" cpu_pins.c systimer.c
