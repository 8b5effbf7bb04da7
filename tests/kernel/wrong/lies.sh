# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A guest that leaves a check out, and reports that all went well.

check_told() { :; }

check_left_out() { false; }

# Takes the place of the runner's own.
# shellcheck disable=SC2317
setup() {
    one() {
        passed=$((passed + 1))
        [ "$2" != left_out ] || return 0
        echo "begin $1.$2" >&3
        echo "pass $1.$2" >&3
    }
}
