# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A guest that dies on the way.

check_before() { :; }

check_panics() {
    echo c >/proc/sysrq-trigger
}

check_after() { :; }
