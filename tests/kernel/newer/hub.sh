# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A DDR5 memory module's hub and the kernel's driver for it, which Debian 12's kernel does not have yet.  So this is not one of groups/;
# it takes a kernel of Debian 13, and a `make` before it:
#
#   I2CTARGET_KERNEL_DEB=linux-image-6.12….deb tests/kernel/run.py BUILD_DIR --groups tests/kernel/newer
#
# (Linux drivers/hwmon/spd5118.c)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd spd5118
# images: ddr5
# seconds: 90

setup() {
    mkfifo /tmp/hub.input &&
        bus 1 &&
        target 1 hub 0x52 sh -c 'exec i2ctarget device spd5118 --address 0x52 --file /checks/images/ddr5 --temperature 41.5 <>/tmp/hub.input' &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe spd5118 &&
        client "$ADAPTER" spd5118 0x52 &&
        eventually 30 hwmon
}

# While its driver is there, it may want to talk to the chip once more when the chip goes.
teardown() {
    modprobe -r spd5118
}

hwmon() {
    HWMON=$(echo "$(directory_of "$ADAPTER" 0x52)"/hwmon/hwmon*)
    [ -d "$HWMON" ]
}

# all eight pages
check_read() {
    memory=$(directory_of "$ADAPTER" 0x52)/eeprom
    same 1024 "$(stat -c %s "$memory")"
    cmp /checks/images/ddr5 "$memory"
    dd if="$memory" bs=1 skip=250 count=600 2>/dev/null >/tmp/part
    dd if=/checks/images/ddr5 bs=1 skip=250 count=600 2>/dev/null | cmp - /tmp/part
}

# the temperature, which follows the device's, also after pages were read
check_temperature() {
    hwmon
    same spd5118 "$(cat "$HWMON/name")"
    same 41500 "$(cat "$HWMON/temp1_input")"
    for pair in -12.5:-12500 0:0 100.25:100250; do
        echo "temperature ${pair%:*}" >/tmp/hub.input
        eventually 30 has temp1_input "${pair#*:}"
    done
}

has() {
    [ "$(cat "$HWMON/$1")" = "$2" ]
}

# limits and alarms
check_limits() {
    hwmon
    echo "temperature 20" >/tmp/hub.input
    eventually 30 has temp1_input 20000
    for alarm in max min crit lcrit; do
        eventually 30 has "temp1_${alarm}_alarm" 0 # to read it clears it
    done
    same 55000 "$(cat "$HWMON/temp1_max")"
    same 85000 "$(cat "$HWMON/temp1_crit")"
    echo 30000 >"$HWMON/temp1_max"
    echo -10250 >"$HWMON/temp1_min"
    same 30000 "$(cat "$HWMON/temp1_max")"
    same -10250 "$(cat "$HWMON/temp1_min")"
    echo "temperature 31" >/tmp/hub.input
    eventually 30 has temp1_max_alarm 1
    same 0 "$(cat "$HWMON/temp1_crit_alarm")"
    echo "temperature 20" >/tmp/hub.input
    eventually 30 has temp1_max_alarm 0
    grep -q '^alarms 0x1' "$GROUP_DIR/hub.log" || fail "no alarm was said"
}
