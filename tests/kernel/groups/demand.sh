# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# Faults on demand (docs/FAULTS.md), and what the kernel makes of them: its drivers at24 and lm75 through an adapter, and what programs
# are told by an adapter and by CUSE.
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd cuse at24 lm75
# programs: tests/linux/smbus_device
# seconds: 120
# takes: 15

setup() {
    bytes 256 5 >/tmp/chip &&
        bus 1 &&
        target 1 memory 0x50 i2ctarget device eeprom --address 0x50 --type 24c02 --write-time 0 --file /tmp/chip &&
        target 1 lm75 0x48 i2ctarget device lm75 --address 0x48 --temperature 23.5 &&
        target 1 smbus_device 0x20 /checks/bin/smbus_device &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe at24 write_timeout=200 &&
        client "$ADAPTER" 24c02 0x50 &&
        MEMORY=$(directory_of "$ADAPTER" 0x50)/eeprom &&
        modprobe lm75 &&
        eventually 30 test -e "$(directory_of "$ADAPTER" 0x48)/hwmon" &&
        TEMPERATURE=$(echo "$(directory_of "$ADAPTER" 0x48)"/hwmon/hwmon*/temp1_input) &&
        export MEMORY TEMPERATURE
}

# Its driver writes to the chip once more.
teardown() {
    modprobe -r lm75
}

# fault WORDS…: alone on the bus.
fault() {
    i2ctarget fault --clear
    i2ctarget fault "$@"
}

# hits N: the fault has hit so often.
hits() {
    i2ctarget fault --list | grep -q " hit $1 of " || fail "wanted $1 hits: $(i2ctarget fault --list)"
}

# One read().  BusyBox's cat would try again if the first one failed, and its head makes EIO of every errno.
temperature() {
    dd "if=$TEMPERATURE" bs=64 count=1 status=none
}

stored() {
    printf %s "$1" | dd of="$MEMORY" bs=16 seek=1 conv=notrunc 2>/dev/null
}

reads_back() {
    same "$1" "$(dd if="$MEMORY" bs=16 skip=1 count=1 2>/dev/null | head -c ${#1})"
}

# at24 writes again until the chip acknowledges its address, and reads again, too
check_at24_retries() {
    fault 0x50 nack write times 3
    stored patience
    hits 3
    reads_back patience
    fault 0x50 nack read times 2
    reads_back patience
    hits 2
}

# a byte in the middle that is not acknowledged: at24 writes it again
check_at24_retries_data() {
    expect_log 'failure writing data'
    fault 0x50 nack-after 1 times 2
    stored again
    hits 2
    reads_back again
}

# a chip that never answers is ETIMEDOUT after at24's 200 ms, and then all is well
check_at24_gives_up() {
    fault 0x50 nack
    refuses "timed out" dd if=/tmp/chip of="$MEMORY" bs=2 count=1 conv=notrunc
    i2ctarget fault --list | grep -qE ' hit [0-9]{2,} of ' || fail "at24 hardly tried: $(i2ctarget fault --list)"
    say "at24 gave up: $(i2ctarget fault --list)"
    i2ctarget fault --clear
    stored well
    reads_back well
}

# by chance: the same seed, the same draws; at24 gets it right in spite of them
check_at24_by_chance() {
    fault 0x50 nack probability 0.3 seed 42
    stored hazard
    reads_back hazard
    first=$(i2ctarget fault --list | sed 's/.* hit //')
    fault 0x50 nack probability 0.3 seed 42
    stored hazard
    reads_back hazard
    same "$first" "$(i2ctarget fault --list | sed 's/.* hit //')" "hits and chances of the second time"
    say "hit $first"
}

# lm75 does not try again: what reads its file is told, once
check_lm75_errors() {
    same 23500 "$(temperature)"
    fault 0x48 nack write once
    refuses "No such device or address" temperature
    same 23500 "$(temperature)"
    fault 0x48 nack-after 0 once
    expect_log 'failure writing data'
    refuses "Input/output error" temperature
    same 23500 "$(temperature)"
    hits 1
}

# a bit that flips on the wires is another temperature: bit 6 of the first byte is 64 degrees
check_lm75_flipped() {
    fault 0x48 flip at 1.6 read once
    same 87500 "$(temperature)"
    same 23500 "$(temperature)"
    hits 1
}

# a slow chip is only slow
check_slow() {
    fault 0x48 stretch 200ms once
    began=$(millis)
    same 23500 "$(temperature)"
    took=$(($(millis) - began))
    [ $took -ge 190 ] || fail "200 ms took $took"
    fault 0x48 clock 5000 once
    same 23500 "$(temperature)"
    hits 1
}

# told NUMBER WORDS…: what i2ctransfer is told by the fault; then the bus is well
told() {
    local number=$1 text=$2
    shift 2
    fault "$@" >/dev/null
    if [ "$text" ]; then
        refuses "$text" i2ctransfer -y "$number" w3@0x20 0x10 0xa5 0x3c
    else
        i2ctransfer -y "$number" w3@0x20 0x10 0xa5 0x3c
    fi
    hits 1
    i2ctarget fault --clear
    i2ctransfer -y "$number" w3@0x20 0x10 0xa5 0x3c
    prints "0xa5 0x3c" i2ctransfer -y "$number" w1@0x20 0x10 r2@0x20
}

# what a program is told by an adapter: an address, or EIO
check_programs_of_an_adapter() {
    expect_log 'failure writing data'
    told "$ADAPTER" "No such device or address" 0x20 nack once
    told "$ADAPTER" "Input/output error" 0x20 nack-after 1 once
    told "$ADAPTER" "Input/output error" 0x20 lose-arbitration once
    told "$ADAPTER" "Input/output error" 0x20 drop once
    told "$ADAPTER" "Input/output error" 0x20 stretch 30s once
    told "$ADAPTER" "Input/output error" any hold-sda 30s
    told "$ADAPTER" "" any hold-scl 50ms
    told "$ADAPTER" "" 0x20 no-stop once
    told "$ADAPTER" "" 0x20 glitch-scl 40ns at 1.3 once
}

# what it is told by CUSE: each by its name
check_programs_of_cuse() {
    expect_log 'failure writing data' # lm75, when its chip goes
    stop attach1
    attached 1 --cuse=7
    told 7 "No such device or address" 0x20 nack once
    told 7 "Input/output error" 0x20 nack-after 1 once
    told 7 "Resource temporarily unavailable" 0x20 lose-arbitration once
    told 7 "Input/output error" 0x20 drop once
    told 7 "onnection timed out" 0x20 stretch 30s once
    told 7 "Resource temporarily unavailable" any hold-sda 30s
    told 7 "" any hold-scl 50ms
    told 7 "" 0x20 no-stop once
    told 7 "" 0x20 glitch-scl 40ns at 1.3 once
}
