#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds firmware for a board, or for all boards of a chip.  usage: scripts/firmware.sh DIRECTORY BOARD|all PROGRAM [--quiet]
# PROGRAM: the name of an example, or --source=PATH: a C file, or a folder whose C files (not those of folders in it) are one program.  A program
# in Python, NAME.py or --source=NAME.py, runs at boot in MicroPython's firmware (scripts/micropython_board.sh, which says where it is then).
# Environment: CHIP (default: the board's; needed for all), SCL, SDA (pins to use instead of the board's own), JOBS; SERCOM_ONLY=1 (SAM D5x/E5x:
# no code for pins that no SERCOM has); CORE=1 (ESP32, ESP32-S3: the program runs on the second core).
# The images are DIRECTORY/CHIP/BOARD/NAME.elf and .uf2, or .bin; NAME is that of the example, the file or the folder.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
board=$2
chip=${CHIP:-$(/usr/bin/python3 "$root/boards/header.py" --which "$board")}
build=$(cd "$1" && pwd)/$chip
quiet=${4:-}
headers=$build/boards

complain() {
    echo "$1" >&2
    exit 1
}

case ${SERCOM_ONLY:-0} in
0) sercom_only= ;;
1)
    [ "$chip" = samd5x ] || complain "SERCOM_ONLY=1 is for SAM D5x/E5x alone, not for CHIP=$chip"
    sercom_only=ON
    ;;
*) complain "SERCOM_ONLY is 1 or 0, not $SERCOM_ONLY" ;;
esac

case ${CORE:-0} in
0) second_core= ;;
1)
    case $chip in
    esp32 | esp32s3) second_core=ON ;;
    *) complain "CORE=1 is for the second core of ESP32 and ESP32-S3 alone, not for CHIP=$chip" ;;
    esac
    ;;
*) complain "CORE is 0 or 1, not $CORE" ;;
esac

in_micropython() {
    exec "$root/scripts/micropython_board.sh" "$build/../../micropython/rp2" "$board" "$1" ${quiet:+--quiet}
}

# An example is compiled with the warnings of this project as errors.  Other programs are somebody else's.
warnings=theirs
case $3 in
--source=*.py) in_micropython "${3#--source=}" ;;
*.py)
    [ -e "$root/examples/$3" ] || complain "There is no example $3; there are: $(cd "$root/examples" && echo *.py).  Your own program: SOURCE=PATH"
    in_micropython "$root/examples/$3"
    ;;
--source=*)
    source=${3#--source=}
    [ -e "$source" ] || complain "There is no file or folder $source (a relative path begins at $PWD)"
    ;;
*)
    source=$root/examples/$3.c warnings=ours
    [ -e "$source" ] || complain "There is no example $3; there are: $(cd "$root/examples" && echo *.c | sed 's/\.c//g').  Your own program: SOURCE=PATH"
    ;;
esac
source=$(realpath "$source")
case $source in
*[]\;\"\$\\[]*) complain "CMake can not compile $source: no part of a path may have any of the characters ; [ ] \" \$ \\" ;;
esac
if [ -d "$source" ]; then
    name=$(basename "$source")
    set -- "$source"/*.c
    [ -e "$1" ] || complain "There is no C file in the folder $source"
elif [ "${source%.c}" != "$source" ]; then
    name=$(basename "$source" .c)
    set -- "$source"
else
    complain "$source is no C file: its name does not end in .c"
fi
sources=$(printf '%s\n' "$@" | paste -s -d ';')

mkdir -p "$headers"
/usr/bin/python3 "$root/boards/header.py" --chip "$chip" --output "$headers" "$board" \
    ${SCL:+"--scl=$SCL"} ${SDA:+"--sda=$SDA"} ${sercom_only:+--blocks-only} >"$build/selected"
boards=$(cut -d ' ' -f 1 "$build/selected" | paste -s -d ';')
mcus=$(cut -d ' ' -f 4 "$build/selected" | paste -s -d ';')

configured="$boards $mcus $name $warnings $sources sercom_only=$sercom_only second_core=$second_core"
if [ ! -e "$build/build.ninja" ] || [ "$(cat "$build/configured" 2>/dev/null)" != "$configured" ]; then
    cmake -G Ninja -S "$root/firmware" -B "$build" -DCMAKE_TOOLCHAIN_FILE="$root/firmware/$chip/toolchain.cmake" \
        -DCHIP="$chip" -DBOARDS="$boards" -DMCUS="$mcus" -DNAME="$name" -DSOURCES="$sources" -DWARNINGS="$warnings" -DHEADERS="$headers" -DSERCOM_ONLY="${sercom_only:-OFF}" -DSECOND_CORE="${second_core:-OFF}" >"$build/cmake.log" 2>&1 || {
        cat "$build/cmake.log" >&2
        exit 1
    }
    echo "$configured" >"$build/configured"
fi
ninja -C "$build" ${JOBS:+-j "$JOBS"} --quiet >"$build/ninja.log" 2>&1 || {
    cat "$build/ninja.log" >&2
    exit 1
}
grep -v -e '^ninja: ' -e '^-- ' "$build/ninja.log" >&2 || true # what the compiler thinks of the program
[ "$quiet" = --quiet ] && exit 0

size=$(sed -n 's/^CMAKE_NM:[A-Z]*=\(.*\)nm$/\1size/p' "$build/CMakeCache.txt")
flash=$root/firmware/$chip/flash # the command that writes an image; without it, one copies a file to a disk
while read -r board scl sda _; do
    image=$build/$board/$name
    # shellcheck disable=SC2046 # three numbers
    set -- $("$size" "$image.elf" | tail -n 1)
    printf '%s  SCL=%s SDA=%s  %d bytes of code and data, %d of zeroed RAM\n' "$board" "$scl" "$sda" $(($1 + $2)) "$3"
    for file in "$image.elf" "$image.uf2" "$image.bin"; do
        [ -e "$file" ] || continue
        printf '  %s  %d bytes\n' "${file#"$PWD/"}" "$(wc -c <"$file")"
    done
    [ -e "$flash" ] || continue
    printf '  %s %s\n' "$(cat "$flash")" "${image#"$PWD/"}.bin"
done <"$build/selected"
