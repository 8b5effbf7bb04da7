# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The supervisor, `i2ctarget exec --static`, on a kernel that has I2C of its own.  The guest's busybox is statically linked.
#
# modules: i2c-dev i2c-stub
# programs: tests/linux/smbus_device tests/linux/silent tests/linux/i2c-contract tests/linux/i2c-contract-static tests/linux/i2c-contract32
# seconds: 240
# takes: 35

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
    I2CTARGET_BUS=9 i2ctarget exec "$@"
}

# a static program has the bus without being asked for it, and real adapters keep their places
check_beside_real_ones() {
    exec_on_9 -- /bin/busybox i2cset -y 9 0x20 0x10 0x5a
    prints 0x5a exec_on_9 -- /bin/busybox i2cget -y 9 0x20 0x10
    exec_on_9 -- /bin/busybox i2cset -y "$STUB" 0x50 0x10 0xa5
    prints 0xa5 exec_on_9 -- /bin/busybox i2cget -y "$STUB" 0x50 0x10
    prints 0xa5 i2cget -y "$STUB" 0x50 0x10
    prints 0x5a exec_on_9 --static -- sh -c '/usr/sbin/i2cget -y 9 0x20 0x10'
    if [ -e /dev/i2c-9 ]; then fail "there is a /dev/i2c-9"; fi
}

# the contract of i2c-dev
check_contract() {
    contract exec_on_9 --static -- /checks/bin/i2c-contract --standard /dev/i2c-9
}

# ... by a statically linked program
check_contract_static() {
    contract exec_on_9 -- /checks/bin/i2c-contract-static --standard /dev/i2c-9
}

# ... by one of 32 bits
check_contract_32_bits() {
    contract exec_on_9 -- /checks/bin/i2c-contract32 --standard /dev/i2c-9
}
