#!/bin/sh
# SPDX-License-Identifier: MIT
# 10,000 times somebody comes to a bus and goes again, in every way there is; its server must neither grow nor keep anything.
# usage: tests/linux/soak.sh BUILD_DIR [ROUNDS]
set -eu
BUILD_DIR=$(cd "$1" && pwd)
export BUILD_DIR
exec /usr/bin/python3 "$(dirname "$0")/soak.py" "${2:-10000}"
