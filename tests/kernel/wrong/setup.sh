# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A group that cannot be set up.

setup() {
    false
}

check_never() { :; }
