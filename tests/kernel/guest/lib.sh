# shellcheck shell=dash
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
    local wanted=$1 got
    shift
    got=$("$@") || fail "$*: exit status $?"
    same "$wanted" "$got" "$*"
}

# refuses TEXT COMMAND…: the command fails, and its complaint has this text.
refuses() {
    local text=$1 got
    shift
    if got=$("$@" 2>&1); then fail "$*: succeeded: $got"; fi
    case $got in
    *"$text"*) ;;
    *) fail "$*: wanted '$text' in its complaint, got '$got'" ;;
    esac
}

# eventually SECONDS COMMAND…: until it succeeds.
eventually() {
    local end=$(($(cut -d. -f1 /proc/uptime) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(cut -d. -f1 /proc/uptime)" -le "$end" ] || fail "not in time: $*"
        sleep 0.05
    done
}

# adapter_named REGEX: the number of the first adapter whose name matches.
adapter_named() {
    local adapter
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
    local program=$1
    shift
    rm -f "$GROUP_DIR/$program.log" # of an earlier one, that nobody may read any more
    setsid "$@" </dev/null >"$GROUP_DIR/$program.log" 2>&1 &
    echo $! >"$GROUP_DIR/$program.pid"
}

# started NAME REGEX COMMAND…: the same, and wait until it has printed such a line.
started() {
    local name=$1 line=$2
    shift 2
    start "$name" "$@"
    eventually 60 said_or_gone "$name" "$line"
    grep -qE "$line" "$GROUP_DIR/$name.log" || fail "$* has ended: $(cat "$GROUP_DIR/$name.log")"
}

said_or_gone() {
    grep -qE "$2" "$GROUP_DIR/$1.log" || gone "$(pid_of "$1")"
}

# bus N [OPTION…]: a bus server.
bus() {
    started "bus$1" "^bus $1 ready" i2ctarget bus "$@"
}

# attached N [OPTION…]: the bus as an adapter of the kernel's; adapter_of N tells its number.
attached() {
    started "attach$1" "^/dev/i2c-[0-9]+ is bus $1\$" i2ctarget attach "$@"
}

adapter_of() {
    sed -n "s/^\/dev\/i2c-\([0-9]*\) is bus $1\$/\1/p" "$GROUP_DIR/attach$1.log" | tail -n 1
}

# target BUS NAME ADDRESS COMMAND…: a target in the background, and wait until it listens there.
target() {
    local number=$1 name=$2 address=$3
    shift 3
    start "$name" env "I2CTARGET_BUS=$number" "$@"
    I2CTARGET_BUS=$number i2ctarget exec --wait "$address" -- /usr/sbin/i2cdetect -V >/dev/null 2>&1
}

pid_of() {
    cat "$GROUP_DIR/$1.pid"
}

# stop NAME [SIGNAL]: and wait until it is gone.
stop() {
    local pid
    pid=$(pid_of "$1")
    kill "-${2:-TERM}" "$pid" 2>/dev/null || true
    eventually 30 gone "$pid"
    rm "$GROUP_DIR/$1.pid"
}

# Nobody may be there to wait for it; then it stays as a zombie.
gone() {
    [ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

# Whatever the group has started.
stop_all() {
    local file
    for file in "$GROUP_DIR"/*.pid; do
        [ ! -e "$file" ] || kill -KILL "-$(cat "$file")" 2>/dev/null
    done
    rm -f "$GROUP_DIR"/*.pid
}

# simulated_chip LABEL: eight lines of gpio-sim with this label; prints the name of the GPIO chip.
simulated_chip() {
    local sim=/sys/kernel/config/gpio-sim/$1
    modprobe configfs
    modprobe gpio-sim
    mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
    mkdir -p "$sim/bank"
    echo 8 >"$sim/bank/num_lines"
    echo "$1" >"$sim/bank/label"
    echo 1 >"$sim/live"
    cat "$sim/bank/chip_name"
}

# client ADAPTER NAME ADDRESS: a client of the kernel's; its driver is loaded if need be.  dropped ADAPTER ADDRESS takes it away.
client() {
    echo "$2 $3" >"/sys/bus/i2c/devices/i2c-$1/new_device"
    eventually 30 test -e "$(directory_of "$1" "$3")/driver"
}

dropped() {
    echo "$2" >"/sys/bus/i2c/devices/i2c-$1/delete_device"
}

# directory_of ADAPTER 0x50: the client's directory in sysfs.
directory_of() {
    echo "/sys/bus/i2c/devices/$1-00${2#0x}"
}

# bytes COUNT SEED: so many bytes that no two seeds share.
bytes() {
    awk -v n="$1" -v x="$2" 'BEGIN { srand(x); for (i = 0; i < n; i++) printf "%c", 33 + int(rand() * 90) }'
}

# watched BUS: from here on `transfers` tells what was on the bus, a line a transfer.
watched() {
    started "monitor$1" 'watching bus' i2ctarget monitor --bus "$1" --full
}

# transfers BUS: and the watch is over.
transfers() {
    sleep 0.3
    stop "monitor$1"
    grep ' S ' "$GROUP_DIR/monitor$1.log"
}

# contract COMMAND…: i2c-contract; the last line of what it says, and what the adapter does not do, are shown.
contract() {
    local status=0
    "$@" >/tmp/contract 2>&1 || status=$?
    cat /tmp/contract
    say "$(tail -n 1 /tmp/contract)"
    sed -n 's/^not offered  *\w* *\([a-z0-9_]*\).*/\1/p' /tmp/contract | xargs | fold -s -w 100 | grep . | while read -r line; do
        say "not offered: $line"
    done
    return $status
}

# cycle N: attach bus 1 and detach it, N times; a target must answer each time.
cycle() {
    local turn=0 number
    while [ $turn -lt "$1" ]; do
        turn=$((turn + 1))
        attached 1
        number=$(adapter_of 1)
        i2cset -y "$number" 0x40 0x02 $((turn % 256))
        same "$(printf '0x%02x' $((turn % 256)))" "$(i2cget -y "$number" 0x40 0x02)" "cycle $turn"
        stop attach1
        [ ! -e "/sys/class/i2c-dev/i2c-$number" ] || fail "cycle $turn: adapter $number stays"
    done
}

# millis: a clock.
millis() {
    awk '{ printf "%d", $1 * 1000 }' /proc/uptime
}
