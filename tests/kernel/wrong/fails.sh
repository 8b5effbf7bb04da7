# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# Every other way to be wrong; the guest lives on, and so do the checks that are right.
#
# seconds: 2

check_right() { :; }

check_fails() {
    false
    true
}

check_compares() {
    same 1 2
}

check_slow() {
    sleep 60
}

check_kernel_complains() {
    echo "<4>WARNING: CPU: 0 PID: 1 at nowhere" >/dev/kmsg
}

check_kernel_expected() {
    expect_log 'WARNING: .* somewhere'
    echo "<4>WARNING: CPU: 0 PID: 1 at somewhere" >/dev/kmsg
}

check_leaves_process() {
    sleep 1000 &
}

check_that_was_killed() {
    if pgrep -f 'sleep 1000' >/dev/null; then fail "still there"; fi
}
