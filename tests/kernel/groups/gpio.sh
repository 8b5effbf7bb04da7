# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The kernel's bit-banging controller drives the line engine edge by edge: gpio/README.md says how.
#
# On the wires: registers.c (40, 41), eeprom.c (50), smbus_device.c (20, 21, 23), and gpio/slow.c (30; 31 keeps SMBus' limits).
#
# machine: gpio
# modules: i2c-dev virtio_pci i2c-algo-bit at24
# built: gpio-virtio i2c-gpio gpio_adapter
# programs: tests/linux/i2c-contract
# seconds: 120

setup() {
    for module in i2c-dev virtio_pci gpio-virtio 'i2c-algo-bit bit_test=2' i2c-gpio; do
        # shellcheck disable=SC2086 # a parameter may follow
        modprobe $module
    done
    CHIP=$(cat /sys/class/gpio/gpiochip*/label)
    LINES=$(cat /sys/class/gpio/gpiochip*/base)
    modprobe gpio_adapter "chip=$CHIP"
    BUS=$(adapter_named '^i2c-gpio')
    INJECT=/sys/kernel/debug/i2c-fault-injector/i2c-gpio
    export CHIP LINES BUS INJECT
    for number in 2 3 4 5 6; do
        echo $((LINES + number)) >/sys/class/gpio/export
    done
    for number in 2 5 6; do
        echo low >"/sys/class/gpio/gpio$((LINES + number))/direction"
    done
    # The test of the wires was a START, a STOP and a clock.  sigrok's decoder looks for no STOP in an address, and takes the clock
    # for its first bit; behind a call for nobody it is in step.
    ! i2cget -y "$BUS" 0x08 2>/dev/null
}

teardown() {
    for number in 2 3 4 5 6; do
        echo $((LINES + number)) >/sys/class/gpio/unexport
    done
    rmmod gpio_adapter
    rmmod i2c_gpio
    rmmod gpio_virtio
}

transfer() { i2ctransfer -y "$BUS" "$@"; }

# The levels of the wires, as the kernel sees them: SCL SDA.
levels() {
    echo "$(cat "$INJECT/scl") $(cat "$INJECT/sda")"
}

recover() {
    echo 1 >/sys/module/gpio_adapter/parameters/recover
}

# The target with SMBus' limits answers.  A guest that was not run for 25 ms with SCL low has exceeded them; then once more.
limited_is_well() {
    [ "$(transfer w3@0x31 0 0x66 0x77 r2@0x31)" = "0x66 0x77" ]
}

# All of them answer, and rightly.
all_is_well() {
    same "1 1" "$(levels)" "SCL and SDA"
    i2cset -y "$BUS" 0x40 0x03 0x3c
    prints 0x3c i2cget -y "$BUS" 0x40 0x03
    prints "0x11 0x22 0x33" transfer w4@0x20 0x80 0x11 0x22 0x33 w1@0x20 0x80 r3@0x20
    prints "0x44 0x55" transfer w3@0x30 0 0x44 0x55 r2@0x30
    eventually 10 limited_is_well
    transfer w4@0x50 0x40 0x88 0x99 0xaa
    prints "0x88 0x99 0xaa" transfer w1@0x50 0x40 r3@0x50
}

# i2c-algo-bit's own test of the wires, made when the adapter came
check_wires() {
    dmesg | grep 'i2c-gpio.*Test OK'
    same "1 1" "$(levels)"
}

# i2cdetect -l lists the adapter; i2cdetect finds the programs and nothing else
check_detected() {
    i2cdetect -l | grep "^i2c-$BUS	i2c  "
    same "20 21 23 30 31 40 41 50" "$(on_bus "$BUS")"
}

# i2cget, i2cset and i2cdump with the examples
check_tools() {
    i2cset -y "$BUS" 0x40 0x01 0xaa
    prints 0xaa i2cget -y "$BUS" 0x40 0x01
    i2cset -y "$BUS" 0x41 0xde
    prints 0x00 i2cget -y "$BUS" 0x40 0x01
    prints 0xff i2cget -y "$BUS" 0x40
    refuses "Write failed" i2cset -y "$BUS" 0x40 0x10 0xaa
    i2cset -y "$BUS" 0x21 0x41 0x1234 w
    prints 0x1234 i2cget -y "$BUS" 0x21 0x41 w
    i2cset -y "$BUS" 0x21 0x81 1 2 3 4 5 s
    i2cdump -y "$BUS" 0x21 s 0x81 | grep '^00: 01 02 03 04 05'
    i2cset -y "$BUS" 0x50 0x20 0xca 0xfe i
    i2cdump -y -r 0x20-0x22 "$BUS" 0x50 b | grep '^20: ca fe ff'
}

CONTRACT=quick_write,byte,byte_data,word_data,word_order,process_call
CONTRACT=$CONTRACT,block_data,block_process_call,received_too_large,i2c_block_data,i2c_block_broken
CONTRACT=$CONTRACT,writes_end_with_pec,reads_check_pec,blocks_check_pec,wrong_pec
CONTRACT=$CONTRACT,receive_length,receive_length_too_large,no_start,stop_between,ignore_nack,no_read_ack,reverse_direction
CONTRACT=$CONTRACT,own_addresses,all_42_messages,repeated_start,never_combined,address_nack,messages_nack,data_nack

