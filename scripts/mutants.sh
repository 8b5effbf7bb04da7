#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests of the tests: the named test must find every seeded bug, and the tests must find a sample of bugs that a program drew.
# usage: scripts/mutants.sh BUILD_DIR                     both
#        scripts/mutants.sh BUILD_DIR OPTION…             seeded bugs: tests/mutants/run.py
#        scripts/mutants.sh BUILD_DIR drawn [OPTION…]     the sample: tests/mutants/drawn/draw.py
#        scripts/mutants.sh BUILD_DIR micropython [OPTION…]   seeded bugs of MicroPython's module; DEBIAN13: where its source is;
#        MICROPYTHON: where its unix port and the stock firmware of the RP2040 are
# JOBS says how many mutants are tried at a time.
set -u
cd "$(dirname "$0")/.." || exit 2
build=$1
shift
status=0

try() {
    program=$1
    shift
    # Tests end programs by these signals.  Where they are ignored from the start (nohup, a job in the background), they would wait.
    env --default-signal=INT,QUIT,HUP /usr/bin/python3 -B "tests/mutants/$program" "$build" --jobs "${JOBS:-$(nproc)}" "$@" || status=1
}

case ${1:-both} in
both)
    try run.py
    try drawn/draw.py --sample 300 --seed 1
    ;;
drawn)
    shift
    try drawn/draw.py "$@"
    ;;
micropython)
    shift
    try run.py --rows tests/micropython/mutants "$@"
    ;;
*) try run.py "$@" ;;
esac
exit $status
