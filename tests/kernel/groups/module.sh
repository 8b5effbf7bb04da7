# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A DDR4 memory module: its EEPROM (EE1004) and its thermometer (JC-42.4), the kernel's drivers for them, and decode-dimms, which tells
# people what modules they have.  (Linux drivers/misc/eeprom/ee1004.c, drivers/hwmon/jc42.c; i2c-tools eeprom/decode-dimms)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd ee1004 jc42
# programs: /usr/bin/perl /usr/lib/x86_64-linux-gnu/perl-base /usr/bin/decode-dimms
# images: ddr4
# seconds: 90

setup() {
    mkfifo /tmp/jc42.input &&
        bus 1 &&
        target 1 ee1004 0x51 i2ctarget device ee1004 --address 0x51 --file /checks/images/ddr4 &&
        target 1 jc42 0x19 sh -c 'exec i2ctarget device jc42 --address 0x19 --temperature 41.5 <>/tmp/jc42.input' &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe ee1004 &&
        modprobe jc42 &&
        client "$ADAPTER" ee1004 0x51 &&
        eventually 30 hwmon
}

# While its driver is there, it wants to write to the chip once more when the chip goes.
teardown() {
    modprobe -r jc42
    modprobe -r ee1004
}

hwmon() {
    HWMON=$(echo "$(directory_of "$ADAPTER" 0x19)"/hwmon/hwmon*)
    [ -d "$HWMON" ]
}

# both pages, several times and from either one
check_read() {
    memory=$(directory_of "$ADAPTER" 0x51)/eeprom
    same 512 "$(stat -c %s "$memory")"
    cmp /checks/images/ddr4 "$memory"
    for place in 300 20 250; do
        dd if="$memory" bs=1 skip=$place count=40 2>/dev/null >/tmp/part
        dd if=/checks/images/ddr4 bs=1 skip=$place count=40 2>/dev/null | cmp - /tmp/part
    done
    grep -q '^page 1' "$GROUP_DIR/ee1004.log" || fail "no page was selected"
}

# what decode-dimms says of it
check_decode_dimms() {
    decode-dimms >/tmp/said 2>&1
    for line in "Fundamental Memory type  *DDR4 SDRAM" "EEPROM CRC of bytes 0-125  *OK" "EEPROM CRC of bytes 128-253  *OK" \
        "Maximum module speed  *2400 MT/s" "Size  *8192 MB" "Part Number  *I2CTARGET-DDR4" "Module Type  *UDIMM"; do
        grep -q "^$line" /tmp/said || fail "decode-dimms does not say '$line': $(cat /tmp/said)"
    done
    say "$(grep -c . /tmp/said) lines of decode-dimms"
}

# jc42's detect() takes it for one
check_detected() {
    hwmon
    same jc42 "$(cat "$HWMON/name")"
    same 41500 "$(cat "$HWMON/temp1_input")"
}

has() {
    sleep 1.1 # jc42 keeps what it has read for a second
    [ "$(cat "$HWMON/$1")" = "$2" ]
}

# limits, hysteresis, alarms, and the output EVENT
check_limits() {
    hwmon
    echo 10000 >"$HWMON/temp1_min"
    echo 50000 >"$HWMON/temp1_max"
    echo 80000 >"$HWMON/temp1_crit"
    echo 77000 >"$HWMON/temp1_crit_hyst"
    # What the chip itself has: two bytes, the high one first.
    prints 0x2003 i2cget -f -y "$ADAPTER" 0x19 0x02 w
    prints 0x0005 i2cget -f -y "$ADAPTER" 0x19 0x04 w
    prints 0x0004 i2cget -f -y "$ADAPTER" 0x19 0x01 w
    eventually 30 has temp1_max 50000
    same 77000 "$(cat "$HWMON/temp1_crit_hyst")"
    i2cset -f -y "$ADAPTER" 0x19 0x01 0x0804 w # EVENT, too
    echo "temperature -12.5" >/tmp/jc42.input
    eventually 30 has temp1_input -12500
    same "1 0 0" "$(cat "$HWMON/temp1_min_alarm" "$HWMON/temp1_max_alarm" "$HWMON/temp1_crit_alarm" | xargs)"
    eventually 30 grep -q 'event active' "$GROUP_DIR/jc42.log"
    echo "temperature 85.125" >/tmp/jc42.input
    eventually 30 has temp1_input 85125
    same "0 1 1" "$(cat "$HWMON/temp1_min_alarm" "$HWMON/temp1_max_alarm" "$HWMON/temp1_crit_alarm" | xargs)"
    echo "temperature 20" >/tmp/jc42.input
    eventually 30 has temp1_input 20000
    eventually 30 grep -q 'event inactive' "$GROUP_DIR/jc42.log"
}
