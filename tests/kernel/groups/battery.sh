# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The kernel's driver sbs-battery and our smart battery.  It asks the battery for its version, and from then on has every word
# checked by PEC; before it asks for energy or charge it sets the battery's units, and puts them back.
# (Linux drivers/power/supply/sbs-battery.c)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd sbs-battery
# seconds: 30

setup() {
    mkfifo /tmp/battery.input &&
        bus 1 &&
        target 1 battery 0x0b sh -c \
            'exec i2ctarget device sbs-battery --voltage 11.5 --current -1.5 --remaining 3000 --temperature 31.5 <>/tmp/battery.input' &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe sbs-battery &&
        client "$ADAPTER" sbs-battery 0x0b
}

# supply NAME: what the kernel says of it.
supply() {
    cat "/sys/class/power_supply/sbs-$ADAPTER-000b/$1"
}

says() {
    [ "$(supply "$1")" = "$2" ]
}

# the driver reads what the cells do: microvolts, microamperes, tenths of a degree
check_cells() {
    same 11500000 "$(supply voltage_now)"
    same -1500000 "$(supply current_now)"
    same 315 "$(supply temp)"
    same 60 "$(supply capacity)"
    same Discharging "$(supply status)"
    same 7200 "$(supply time_to_empty_avg)"
}

# charge in uAh, energy in uWh: the driver changes the battery's units for each
check_units() {
    same 3000000 "$(supply charge_now)"
    same 33300000 "$(supply energy_now)"
    same 5000000 "$(supply charge_full)"
    same 55500000 "$(supply energy_full_design)"
    same 3000000 "$(supply charge_now)"
}

# every word has its PEC: three bytes are read
check_pec() {
    watched 1
    supply voltage_now >/dev/null
    transfers 1 >/tmp/seen
    grep -qE 'S 0b W \+ 09 \+  Sr 0b R \+ ec 2c [0-9a-f]{2} -' /tmp/seen || fail "no PEC: $(cat /tmp/seen)"
}

# strings, by way of a length and a block, as the adapter can not read blocks of SMBus
check_strings() {
    expect_log 'does not support I2C_FUNC_SMBUS_READ_BLOCK_DATA'
    expect_log 'Fallback method does not support PEC'
    same i2ctarget "$(supply manufacturer)"
    same virtual "$(supply model_name)"
    same Li-ion "$(supply technology)"
}

# it is charged, and then it is empty
check_follows() {
    echo "current 2" >/tmp/battery.input
    eventually 3 says status Charging
    same 3600 "$(supply time_to_full_avg)"
    echo "remaining 5000" >/tmp/battery.input
    eventually 3 says capacity_level Full
    echo "current -1" >/tmp/battery.input
    echo "remaining 0" >/tmp/battery.input
    eventually 3 says capacity_level Critical
    same 0 "$(supply capacity)"
}
