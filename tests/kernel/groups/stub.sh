# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# i2c-stub, the kernel's own array of registers, and i2c-tools: none of our code.  What fails here is wrong with the guest, and what
# the kernel answers here is what our own adapters are measured by.
#
# modules: i2c-dev i2c-stub
# programs: tests/linux/i2c-contract tests/linux/i2c-contract32

setup() {
    modprobe i2c-dev && modprobe i2c-stub chip_addr=0x50,0x51
    STUB=$(adapter_named 'SMBus stub driver') || return 1
    export STUB
}

teardown() {
    modprobe -r i2c-stub
}

# i2cdetect -l lists the adapter
check_listed() {
    line=$(i2cdetect -l | grep "^i2c-$STUB")
    same "i2c-$STUB	smbus     	SMBus stub driver               	SMBus adapter" "$line"
}

# i2cdetect finds the two chips and nothing else
check_detected() {
    same "50 51" "$(on_bus "$STUB")"
}

# i2cset and i2cget, bytes and words
check_registers() {
    i2cset -y "$STUB" 0x50 0x10 0xa5
    prints 0xa5 i2cget -y "$STUB" 0x50 0x10
    i2cset -y "$STUB" 0x51 0x20 0x1234 w
    prints 0x1234 i2cget -y "$STUB" 0x51 0x20 w
    prints 0x00 i2cget -y "$STUB" 0x51 0x10
}

# what the stub cannot do is refused, not done wrong
check_refused() {
    refuses "does not have I2C transfers capability" i2ctransfer -y "$STUB" r1@0x50
    refuses "Read failed" i2cget -y "$STUB" 0x33 0x00
}

# the contract of i2c-dev (tests/linux/contract): the kernel is the judge of the suite
check_contract() {
    contract /checks/bin/i2c-contract --memory 0x50 --nobody 0x33 --address-nack ENODEV "/dev/i2c-$STUB"
}

# the same, asked by a program of 32 bits
check_contract_32_bits() {
    contract /checks/bin/i2c-contract32 --memory 0x50 --nobody 0x33 --address-nack ENODEV "/dev/i2c-$STUB"
}
