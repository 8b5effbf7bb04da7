# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A guest that stops in the middle: its runner is frozen, so that not even a time limit inside it works.
#
# seconds: 2

check_hangs() {
    kill -STOP $PPID
    sleep 1000
}

check_after() { :; }
