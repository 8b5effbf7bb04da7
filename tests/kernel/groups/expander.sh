# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The kernel's driver for GPIO expanders and our PCA9555: 16 pins.  The driver keeps a copy of the registers, so a pin goes where it
# should only if both agree on which bit of which port it is.  (Linux drivers/gpio/gpio-pca953x.c)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd
# built: gpio-pca953x
# seconds: 60

setup() {
    mkfifo /tmp/expander.input &&
        bus 1 &&
        target 1 expander 0x20 sh -c \
            'exec i2ctarget device pca9555 --address 0x20 --inputs 0x8001 <>/tmp/expander.input' &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe gpio-pca953x &&
        client "$ADAPTER" pca9555 0x20
}

# pin N: the directory of pin N in sysfs, made if need be.
pin() {
    local chip base
    chip=$(grep -l "^$ADAPTER-0020$" /sys/class/gpio/gpiochip*/label)
    base=$(cat "${chip%/label}/base")
    if [ ! -e "/sys/class/gpio/gpio$((base + $1))" ]; then echo $((base + $1)) >/sys/class/gpio/export; fi
    echo "/sys/class/gpio/gpio$((base + $1))"
}

# the driver makes sixteen pins of it
check_chip() {
    chip=$(grep -l "^$ADAPTER-0020$" /sys/class/gpio/gpiochip*/label)
    same 16 "$(cat "${chip%/label}/ngpio")"
}

# inputs are what the world does to the pins, and follow it
check_inputs() {
    same "1 0 0 1" "$(for number in 0 1 14 15; do cat "$(pin $number)/value"; done | xargs)"
    echo "pin 14 high" >/tmp/expander.input
    eventually 30 high 14
    echo "pin 0 low" >/tmp/expander.input
    eventually 30 low 0
}

high() {
    [ "$(cat "$(pin "$1")/value")" = 1 ]
}

low() {
    [ "$(cat "$(pin "$1")/value")" = 0 ]
}

# outputs: the target drives what the driver says, and only the pins that are outputs
check_outputs() {
    echo high >"$(pin 3)/direction"
    eventually 30 grep -q '^pin 3 output high$' "$GROUP_DIR/expander.log"
    echo 0 >"$(pin 3)/value"
    eventually 30 grep -q '^pin 3 output low$' "$GROUP_DIR/expander.log"
    echo low >"$(pin 12)/direction"
    eventually 30 grep -q '^pin 12 output low$' "$GROUP_DIR/expander.log"
    echo in >"$(pin 3)/direction"
    eventually 30 grep -q '^pin 3 input$' "$GROUP_DIR/expander.log"
    same "pin 12 pin 3" "$(sed -n 's/^\(pin [0-9]*\) output.*/\1/p' "$GROUP_DIR/expander.log" | sort -u | xargs)" "pins driven"
    # The chip's configuration registers themselves: all inputs but pin 12.
    prints 0xefff i2cget -f -y "$ADAPTER" 0x20 0x06 w
}
