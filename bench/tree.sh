# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What is measured: a build tree of its own, as users have it, with the programs of bench.  For scripts that are in the root of the sources.
#   build   where it is, and is made if it is missing; afterwards the absolute path
#   work    a new folder for the script's files; it removes it.  The buses are in there, too (I2CTARGET_DIR)
cmake -G Ninja -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE='-O2 -DNDEBUG' \
    -DI2CTARGET_TESTS=OFF -DI2CTARGET_BENCH=ON >/dev/null
ninja -C "$build" --quiet
build=$(cd "$build" && pwd)
work=$(mktemp -d)
export I2CTARGET_DIR="$work/bus"
mkdir -m 700 "$I2CTARGET_DIR"
