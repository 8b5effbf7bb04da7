# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# What goes wrong around an adapter of the kernel's: targets that die or stall, programs that are killed, a server that goes while
# drivers are bound.  Whatever it was, afterwards the next transfer works.
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd at24 lm75
# programs: tests/linux/silent examples/registers
# seconds: 120
# takes: 15

setup() {
    bus 1 &&
        target 1 registers 0x40 /checks/bin/registers &&
        attached 1 &&
        modprobe at24
}

# The bus works: another target is written and read.
works() {
    number=$(adapter_of 1)
    i2cset -y "$number" 0x40 0x05 "$1"
    prints "$1" i2cget -y "$number" 0x40 0x05
}

# a target that holds the clock costs EIO after two seconds, and nobody else anything
check_stalls() {
    target 1 silent 0x22 /checks/bin/silent
    expect_log 'failure writing data'
    began=$(millis)
    refuses "Read failed" i2cget -y "$(adapter_of 1)" 0x22 0x00
    took=$(($(millis) - began))
    say "a stalled read failed after $took ms"
    [ $took -ge 1900 ] || fail "after $took ms"
    works 0x11
}

# killing it in the middle of a transfer ends that at once: before the driver loses patience, and says so in the kernel's log
check_target_killed() {
    i2cget -y "$(adapter_of 1)" 0x22 0x00 >/tmp/killed 2>&1 &
    reader=$!
    sleep 0.5
    stop silent KILL
    if wait $reader; then fail "it read $(cat /tmp/killed)"; fi
    works 0x12
}

# a program that is killed in a transfer leaves a working bus
check_program_killed() {
    target 1 silent 0x22 /checks/bin/silent
    expect_log 'failure writing data'
    i2cget -y "$(adapter_of 1)" 0x22 0x00 &
    reader=$!
    sleep 0.5
    kill -KILL $reader
    wait $reader || true
    stop silent KILL
    works 0x13
}

# killed, `i2ctarget attach` takes the adapter along; the bus serves on
check_attach_killed() {
    number=$(adapter_of 1)
    stop attach1 KILL
    eventually 30 test ! -e "/sys/class/i2c-dev/i2c-$number"
    attached 1
    works 0x14
}

# a bus that ends takes the adapter along, and `attach` says so
check_bus_ends() {
    stop attach1
    bus 3
    attached 3
    number=$(adapter_of 3)
    stop bus3
    eventually 30 test ! -e "/sys/class/i2c-dev/i2c-$number"
    eventually 30 gone "$(pid_of attach3)"
    grep -q "bus 3 has ended" "$GROUP_DIR/attach3.log"
}

# a server that is killed while drivers are bound: they go, and come back with the next one
check_server_killed() {
    bus 2
    target 2 eeprom 0x50 i2ctarget device eeprom --address 0x50
    target 2 lm75 0x48 i2ctarget device lm75 --address 0x48 --temperature 21
    attached 2
    number=$(adapter_of 2)
    client "$number" 24c02 0x50
    modprobe lm75
    eventually 30 test -e "/sys/bus/i2c/devices/$number-0048/hwmon"
    exec 5<"/sys/bus/i2c/devices/$number-0050/eeprom"
    # lm75 writes to its chip once more when it is taken away.
    expect_log 'failure writing data'
    stop bus2 KILL
    eventually 30 test ! -e "/sys/bus/i2c/devices/$number-0048"
    eventually 30 gone "$(pid_of attach2)"
    if head -c 1 <&5 >/dev/null 2>&1; then fail "the EEPROM of a dead bus can be read"; fi
    exec 5<&-
    stop eeprom
    stop lm75
    bus 2
    target 2 lm75 0x48 i2ctarget device lm75 --address 0x48 --temperature 22
    attached 2
    number=$(adapter_of 2)
    eventually 30 test -e "/sys/bus/i2c/devices/$number-0048/hwmon"
    same 22000 "$(cat "/sys/bus/i2c/devices/$number-0048"/hwmon/hwmon*/temp1_input)"
    modprobe -r lm75
    stop attach2
}

# while a program has /dev/i2c-N open the adapter can go, and the program gets an error
check_open_file() {
    attached 1
    number=$(adapter_of 1)
    exec 5<>"/dev/i2c-$number"
    start_of_stop=$(millis)
    stop attach1
    say "detached under an open file in $(($(millis) - start_of_stop)) ms"
    exec 5>&-
    eventually 30 test ! -e "/sys/class/i2c-dev/i2c-$number"
    attached 1
    works 0x15
}
