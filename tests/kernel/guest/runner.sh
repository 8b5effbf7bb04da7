#!/bin/sh
# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# Runs every group of /checks/plan, and reports on the second serial port, a line each:
#
#   group NAME            a group begins
#   begin GROUP.CHECK     (also GROUP.setup and GROUP.teardown)
#   log REGEX             this check may leave such lines in the kernel's log
#   say TEXT              to be shown in any case
#   | TEXT                what the check printed, and at last the programs that the group has started; shown when it fails
#   pass GROUP.CHECK
#   fail GROUP.CHECK WHY
#   end PASSED FAILED     nothing comes after this
#
# Each check is a process group of its own with a time limit; what it leaves running is killed.  The kernel's log gets a mark at each
# begin and end, so that the host can say whose a line is.
# shellcheck source=/dev/null
. /checks/variables
# shellcheck source=/dev/null
. /checks/lib.sh
exec 3>/dev/ttyS1

mark() {
    echo "<5>i2ctarget: $*" >/dev/kmsg
}

# Whether a process group has still a member that is no zombie.
alive() {
    kill -0 "-$1" 2>/dev/null
}

# What COMMAND… prints goes to the report when it is over; it is killed after SECONDS.  why: empty if all was well.
within() {
    local seconds=$1 child watchdog status
    shift
    rm -f /tmp/over
    setsid "$@" >/tmp/output 2>&1 &
    child=$!
    (
        sleep "$seconds"
        echo >/tmp/over
        kill -KILL "-$child"
    ) >/dev/null 2>&1 &
    watchdog=$!
    wait $child
    status=$?
    kill $watchdog 2>/dev/null
    wait $watchdog 2>/dev/null
    why=
    [ $status -eq 0 ] || why="exit status $status"
    [ ! -e /tmp/over ] || why="not within $seconds s"
    kill -KILL "-$child" 2>/dev/null
}

# one GROUP NAME SECONDS: runs a check, or setup or teardown, and reports it.
one() {
    mark "begin $1.$2"
    echo "begin $1.$2" >&3
    case $2 in
    setup | teardown) within "$3" /bin/sh /checks/check.sh "$1" "$2" ;;
    *) within "$3" /bin/sh /checks/check.sh "$1" "check_$2" ;;
    esac
    # shellcheck source=/dev/null
    if [ "$2$why" = setup ]; then . "$GROUP_DIR/exports"; fi
    if [ "$2" = teardown ]; then stop_all; fi
    [ -z "$why" ] || tail -n 5 "$GROUP_DIR"/*.log >>/tmp/output 2>&1
    tr -cd '\t\n -~' </tmp/output | sed 's/^/| /' >&3
    mark "end $1.$2"
    if [ -z "$why" ]; then
        echo "pass $1.$2" >&3
    else
        echo "fail $1.$2 $why" >&3
    fi
    [ -z "$why" ]
}

group() {
    local name=$1 seconds=$2 check
    shift 2
    echo "group $name" >&3
    export GROUP_DIR="/tmp/$name"
    mkdir -p "$GROUP_DIR"
    if one "$name" setup "$seconds"; then
        for check in "$@"; do
            if one "$name" "$check" "$seconds"; then
                passed=$((passed + 1))
            else
                failed=$((failed + 1))
            fi
        done
    else
        failed=$((failed + 1))
    fi
    one "$name" teardown "$seconds" || failed=$((failed + 1))
}

# A shell for each group: what it defines is gone with it.  It leaves two numbers.
counted() {
    passed=0
    failed=0
    group "$@"
    echo "$passed $failed" >/tmp/counts
}

all_passed=0
all_failed=0
while read -r line; do
    # shellcheck disable=SC2086 # words are wanted
    (counted $line) </dev/null
    read -r passed failed </tmp/counts
    all_passed=$((all_passed + passed))
    all_failed=$((all_failed + failed))
done </checks/plan
echo "end $all_passed $all_failed" >&3
