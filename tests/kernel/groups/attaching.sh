# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# Coming and going: adapters are attached and detached, two at once, by those who may.
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd
# programs: examples/registers tests/linux/adapter/keyboard
# seconds: 180
# takes: 25

setup() {
    bus 1 && target 1 registers 0x40 /checks/bin/registers
}

# only root can attach
check_not_root() {
    refuses "only root can attach a bus" su -s /bin/sh nobody -c "I2CTARGET_DIR=/tmp/nobody i2ctarget attach 1"
}

# a user's bus that would rather be a keyboard is an I2C adapter to the kernel, until it answers like a keyboard
check_keyboard() {
    mkdir -m 700 /tmp/keyboard
    chown nobody /tmp/keyboard
    started keyboard '^bus 1 ready' su -s /bin/sh nobody -c "I2CTARGET_DIR=/tmp/keyboard exec /checks/bin/keyboard"
    started attach1 '^/dev/i2c-[0-9]+ is bus 1$' \
        env I2CTARGET_DIR=/tmp/keyboard SUDO_UID=65534 SUDO_GID=65534 i2ctarget attach 1
    number=$(adapter_of 1)
    grep -q '^i2c-tiny-usb' "/sys/class/i2c-dev/i2c-$number/name"
    same "" "$(grep -l '^03$' /sys/bus/usb/devices/*/bInterfaceClass)" "interfaces for people"
    same "" "$(grep -l '^046d$' /sys/bus/usb/devices/*/idVendor)" "devices of its vendor"
    expect_log 'failure (reading|writing) data'
    refuses "Read failed" i2cget -y "$number" 0x40
    eventually 30 gone "$(pid_of attach1)"
    grep -q 'bus 1 is no I2C adapter, and was detached' "$GROUP_DIR/attach1.log"
    eventually 30 test ! -e "/sys/class/i2c-dev/i2c-$number"
}

# a bus that does not run can not be attached
check_no_bus() {
    refuses "bus 7" i2ctarget attach 7
}

# 8 times attached and detached
check_cycles() {
    before=$(find /sys/class/i2c-dev -name 'i2c-*' | wc -l)
    cycle 8
    same "$before" "$(find /sys/class/i2c-dev -name 'i2c-*' | wc -l)" "adapters"
    same "" "$(lsmod | awk '$1 == "i2c_tiny_usb" && $3 != 0')" "users of the driver"
}

# bus and adapter in one command; SIGTERM takes both away
check_bus_attach() {
    started both '^/dev/i2c-[0-9]+ is bus 4$' i2ctarget bus 4 --attach
    number=$(sed -n 's/^.dev.i2c-\([0-9]*\) is bus 4$/\1/p' "$GROUP_DIR/both.log")
    target 4 registers4 0x40 /checks/bin/registers
    prints 0x00 i2cget -y "$number" 0x40 0x01
    stop registers4
    stop both
    [ ! -e "/sys/class/i2c-dev/i2c-$number" ] || fail "adapter $number stays"
}

hammer() {
    local i=0
    while [ $i -lt 40 ]; do
        i2cset -y "$1" 0x40 0x03 $((($2 + i) % 256))
        same "$(printf '0x%02x' $((($2 + i) % 256)))" "$(i2cget -y "$1" 0x40 0x03)" "bus of $1"
        i=$((i + 1))
    done
}

# two buses at once, each with its own target at the same address
check_two_buses() {
    bus 2
    target 2 registers2 0x40 /checks/bin/registers
    attached 1
    attached 2
    one=$(adapter_of 1)
    two=$(adapter_of 2)
    [ "$one" != "$two" ] || fail "both are adapter $one"
    hammer "$one" 0 &
    first=$!
    hammer "$two" 128 &
    second=$!
    wait $first
    wait $second
    stop attach1
    prints 0xa7 i2cget -y "$two" 0x40 0x03
    stop attach2
}