# the contract of i2c-dev: SMBus calls, block reads by the target's count, PEC, and every flag of a message
check_contract() {
    /checks/bin/i2c-contract --memory 0x20 --blocks 0x21 --commands 0x21 --reluctant 0x23 --only "$CONTRACT" "/dev/i2c-$BUS"
}

# one transfer with many messages, for several targets
check_combined() {
    prints "0x01 0x02
0x03
0xff 0xff 0xff" transfer w3@0x20 0x10 1 2 w2@0x40 2 3 w1@0x20 0x10 r2@0x20 w1@0x40 2 r1@0x40 r3@0x50
    prints 0x03 transfer w1@0x20 0x10 r1@0x40 # a repeated START, though the message before it was for somebody else
    prints 0xff transfer r1@0x40
}

# a message of an address alone: written to, it is a request; read from, its target is left with the bus, and freed
check_empty() {
    transfer w0@0x40
    transfer w0@0x50
    refuses "No such device" transfer w0@0x51
    transfer w2@0x20 0x00 0x00
    transfer w1@0x20 0x00 r0@0x20 # i2c-algo-bit makes no STOP here: the target's first bit is 0
    same "1 0" "$(levels)"
    recover
    all_is_well
}

# nobody there, and a byte that is not acknowledged
check_nacks() {
    refuses "No such device or address" transfer w1@0x51 0
    refuses "No such device or address" transfer r1@0x51
    refuses "Input/output error" transfer w2@0x23 1 2
    transfer w1@0x23 1
    all_is_well
}

# the 24C02 is written to a page; the kernel's at24 drives it, waiting while it is busy
check_eeprom() {
    transfer w9@0x50 0x08 1 2 3 4 5 6 7 8
    prints "0x01 0x02 0x03 0x04 0x05 0x06 0x07 0x08 0xff" transfer w1@0x50 0x08 r9@0x50
    modprobe at24
    echo 24c02 0x50 >"/sys/bus/i2c/devices/i2c-$BUS/new_device"
    eeprom=/sys/bus/i2c/devices/$BUS-0050/eeprom
    printf 'edge by edge' | dd of="$eeprom" bs=1 seek=100 conv=notrunc 2>/dev/null
    same "edge by edge" "$(dd if="$eeprom" bs=1 skip=100 count=12 2>/dev/null)"
    same 256 "$(wc -c <"$eeprom")"
    echo 0x50 >"/sys/bus/i2c/devices/i2c-$BUS/delete_device"
}

# 1024 bytes read in one message, every byte of 256 in its place
check_long() {
    transfer w257@0x20 0x00 0x01+
    got=$(transfer w1@0x20 0x00 r1024@0x20 | md5sum)
    wanted=$(i=0; while [ $i -lt 1024 ]; do i=$((i + 1)); printf '0x%02x ' $((i % 256)); done | sed 's/ $//' |
        sed 's/$/\n/' | md5sum)
    same "$wanted" "$got" "1024 bytes"
}

centiseconds() {
    cut -d' ' -f1 /proc/uptime | tr -d .
}

# a target that thinks 20 ms before each byte: the kernel waits
check_stretching() {
    began=$(centiseconds)
    transfer w5@0x30 20 0xa1 0xa2 0xa3 0xa4
    prints "0xa1 0xa2 0xa3 0xa4" transfer r4@0x30
    took=$(($(centiseconds) - began))
    [ "$took" -ge 16 ] || fail "8 thoughts of 20 ms took only ${took}0 ms"
    all_is_well
}

# a target that thinks 250 ms: the kernel gives up after 100, recovers the bus, and all is well
check_too_late() {
    refuses "Connection timed out" transfer w3@0x30 250 1 2
    sleep 0.3
    recover
    all_is_well
}

# EIO: a byte was not acknowledged.
gives_up() (
    refuses "Input/output error" transfer w3@0x31 250 1 2
    sleep 0.3
    same "1 1" "$(levels)"
)

# the same with SMBus' limits: the target gives up after 25 ms, and nobody needs to recover anything
check_smbus_limit() {
    eventually 10 gives_up
    all_is_well
}

limited_holds_sda() (
    recover
    echo 0x31 >"$INJECT/incomplete_address_phase"
    same "1 0" "$(levels)"
)

# SMBus' limits, SCL held low by the controller: a target that drives SDA low lets go
check_smbus_clock_low() {
    eventually 10 limited_holds_sda
    echo 0 >"$INJECT/scl"
    sleep 0.05
    same "0 1" "$(levels)"
    echo 1 >"$INJECT/scl"
    echo 0 >"$INJECT/sda" # make the STOP
    echo 1 >"$INJECT/sda"
    all_is_well
}

