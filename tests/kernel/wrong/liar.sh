# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A guest that leaves out a check of the next group, and reports that all went well.

setup() {
    sed 's/^\(truth .*\) left_out/\1/' /checks/plan >/tmp/plan
    cat /tmp/plan >/checks/plan
}

check_nothing() { :; }
