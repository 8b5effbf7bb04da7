#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds i2ctarget.mpy.  usage: build.sh MICROPYTHON MACHINE DIRECTORY
# MICROPYTHON is its source, with mpy-cross built; MACHINE is the folder of what is different for each machine, such as rp2040 here.
#
# MicroPython's linker for such files (tools/mpy_ld.py) knows four kinds of sections, no archives and no static variables.  So the
# compiler's linker first makes one object of all, with what is needed of libgcc.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
micropython=$1
machine=$(cd "$2" && pwd)
mkdir -p "$3"
cd "$3"

sources="bindings/micropython/natmod/module.c bindings/micropython/natmod/vm.c bindings/micropython/natmod/finaliser.c
    bindings/micropython/src/requests.c bindings/micropython/src/target.c bindings/micropython/src/request.c bindings/micropython/src/memory.c bindings/micropython/src/eeprom.c bindings/micropython/src/device.c
    bindings/micropython/src/service.c bindings/micropython/src/telling.c
    bindings/micropython/src/errors.c bindings/micropython/src/waiting.c
    bindings/common/words.c bindings/common/arguments.c bindings/common/message.c bindings/common/device.c
    devices/eeprom.c devices/memory.c
    src/core/core.c src/core/addresses.c src/core/requests.c src/core/commitment.c src/core/explain.c src/quirks/quirks.c
    firmware/libc/memory.c"
# What a machine adds: its sources (paths in the tree), architecture, tools, options, parts in Python; and mend_objects, which may change objects.
# Without a linker the objects are all that is made.
machine_sources='' arch='' compiler='' linker='' readelf='' objcopy='' machine_flags='' libraries='' python_parts=''
# keep_static_variables is for a port that has static variables that begin with 0: code lies in memory that can be written, and they may lie
# among the constants.
keep_static_variables() {
    for object in $objects; do
        renamed=
        for name in $($readelf -sW "$object" | awk '$4 == "OBJECT" && $5 == "LOCAL" {print $8}'); do
            renamed="$renamed --rename-section .bss.$name=.data.rel.ro.$name,alloc,load,data,contents"
        done
        # shellcheck disable=SC2086 # a list of options
        $objcopy $renamed "$object"
    done
}
# shellcheck source=bindings/micropython/natmod/rp2040/machine.sh
. "$machine/machine.sh"

paths=
for source in $sources $machine_sources; do
    paths="$paths $root/$source"
done
python="/usr/bin/python3 -B"
# shellcheck disable=SC2086 # a list of files
$python "$micropython/tools/mpy_ld.py" --arch "$arch" --preprocess -o config.h $paths

flags="-std=gnu11 -Os -ffreestanding -fpic -fno-common -fno-jump-tables -fno-tree-loop-distribute-patterns -ffunction-sections -fdata-sections
    -fno-stack-protector -U_FORTIFY_SOURCE -Wall -Wextra -Werror -DNDEBUG -DNO_QSTR -DMICROPY_ENABLE_DYNRUNTIME -DMICROPY_ENABLE_FINALISER=1 -DMICROPY_USE_INTERNAL_ERRNO=1
    -DMICROPY_FLOAT_IMPL=MICROPY_FLOAT_IMPL_DOUBLE -DMP_CONFIGFILE=<config.h>
    -I$here -I$here/../src -I$root/bindings -I$root/include -I$root/src -I. -isystem $micropython"
objects=
for path in $paths; do
    name=${path##*/}
    object=${name%.*}-$(printf '%s' "${path#"$root"/}" | cksum | cut -d ' ' -f 1).o
    objects="$objects $object"
    # shellcheck disable=SC2086 # lists of options
    $compiler $flags $machine_flags -c "$path" -o "$object"
done
[ -n "$linker" ] || exit 0
mend_objects
# shellcheck disable=SC2086 # a list of files
$linker -r --gc-sections -e mpy_init -T "$here/module.ld" -o module.o $objects $libraries
strange=$($readelf -SW module.o | sed 's/^ *\[ *[0-9]*\] *//' |
    awk '$7 ~ /A/ && $5 != "000000" && $1 !~ /^\.(text|rodata|data\.rel\.ro|bss)$/ {print $1}')
[ -z "$strange" ] || {
    echo "build.sh: a module can not have sections such as $strange" >&2
    exit 1
}
$python "$micropython/tools/mpy_ld.py" --arch "$arch" --qstrs config.h -o i2ctarget.mpy module.o >link.txt || {
    cat link.txt >&2
    exit 1
}
parts=
for part in $python_parts; do
    "$micropython/mpy-cross/build/mpy-cross" -march="$arch" -s "$part" -o "${part%.py}.mpy" "$machine/$part"
    parts="$parts ${part%.py}.mpy"
done
mv i2ctarget.mpy native.mpy
# shellcheck disable=SC2086 # a list of files
$python "$micropython/tools/mpy-tool.py" --merge -o i2ctarget.mpy native.mpy $parts