# fault injector: a call that is not clocked to its end leaves the target's ACK on SDA; recovery frees it
check_incomplete_address() {
    for address in 0x20 0x30 0x40 0x50; do
        echo $address >"$INJECT/incomplete_address_phase"
        same "1 0" "$(levels)" "SCL and SDA, held by $address"
        recover
        all_is_well
    done
}

# fault injector: the same behind a written 0x00; recovery must not write anything
check_incomplete_write() {
    transfer w3@0x50 0x00 0x5a 0xa5
    transfer w3@0x20 0x00 0x5a 0xa5
    for address in 0x20 0x40 0x50; do
        echo $address >"$INJECT/incomplete_write_byte"
        same "1 0" "$(levels)" "SCL and SDA, held by $address"
        recover
        all_is_well
        prints "0x5a 0xa5" transfer w1@0x50 0x00 r2@0x50
        prints "0x5a 0xa5" transfer w1@0x20 0x00 r2@0x20
    done
}

clock() {
    for _ in $(seq "$1"); do
        echo 0 >"$INJECT/scl"
        echo 1 >"$INJECT/scl"
    done
}

# a STOP in a byte, read or written: what comes next is no repeated START, which registers.c tells apart
check_stop_in_a_byte() {
    i2cset -y "$BUS" 0x40 0x00 0x3c
    # Not 7: the STOP's own rise of SCL would be the eighth, and behind that sigrok's decoder looks for the ninth alone.
    for clocks in 1 2 3 4 5 6; do
        for way in incomplete_address_phase incomplete_write_byte; do
            echo 0x40 >"$INJECT/$way"
            clock $clocks
            echo 0 >"$INJECT/scl"
            echo 0 >"$INJECT/sda"
            echo 1 >"$INJECT/scl"
            echo 1 >"$INJECT/sda"
            prints 0xff i2cget -y "$BUS" 0x40
        done
    done
    prints 0x3c i2cget -y "$BUS" 0x40 0x00
    all_is_well
}

# a read given up at each of its clocks, SDA held by the target's data: nine clocks of recovery free it
check_interrupted_read() {
    transfer w2@0x50 0x00 0x00
    transfer w2@0x20 0x00 0x00
    for clocks in 1 2 3 4 5 6 7 8; do
        for address in 0x20 0x50; do
            transfer w1@$address 0x00
            echo $address >"$INJECT/incomplete_address_phase"
            clock $clocks
            same "1 0" "$(levels)" "SCL and SDA, after $clocks clocks of a byte of $address"
            recover
            same "1 1" "$(levels)" "SCL and SDA, recovered after $clocks clocks of a byte of $address"
        done
    done
    all_is_well
}

# Start our own controller, on the same wires: it writes 5a to byte fe of the EEPROM, at 50 Hz.
start_rival() {
    echo 1 >"/sys/class/gpio/gpio$((LINES + 2))/value"
}

# Wait until it is done; prints 1 if it lost the bus.
rival_lost() {
    eventually 5 grep -q 0 "/sys/class/gpio/gpio$((LINES + 3))/value"
    cat "/sys/class/gpio/gpio$((LINES + 4))/value"
}

# stuck WIRE VALUE: a fault of ours holds SCL (5) or SDA (6) low, or not any more.
stuck() {
    echo "$2" >"/sys/class/gpio/gpio$((LINES + $1))/value"
}

# faults on demand: the I2C core's recovery finds SDA stuck, and says so; when it is free again, so is the bus
check_stuck_sda() {
    stuck 6 1
    same "1 0" "$(levels)" "SCL and SDA"
    if recover; then fail "nine clocks can not free a line that is stuck"; fi
    same "1 0" "$(levels)" "SCL and SDA, after recovery"
    stuck 6 0
    recover
    all_is_well
}

# the same with SCL: without a clock there is nothing to try; i2c-algo-bit takes it for a target that is not there
check_stuck_scl() {
    expect_log 'SCL is stuck low'
    stuck 5 1
    same "0 1" "$(levels)" "SCL and SDA"
    if recover; then fail "there is no clock"; fi
    refuses "No such device or address" transfer w1@0x40 0
    stuck 5 0
    all_is_well
}

# a second controller, of ours, writes; the kernel reads what it wrote
check_rival() {
    prints 0xff i2cget -y "$BUS" 0x50 0xfe
    start_rival
    same 0 "$(rival_lost)"
    prints 0x5a i2cget -y "$BUS" 0x50 0xfe
    all_is_well
}

# the kernel pulls SDA low in the first bits of our controller, which lets go; no target is the wiser
check_lost_arbitration() {
    i2cset -y "$BUS" 0x50 0xfe 0x00
    start_rival
    echo 0 >"$INJECT/sda"
    same 1 "$(rival_lost)"
    echo 1 >"$INJECT/sda"
    prints 0x00 i2cget -y "$BUS" 0x50 0xfe
    all_is_well
}

# pins that are not open drain: gpiolib makes them so, input for high
check_by_direction() {
    rmmod gpio_adapter
    modprobe gpio_adapter "chip=$CHIP" open_drain=0
    same "20 21 23 30 31 40 41 50" "$(on_bus "$BUS")"
    all_is_well
}
