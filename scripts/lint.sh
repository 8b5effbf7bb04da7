#!/bin/sh
# SPDX-License-Identifier: MIT
# Finds what the compilers do not report.  usage: scripts/lint.sh BUILD_DIR (of a clang build, made here)
# All linters run even if one complains.
set -u
cd "$(dirname "$0")/.." || exit 2
build=$1
status=0

# The tests are included, because they compile the ports of chips, too.  Some headers are generated.
cmake -G Ninja -S . -B "$build" -DCMAKE_C_COMPILER=clang -DI2CTARGET_TESTS=ON >/dev/null &&
    ninja -C "$build" --quiet i2ctarget_cli || exit 1

echo "clang-format"
scripts/format.sh --check || status=1

echo "cppcheck"
cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --platform=unix64 -j "$(nproc)" \
    --enable=warning,performance,portability --suppress=missingIncludeSystem \
    --library=python -D_GNU_SOURCE -I. -Iinclude -Isrc -Iports -Ilinux \
    src devices ports linux bindings examples firmware || status=1

# MicroPython's headers are not there.
echo "clang-tidy"
find src devices ports linux bindings examples -path bindings/micropython -prune -o -name '*.c' -print0 |
    xargs -0 -n 4 -P "$(nproc)" clang-tidy --quiet -p "$build" --warnings-as-errors='*' 2>/dev/null || status=1

echo "shellcheck"
find . -path "./$build" -prune -o -path ./build -prune -o \( -name '*.sh' -o -name '*.bash' \) -print0 | xargs -0 shellcheck .ci/run debian/tests/demo || status=1

exit $status
