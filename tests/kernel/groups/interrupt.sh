# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# Lines that interrupt: a device pulls at a line of a simulated GPIO chip, as a chip does at a pin of a board.  gpiomon waits for its
# edges, and the kernel's driver of the expander has it as its interrupt: it asks the expander which pin has changed, and passes that on as
# the interrupt of this pin, for which gpiomon waits, too.  (Linux Documentation/admin-guide/gpio/gpio-sim.rst, drivers/gpio/gpio-pca953x.c)
#
# Debian's kernel has neither gpio-sim nor the driver, so both are built.  An interrupt is part of a board's description; the module
# described_client stands for that.
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd configfs
# built: simulated_irq gpio-sim gpio-pca953x described_client
# programs: /usr/bin/gpiomon /usr/bin/gpioget
# seconds: 90

setup() {
    mkfifo /tmp/line-lm75.input /tmp/line-expander.input &&
        CHIP=$(simulated_chip board) &&
        export CHIP &&
        bus 1 &&
        target 1 lm75 0x48 sh -c "exec i2ctarget device lm75 --interrupt gpio-sim:$CHIP/3 <>/tmp/line-lm75.input" &&
        target 1 expander 0x20 sh -c "exec i2ctarget device pca9555 --interrupt gpio-sim:$CHIP/5 <>/tmp/line-expander.input" &&
        attached 1 &&
        ADAPTER=$(adapter_of 1) &&
        export ADAPTER &&
        modprobe gpio-pca953x &&
        modprobe described_client "adapter=$ADAPTER" address=0x20 type=pca9555 chip=board line=5 &&
        eventually 30 test -e "$(directory_of "$ADAPTER" 0x20)/driver"
}

# The driver must not go while somebody has a line of its chip.
teardown() {
    for name in os pin; do [ ! -e "$GROUP_DIR/$name.pid" ] || stop $name; done
    rmmod described_client
}

# expander: the GPIO chip that the driver has made of it.
expander() {
    for chip in /sys/bus/gpio/devices/gpiochip*; do
        case $(readlink -f "$chip") in */"$ADAPTER-0020/"*) basename "$chip" ;; esac
    done
}

# edges NAME: what gpiomon has seen, in words.
edges() {
    sed -n 's/.*\(RISING\|FALLING\).*/\1/p' "$GROUP_DIR/$1.log" | xargs
}

saw() {
    [ "$(edges "$1")" = "$2" ]
}

# the level of the thermometer's line is that of OS
check_level() {
    same "1" "$(gpioget "$CHIP" 3)"
    level 5 1
    echo "temperature 85" >/tmp/line-lm75.input
    eventually 30 level 3 0
    echo "temperature 20" >/tmp/line-lm75.input
    eventually 30 level 3 1
}

# Line 5 is the driver's, so it is not asked by gpioget.
level() {
    [ "$(cat "/sys/bus/gpio/devices/$CHIP/sim_gpio$1/value")" = "$2" ]
}

# watch NAME CHIP LINE: gpiomon, which has the line's interrupt.
watch() {
    start "$1" gpiomon --line-buffered "$2" "$3"
    eventually 30 interrupted gpiomon
}

# interrupted NAME: it has an interrupt.  The last step of a request is this folder; a driver talks to its chip before it.
interrupted() {
    ls -d /proc/irq/*/"$1"
}

gone_quiet() {
    ! interrupted "$1"
}

# gpiomon sees the edges of OS, comparator mode
check_gpiomon() {
    watch os "$CHIP" 3
    for temperature in 85 20 85 20; do
        echo "temperature $temperature" >/tmp/line-lm75.input
        sleep 0.2
    done
    eventually 30 saw os "FALLING RISING FALLING RISING"
    stop os
    eventually 30 gone_quiet gpiomon
    say "gpiomon: $(edges os)"
}

# in interrupt mode a controller's read of a register ends it
check_interrupt_mode() {
    i2cset -y "$ADAPTER" 0x48 0x01 0x02
    watch os "$CHIP" 3
    echo "temperature 85" >/tmp/line-lm75.input
    eventually 30 saw os "FALLING"
    i2cget -y "$ADAPTER" 0x48 0x00 w
    eventually 30 saw os "FALLING RISING"
    stop os
    eventually 30 gone_quiet gpiomon
    echo "temperature 20" >/tmp/line-lm75.input
    i2cset -y "$ADAPTER" 0x48 0x01 0x00
}

# the expander's driver gets its interrupt, finds the pin, and who waits for the pin is woken; INT is released by the driver's read
check_driver() {
    grep "$ADAPTER-0020" /proc/interrupts
    chip=$(expander)
    watch pin "$chip" 2
    for level in low high low; do
        echo "pin 2 $level" >/tmp/line-expander.input
        sleep 0.5
    done
    eventually 30 saw pin "FALLING RISING FALLING"
    eventually 30 level 5 1
    count=$(awk -v name="$ADAPTER-0020" '/irq_sim/ && $0 ~ name { print $2 }' /proc/interrupts)
    [ "$count" -ge 3 ] || fail "the driver was interrupted $count times"
    stop pin
    same 3 "$(grep -c '^interrupt active$' "$GROUP_DIR/expander.log")" "INT"
    say "interrupts of the driver: $count; gpiomon: $(edges pin)"
}
