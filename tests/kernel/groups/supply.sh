# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The kernel's driver for any PMBus chip and our supply.  The driver finds out by itself what the chip has: it asks for every command
# there is, and goes by what is not acknowledged; and from the moment that CAPABILITY says so, everything has its PEC.
# (Linux drivers/hwmon/pmbus, Documentation/hwmon/pmbus.rst)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd
# built: pmbus_core pmbus
# seconds: 60

setup() {
    expect_log 'failure (reading|writing) data' # commands that the chip has not
    mkfifo /tmp/supply.input &&
        bus 1 &&
        target 1 supply 0x40 sh -c 'exec i2ctarget device pmbus --iout 2.5 <>/tmp/supply.input' &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe pmbus_core &&
        modprobe pmbus &&
        client "$ADAPTER" pmbus 0x40
}

# of NAME: what the kernel says of it.
of() {
    cat "$(directory_of "$ADAPTER" 0x40)"/hwmon/hwmon*/"$1"
}

says() {
    [ "$(of "$1")" = "$2" ]
}

# all readings were found, in the driver's units
check_readings() {
    same vin "$(of in1_label)"
    same 12000 "$(of in1_input)"
    same vout1 "$(of in2_label)"
    same 3300 "$(of in2_input)"
    same iin "$(of curr1_label)"
    same 762 "$(of curr1_input)" # 9.17 W at 12 V
    same iout1 "$(of curr2_label)"
    same 2500 "$(of curr2_input)"
    same 40000 "$(of temp1_input)"
    same pin "$(of power1_label)"
    same pout1 "$(of power2_label)"
    same 8250000 "$(of power2_input)"
}

# a limit is written and read back, and what the chip has of it
check_limits() {
    same 95000 "$(of temp1_max)"
    echo 50000 >"$(echo "$(directory_of "$ADAPTER" 0x40)"/hwmon/hwmon*/temp1_max)"
    same 50000 "$(of temp1_max)"
    prints 0xe320 i2cget -f -y "$ADAPTER" 0x40 0x51 w # 800 * 2^-4
}

# an alarm is seen, the driver clears it, and it stays away when its reason does
check_alarm() {
    same 0 "$(of curr2_max_alarm)"
    echo "iout 26" >/tmp/supply.input
    eventually 5 says curr2_max_alarm 1
    same 0 "$(of curr2_crit_alarm)"
    echo "iout 1" >/tmp/supply.input
    eventually 5 says curr2_max_alarm 0
    grep -q 'status 0x4001' "$GROUP_DIR/supply.log"
    grep -q 'status 0x0000' "$GROUP_DIR/supply.log"
}

# every word has its PEC: three bytes are read
check_pec() {
    watched 1
    of temp1_input >/dev/null
    transfers 1 >/tmp/seen
    grep -qE 'S 40 W \+ 8d \+  Sr 40 R \+ ([0-9a-f]{2} ){3}-' /tmp/seen || fail "no PEC: $(cat /tmp/seen)"
}
