# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A virtual bus as a character device by CUSE: the kernel's i2c-dev does not take part.
#
# modules: cuse
# programs: tests/linux/smbus_device tests/linux/silent tests/linux/i2c-contract tests/linux/i2c-contract32
# seconds: 180
# takes: 40

# Between CUSE and a program: docs/LINUX.md.
LACKING=no_position,largest,write_of_nothing,read_of_nothing,vectors_are_messages

setup() {
    bus 1 &&
        target 1 smbus_device 0x20 /checks/bin/smbus_device &&
        target 1 silent 0x22 /checks/bin/silent &&
        attached 1 --cuse=7
}

# i2cdetect, i2cget, i2cset, i2ctransfer
check_tools() {
    same "20 21 23" "$(on_bus 7)"
    i2cset -y 7 0x21 0x41 0x1234 w
    prints 0x1234 i2cget -y 7 0x21 0x41 w
    prints "0x11 0x22 0x33" i2ctransfer -y 7 w4@0x20 0x80 0x11 0x22 0x33 w1@0x20 0x80 r3@0x20
}

# blocks whose length the target tells, which no adapter of i2c-tiny-usb's can read
check_block_reads() {
    i2cset -y 7 0x21 0x81 0x01 0x02 0x03 s
    prints "0x01 0x02 0x03" i2cget -y 7 0x21 0x81 s
    prints "0x03 0x01 0x02 0x03" i2ctransfer -y 7 w1@0x21 0x81 'r?@0x21'
}

# the contract of i2c-dev, but for what stands in the way between CUSE and a program
check_contract() {
    contract /checks/bin/i2c-contract --standard --without $LACKING /dev/i2c-7
}

# programs of 32 bits, whose structures are others
check_contract_32_bits() {
    contract /checks/bin/i2c-contract32 --standard --without $LACKING /dev/i2c-7
}

# A call that stalls, for a second: $stalled.  (The program, not a function in a shell: it gets signals.)
stall() {
    /usr/sbin/i2cget -y 7 0x22 0x00 &
    stalled=$!
    sleep 0.2
}

# a signal ends a call that a target keeps waiting
check_signal() {
    for _ in 1 2 3; do # a busy machine may take its time
        stall
        before=$(millis)
        kill -TERM $stalled
        ! wait $stalled || fail "it was answered"
        took=$(($(millis) - before))
        say "ended $took ms after SIGTERM"
        [ $took -gt 600 ] || return 0
    done
    fail "it took $took ms"
}

# a call that waits for the bus is withdrawn when its caller is killed: it never gets there
check_withdrawn() {
    i2cset -y 7 0x20 0x30 0x11
    for _ in 1 2 3; do
        stall
        /usr/sbin/i2cset -y 7 0x20 0x30 0x22 &
        waiting=$!
        sleep 0.1
        kill -KILL $waiting
        ! wait $waiting || continue
        kill -0 $stalled || continue # a busy machine: the bus was free before it came to that
        ! wait $stalled || fail "the first call was answered"
        prints 0x11 i2cget -y 7 0x20 0x30
        return 0
    done
    fail "the first call was over too soon"
}

# a number that is taken is not taken away
check_taken() {
    refuses "/dev/i2c-7 is there already" i2ctarget attach 1 --cuse=7
    i2cset -y 7 0x20 0x31 0x13
    prints 0x13 i2cget -y 7 0x20 0x31
}

# a bus and its device in one command; both end with it
check_one_command() {
    started bus2 "^/dev/i2c-2 is bus 2\$" i2ctarget bus 2 --cuse
    same "" "$(on_bus 2)"
    stop bus2
    [ ! -e /dev/i2c-2 ] || fail "the device is still there"
    refuses "no bus 2" i2ctarget attach 2 --cuse
}

# detached while a call is under way: the caller is told, and nothing stays
check_detached_in_a_call() {
    stall
    stop attach1
    ! wait $stalled || fail "the call was answered"
    [ ! -e /dev/i2c-7 ] || fail "the device is still there"
    attached 1 --cuse=7
    i2cset -y 7 0x20 0x32 0x14
    prints 0x14 i2cget -y 7 0x20 0x32
}

# keeps_few PROCESS BEFORE: connections that nobody uses.
keeps_few() {
    [ "$(find "/proc/$1/fd" -type l | wc -l)" -le $(($2 + 8)) ]
}

# thirty callers at once, some killed in the middle: the device's process keeps a few connections, and no more
check_crowd() {
    device=$(pidof i2ctarget-cuse)
    before=$(find "/proc/$device/fd" -type l | wc -l)
    stall
    for _ in $(seq 30); do
        /usr/sbin/i2cget -y 7 0x20 0x10 >/dev/null &
    done
    sleep 0.2
    kill -KILL $stalled $! 2>/dev/null || true # the last one may be done already
    wait
    eventually 5 keeps_few "$device" "$before"
    i2cset -y 7 0x20 0x33 0x15
    prints 0x15 i2cget -y 7 0x20 0x33
}

# killed, it takes the device along; a new one works
check_killed() {
    stop attach1 KILL
    eventually 30 test ! -e /dev/i2c-7
    attached 1 --cuse=7
    i2cset -y 7 0x20 0x00 0x77
    prints 0x77 i2cget -y 7 0x20 0x00
}

# when the bus ends the device ends
check_bus_ends() {
    stop bus1 KILL
    eventually 30 test ! -e /dev/i2c-7
}
