#!/bin/sh
# SPDX-License-Identifier: MIT
# A firmware of MicroPython with files on its flash.  usage: with_files.sh MICROPYTHON FIRMWARE.uf2 FOLDER IMAGE.uf2
# MICROPYTHON is its unix port; the file system is where a Raspberry Pi Pico has it: the last 1408 KiB of 2 MiB.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
begin=0x100a0000
blocks=352
"$1" -X heapsize=8M "$here/disk.py" "$4.disk" $blocks "$3"
/usr/bin/python3 -B "$here/append.py" "$2" "$4.disk" $begin "$4"
rm "$4.disk"
