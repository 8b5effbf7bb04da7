#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the checks that need their own kernel, in a virtual machine, and the tests of that machine.
# usage: scripts/kernel.sh BUILD_DIR CACHE_DIR [ARGUMENT OF tests/kernel/run.py…]
set -u
BUILD_DIR=$(realpath "$1")
KERNEL_CACHE=$(realpath -m "$2")
export BUILD_DIR KERNEL_CACHE
shift 2
cd "$(dirname "$0")/../tests/kernel" || exit 2
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
status=0
/usr/bin/python3 test_harness.py >"$log" 2>&1 &
/usr/bin/python3 run.py "$BUILD_DIR" --cache "$KERNEL_CACHE" "$@" || status=1
wait $! || status=1
echo "The machine itself, with guests that panic, hang, lie:"
cat "$log"
exit $status
