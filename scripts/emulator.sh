#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds what runs firmware without a board.  usage: scripts/emulator.sh DIRECTORY [CHIP]
# rp2040 (the default): machine.wasm (PIO, pads, wires), bootrom.bin, and npm's rp2040js.  samd5x, esp32, esp32s2, esp32s3, esp32c3: emulate_CHIP.
# Builds only what is missing or out of date.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
cd "$root"

# made FILE SOURCE…: was FILE made from the present sources?  If not, mark() records them after the build.
made() {
    file=$1
    shift
    now=$(sha256sum "$@" | sha256sum)
    [ -e "$directory/$file" ] && [ "$(cat "$directory/$file.from" 2>/dev/null)" = "$now" ]
}

mark() {
    echo "$now" >"$directory/$file.from"
}

# parts FOLDER: its sources but for tests and the program that judges make of it.
parts() {
    for source in "$1"/*.c; do
        case ${source##*/} in
        test_* | execute.c | decode.c | stage.c) ;;
        *) echo "$source" ;;
        esac
    done
}

# emulate CORE FOLDER SOURCE…: a program in C, one of our own cores (a folder of tests/emulator) with the model of a chip (tests/chips/FOLDER)
# and what makes a board of it.
emulate() {
    core=tests/emulator/$1 folder=tests/chips/$2
    shift 2
    sources="$* $(parts "$core") $(parts "$folder/model") tests/emulator/core.c tests/emulator/engine.c tests/emulator/hand.c
        $(parts tests/emulator/board) $(echo linux/link/*.c) tests/support/nvic.c tests/support/processor.c
        src/line/wires.c src/line/controller_line.c src/line/controller_message.c src/line/controller_run.c src/line/checker.c src/line/bus_timing.c src/line/vcd.c"
    # shellcheck disable=SC2086 # a list
    if ! made "emulate_$chip" scripts/emulator.sh $sources "$core"/*.h tests/emulator/*.h tests/emulator/board/*.h tests/support/*.h \
        tests/support/cpu/*.h src/line/*.h linux/link/*.h include/i2ctarget/*.h "$folder"/*/*.h; then
        cc -std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
            -Iinclude -Isrc -Ilinux -Itests -Itests/support/cpu -Iports/cpu/cortexm -o "$directory/emulate_$chip" $sources -lunicorn
        mark
    fi
}

chip=${2:-rp2040}
case $chip in
samd5x)
    emulate cortexm samd5x tests/chips/samd5x/emulator/chip.c
    exit 0
    ;;
esp32 | esp32s2 | esp32s3)
    emulate xtensa esp32 tests/chips/esp32/emulator/chip.c tests/chips/esp32/emulator/second_core.c \
        tests/chips/esp32/emulator/xtensa.c "tests/chips/esp32/emulator/$chip.c"
    exit 0
    ;;
esp32c3)
    emulate riscv esp32 tests/chips/esp32/emulator/chip.c tests/chips/esp32/emulator/esp32c3.c
    exit 0
    ;;
esac

sources="tests/chips/rp2040/emulator/machine.c tests/emulator/bus.c tests/emulator/hand.c $(echo tests/chips/rp2040/model/pio*.c)
    src/line/wires.c src/line/controller_line.c src/line/controller_message.c src/line/controller_run.c src/line/checker.c src/line/bus_timing.c"
# shellcheck disable=SC2086 # a list
if ! made machine.wasm scripts/emulator.sh $sources src/line/*.h tests/emulator/*.h tests/chips/rp2040/model/*.h include/i2ctarget/*.h; then
    clang --target=wasm32 -std=c11 -O2 -ffreestanding -nostdlib -mbulk-memory -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
        -Iinclude -Isrc -Itests -Ifirmware/libc -Wl,--no-entry -o "$directory/machine.wasm" $sources
    mark
fi

rom=tests/chips/rp2040/bootrom
if ! made bootrom.bin scripts/emulator.sh $rom/*.S $rom/*.[ch] $rom/link.ld; then
    # The SDK calls clz32 with an address in r12; loops of memset and memcpy are not calls of themselves.
    arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb -std=c11 -Os -ffreestanding -ffixed-r12 -fno-tree-loop-distribute-patterns \
        -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -nostdlib -Wl,-T,$rom/link.ld -o "$directory/bootrom.elf" $rom/*.S $rom/*.c -lgcc
    arm-none-eabi-objcopy -O binary "$directory/bootrom.elf" "$directory/bootrom.bin"
    mark
fi

if ! made node_modules tests/chips/rp2040/emulator/package-lock.json; then
    cp tests/chips/rp2040/emulator/package.json tests/chips/rp2040/emulator/package-lock.json "$directory"
    (cd "$directory" && npm ci --no-audit --no-fund) >"$directory/npm.log" 2>&1 || {
        cat "$directory/npm.log" >&2
        exit 1
    }
    mark
fi
