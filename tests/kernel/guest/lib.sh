# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# What checks are written with.  A check is a function; it fails when a command of it fails (`set -e`).

# BusyBox has applets with the names of i2c-tools, and finds them before any file.
i2cdetect() { /usr/sbin/i2cdetect "$@"; }
i2cget() { /usr/sbin/i2cget "$@"; }
i2cset() { /usr/sbin/i2cset "$@"; }
i2cdump() { /usr/sbin/i2cdump "$@"; }
i2ctransfer() { /usr/sbin/i2ctransfer "$@"; }

export I2CTARGET_DIR=/run/i2ctarget

# A group that needs nothing of the kind.
setup() { :; }
teardown() { :; }

# fail WORDS…: ends the check.
fail() {
    echo "failed: $*"
    exit 1
}

# say WORDS…: shown even if the check passes.
say() {
    echo "say $*" >/dev/ttyS1
}

# expect_log REGEX: the kernel may say this, now; any other complaint of its fails the check.
expect_log() {
    echo "log $*" >/dev/ttyS1
}

# same WANTED GOT [WHAT]
same() {
    [ "$1" = "$2" ] || fail "${3:-value}: wanted '$1', got '$2'"
}

# prints WANTED COMMAND…: the command succeeds and prints just that (on its standard output).
prints() {
    wanted=$1
    shift
    got=$("$@") || fail "$*: exit status $?"
    same "$wanted" "$got" "$*"
}

# refuses TEXT COMMAND…: the command fails, and its complaint has this text.
refuses() {
    text=$1
    shift
    if got=$("$@" 2>&1); then fail "$*: succeeded: $got"; fi
    case $got in
    *"$text"*) ;;
    *) fail "$*: wanted '$text' in its complaint, got '$got'" ;;
    esac
}

# eventually SECONDS COMMAND…: until it succeeds.
eventually() {
    end=$(($(cut -d. -f1 /proc/uptime) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(cut -d. -f1 /proc/uptime)" -le "$end" ] || fail "not in time: $*"
        sleep 0.05
    done
}

# adapter_named REGEX: the number of the first adapter whose name matches.
adapter_named() {
    for adapter in /sys/class/i2c-dev/i2c-*; do
        if [ -e "$adapter/name" ] && grep -qE "$1" "$adapter/name"; then
            echo "${adapter##*-}"
            return 0
        fi
    done
    return 1
}

# on_bus N: the addresses that i2cdetect finds.
on_bus() {
    i2cdetect -y "$1" | sed '1d; s/^...//; s/--//g' | xargs
}

# start NAME COMMAND…: in the background until the group ends, or `stop NAME`; what it prints is in $GROUP_DIR/NAME.log.
start() {
    program=$1
    shift
    setsid "$@" </dev/null >"$GROUP_DIR/$program.log" 2>&1 &
    echo $! >"$GROUP_DIR/$program.pid"
}

pid_of() {
    cat "$GROUP_DIR/$1.pid"
}

# stop NAME [SIGNAL]: and wait until it is gone.
stop() {
    pid=$(pid_of "$1")
    kill "-${2:-TERM}" "$pid" 2>/dev/null || true
    eventually 10 gone "$pid"
    rm "$GROUP_DIR/$1.pid"
}

# Nobody may be there to wait for it; then it stays as a zombie.
gone() {
    [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

# Whatever the group has started.
stop_all() {
    for file in "$GROUP_DIR"/*.pid; do
        [ ! -e "$file" ] || kill -KILL "-$(cat "$file")" 2>/dev/null
    done
    rm -f "$GROUP_DIR"/*.pid
}
