# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The kernel's driver lm75 finds our LM75 by itself: it looks at addresses 0x48 to 0x4f for registers that behave like one's.
# (Linux drivers/hwmon/lm75.c, Documentation/hwmon/lm75.rst)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd lm75
# seconds: 90

setup() {
    mkfifo /tmp/lm75.input &&
        bus 1 &&
        target 1 lm75 0x48 sh -c 'exec i2ctarget device lm75 --address 0x48 --temperature 25.5 <>/tmp/lm75.input' &&
        target 1 eeprom 0x4a i2ctarget device eeprom --address 0x4a &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe lm75 &&
        eventually 30 hwmon 0x48
}

# While its driver is there, it wants to write to the chip once more when the chip goes.
teardown() {
    modprobe -r lm75
}

hwmon() {
    HWMON=$(echo "$(directory_of "$ADAPTER" "$1")"/hwmon/hwmon*)
    [ -d "$HWMON" ]
}

# lm75's detect() takes it for one, and the EEPROM beside it for none
check_detected() {
    hwmon 0x48
    same lm75 "$(cat "$HWMON/name")"
    if [ -e "$(directory_of "$ADAPTER" 0x4a)" ]; then fail "an EEPROM was taken for a thermometer"; fi
    i2cdetect -y "$ADAPTER" 0x48 0x4f | grep -q '40:  *UU' || fail "0x48 is not taken"
}

# hwmon's temperature is what our target has, and follows it
check_temperature() {
    hwmon 0x48
    same 25500 "$(cat "$HWMON/temp1_input")"
    for pair in -12.5:-12500 0:0 100:100000; do
        echo "temperature ${pair%:*}" >/tmp/lm75.input
        eventually 30 has_temperature "${pair#*:}"
    done
    say "temp1_input $(cat "$HWMON/temp1_input")"
}

has_temperature() {
    sleep 0.3 # hwmon may keep the last one that long
    [ "$(cat "$HWMON/temp1_input")" = "$1" ]
}

# limits are written and read back, and the target's output follows them
check_limits() {
    hwmon 0x48
    echo "temperature 20" >/tmp/lm75.input
    same 80000 "$(cat "$HWMON/temp1_max")"
    same 75000 "$(cat "$HWMON/temp1_max_hyst")"
    echo 30000 >"$HWMON/temp1_max"
    echo 28500 >"$HWMON/temp1_max_hyst"
    same 30000 "$(cat "$HWMON/temp1_max")"
    same 28500 "$(cat "$HWMON/temp1_max_hyst")"
    # What the chip itself has: two bytes, the high one first.
    prints 0x001e i2cget -f -y "$ADAPTER" 0x48 0x03 w
    prints 0x801c i2cget -f -y "$ADAPTER" 0x48 0x02 w
    echo "temperature 31" >/tmp/lm75.input
    eventually 30 grep -q 'os active' "$GROUP_DIR/lm75.log"
}
