# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A virtual bus as an adapter of the kernel's, and programs that know nothing of us.
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd
# programs: tests/linux/smbus_device tests/linux/silent tests/linux/i2c-contract tests/linux/i2c-contract32 examples/registers
# seconds: 180
# takes: 45

# What the stock driver keeps from us: reads of nothing, I2C_M_TEN, how long to wait; and it has one errno for all.
LACKING=empty_read,read_of_nothing,quick_read,ten_refused,timeout_is_kept

setup() {
    bus 1 &&
        target 1 smbus_device 0x20 /checks/bin/smbus_device &&
        target 1 silent 0x22 /checks/bin/silent &&
        target 1 registers 0x40 /checks/bin/registers &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER
}

# i2cdetect -l lists it, as an I2C adapter
check_listed() {
    line=$(i2cdetect -l | grep "^i2c-$ADAPTER	")
    say "$line"
    case $line in
    "i2c-$ADAPTER	i2c       	i2c-tiny-usb at bus "*"I2C adapter") ;;
    *) fail "$line" ;;
    esac
}

# i2cdetect -y N shows the targets
check_detected() {
    # Two seconds of 0x22 are the price of probing somebody who never answers.
    expect_log 'failure (reading|writing) data'
    same "20 21 23 40 41" "$(on_bus "$ADAPTER")"
    i2cdetect -y "$ADAPTER" 0x20 0x4f | while IFS= read -r line; do say "$line"; done
}

# i2cget, i2cset, i2ctransfer, i2cdump
check_tools() {
    i2cset -y "$ADAPTER" 0x40 0x01 0xaa
    prints 0xaa i2cget -y "$ADAPTER" 0x40 0x01
    i2cset -y "$ADAPTER" 0x21 0x41 0x1234 w
    prints 0x1234 i2cget -y "$ADAPTER" 0x21 0x41 w
    prints "0x11 0x22 0x33" i2ctransfer -y "$ADAPTER" w4@0x20 0x80 0x11 0x22 0x33 w1@0x20 0x80 r3@0x20
    i2cdump -y -r 0x80-0x82 "$ADAPTER" 0x20 b | grep -q '^80: 11 22 33'
}

# nobody there: ENXIO, and the tools say so
check_nobody() {
    refuses "Read failed" i2cget -y "$ADAPTER" 0x33 0x00
    refuses "No such device or address" i2ctransfer -y "$ADAPTER" r1@0x33
}

# what reads blocks by the target's count fails, instead of giving zeros
check_block_reads() {
    refuses "does not have SMBus block read" i2cget -y "$ADAPTER" 0x21 0x81 s
    expect_log 'failure reading'
    refuses "Input/output error" i2ctransfer -y "$ADAPTER" w1@0x21 0x81 'r?@0x21'
}

# the contract of i2c-dev (tests/linux/contract), as far as i2c-tiny-usb goes
check_contract() {
    expect_log 'failure (reading|writing) data'
    contract /checks/bin/i2c-contract --standard --timeout EIO --without $LACKING "/dev/i2c-$ADAPTER"
}

# structures of programs of 32 bits
check_contract_32_bits() {
    contract /checks/bin/i2c-contract32 --standard --only own_addresses,all_42_messages,lengths,bad_pointers,counts \
        "/dev/i2c-$ADAPTER"
}
