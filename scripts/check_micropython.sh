#!/bin/sh
# SPDX-License-Identifier: MIT
# The tests that need packages of Debian 13.  The last line is "N passed, N failed".
# Environment: BUILD (directory, default build), JOBS (default: one a core).
set -u
cd "$(dirname "$0")/.." || exit 2
mkdir -p "${BUILD:-build}" || exit 2
build=$(cd "${BUILD:-build}" && pwd)
jobs=${JOBS:-$(nproc)}

# Without what is tested there is nothing to count.
give_up() {
    echo "check-micropython: $*" >&2
    echo "0 passed, 1 failed"
    exit 1
}

export DEBIAN13="$build/debian13"
scripts/debian13.sh "$DEBIAN13" src:micropython src:mbedtls pico-sdk-source tinyusb-source esptool || give_up "the packages could not be fetched"
JOBS=$jobs scripts/micropython.sh "$build/micropython" || give_up "MicroPython could not be built"
JOBS=$jobs scripts/micropython_rp2.sh "$build/micropython/rp2-stock" || give_up "MicroPython's firmware could not be built"
for program in "" examples/registers.py; do
    JOBS=$jobs scripts/micropython_board.sh "$build/micropython/rp2" raspberry_pi_pico ${program:+"$program"} ||
        give_up "MicroPython's firmware with the module could not be built"
done
# The loaded module: on the stock firmware, installed as mpremote does it, and for x64.
board=tests/chips/rp2040/micropython
rm -rf "$build/micropython/rp2-natmod"
JOBS=$jobs scripts/micropython_mpy.sh "$build/micropython/mpy" raspberry_pi_pico || give_up "i2ctarget.mpy could not be built"
$board/install.py "$DEBIAN13/micropython" "$build/micropython/mpy/package.json" "$build/micropython/rp2-natmod/files" ||
    give_up "i2ctarget.mpy could not be installed"
$board/with_files.sh "$build/micropython/micropython" "$build/micropython/rp2-stock/firmware.uf2" "$build/micropython/rp2-natmod/files" \
    "$build/micropython/rp2-natmod/firmware.uf2" || give_up "there is no firmware with i2ctarget.mpy"
tests/micropython/natmod/package.sh "$DEBIAN13/micropython" "$build/micropython/frozen" "$build/micropython/mpy-x64" ||
    give_up "the loaded module for x64 could not be built"
# The same for the processors of other chips, and a MicroPython in QEMU that loads them.
tests/micropython/natmod/load.sh "$DEBIAN13/micropython" "$build/micropython/load" || give_up "the loaded module for other processors could not be built"
cmake -G Ninja -S . -B "$build/gcc" -DI2CTARGET_TESTS=ON -DI2CTARGET_MICROPYTHON="$build/micropython" \
    -DI2CTARGET_DEBIAN13="$DEBIAN13" >/dev/null || give_up "CMake failed"
ninja -C "$build/gcc" -j "$jobs" --quiet || give_up "the library could not be built"
scripts/emulator.sh "$build/gcc/emulator" || give_up "the emulator could not be built"

# A shell starts background jobs with SIGINT ignored, and tests of Ctrl-C would then wait for ever.
env --default-signal=INT,QUIT ctest --test-dir "$build/gcc" -j "$jobs" -L debian13 --output-on-failure --no-tests=error \
    >"$build/micropython/check.txt" 2>&1
status=$?
cat "$build/micropython/check.txt"
failed=$(grep -cE '^ *[0-9]+/[0-9]+ Test .*\*\*\*' "$build/micropython/check.txt")
passed=$(grep -cE '^ *[0-9]+/[0-9]+ Test .* Passed ' "$build/micropython/check.txt")
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
echo "$passed passed, $failed failed"
exit $status
