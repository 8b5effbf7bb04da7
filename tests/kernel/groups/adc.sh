# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The kernel's driver ads7828 and our ADS7828: eight channels, 12 bits, the internal reference of 2.5 V.
# (Linux drivers/hwmon/ads7828.c)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd ads7828
# seconds: 60

setup() {
    mkfifo /tmp/adc.input &&
        bus 1 &&
        target 1 ads7828 0x4b sh -c \
            'exec i2ctarget device ads7828 --address 0x4b --channel 0=1.25 --channel 3=0.1 --channel 7=5 <>/tmp/adc.input' &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe ads7828
}

volts() {
    cat "$(directory_of "$ADAPTER" 0x4b)"/hwmon/hwmon*/in"$1"_input
}

# The driver takes a step for 610 microvolts (it is 610.35), and the chip rounds down: 0.1 V are 163 steps.
# every channel is its own, in millivolts
check_channels() {
    client "$ADAPTER" ads7828 0x4b
    same "1249 0 0 99 0 0 0 2498" "$(for channel in 0 1 2 3 4 5 6 7; do volts $channel; done | xargs)"
}

# a new voltage is seen
check_follows() {
    for volts in 0.5 1.999 0; do
        echo "channel 2 $volts" >/tmp/adc.input
        eventually 30 near "$volts"
    done
}

near() {
    awk -v wanted="$1" -v got="$(volts 2)" 'BEGIN { d = wanted * 1000 - got; exit !(d > -2 && d < 2) }'
}
