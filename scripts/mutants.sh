#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests of the tests: seed bugs, and demand that the test named for each finds it.  usage: scripts/mutants.sh BUILD_DIR [OPTION…]
# The options are those of tests/mutants/run.py; JOBS says how many mutants are tried at a time.
set -eu
cd "$(dirname "$0")/.."
exec /usr/bin/python3 tests/mutants/run.py --jobs "${JOBS:-$(nproc)}" "$@"
