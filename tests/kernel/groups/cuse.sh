# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A virtual bus as a character device by CUSE: the kernel's i2c-dev does not take part.
#
# modules: cuse
# programs: tests/linux/smbus_device tests/linux/silent tests/linux/i2c-contract
# seconds: 60

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
    contract /checks/bin/i2c-contract --standard \
        --without no_position,largest,write_of_nothing,read_of_nothing,vectors_are_messages /dev/i2c-7
}

# killed, it takes the device along; a new one works
check_killed() {
    stop attach1 KILL
    eventually 10 test ! -e /dev/i2c-7
    attached 1 --cuse=7
    i2cset -y 7 0x20 0x00 0x77
    prints 0x77 i2cget -y 7 0x20 0x00
}

# when the bus ends the device ends
check_bus_ends() {
    stop bus1 KILL
    eventually 10 test ! -e /dev/i2c-7
}
