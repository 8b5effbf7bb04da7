# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The shim, `i2ctarget exec`, on a kernel that has I2C of its own: what it shows and what is real stand side by side.
#
# modules: i2c-dev i2c-stub
# programs: tests/linux/smbus_device tests/linux/silent tests/linux/i2c-contract
# seconds: 180
# takes: 10

setup() {
    modprobe i2c-dev &&
        modprobe i2c-stub chip_addr=0x50 &&
        STUB=$(adapter_named 'SMBus stub driver') &&
        export STUB &&
        bus 9 &&
        target 9 smbus_device 0x20 /checks/bin/smbus_device &&
        target 9 silent 0x22 /checks/bin/silent
}

teardown() {
    modprobe -r i2c-stub
}

exec_on_9() {
    I2CTARGET_BUS=9 i2ctarget exec -- "$@"
}

# a real adapter keeps its place beside the virtual bus
check_beside_real_ones() {
    exec_on_9 /usr/sbin/i2cset -y 9 0x20 0x10 0x5a
    prints 0x5a exec_on_9 /usr/sbin/i2cget -y 9 0x20 0x10
    exec_on_9 /usr/sbin/i2cset -y "$STUB" 0x50 0x10 0xa5
    prints 0xa5 exec_on_9 /usr/sbin/i2cget -y "$STUB" 0x50 0x10
    prints 0xa5 i2cget -y "$STUB" 0x50 0x10
    exec_on_9 /usr/sbin/i2cdetect -l | grep -q '^i2c-9	i2c '
    if [ -e /dev/i2c-9 ]; then fail "there is a /dev/i2c-9"; fi
}

# the contract of i2c-dev
check_contract() {
    contract exec_on_9 /checks/bin/i2c-contract --standard /dev/i2c-9
}
