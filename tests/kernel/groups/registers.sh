# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# The kernel's drivers and the maps of registers that are installed (maps/*.toml): each part that has a driver which can be bound without
# an interrupt (motion.sh has the other) is bound, read and written.  (Linux drivers/hwmon, drivers/iio, drivers/rtc, drivers/gpio)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd tmp102 lm75 sht21 ina2xx-adc bmp280-i2c
# built: rtc-ds1307 gpio-pcf857x pinctrl-mcp23s08 pinctrl-mcp23s08_i2c
# seconds: 60

# part MAP ADDRESS: such a device, told by lines in /tmp/MAP.input.
part() {
    mkfifo "/tmp/$1.input"
    target 1 "$1" "$2" sh -c "exec i2ctarget device registers --map $1 --address $2 <>/tmp/$1.input"
}

setup() {
    expect_log 'SET TIME!'
    bus 1
    part tmp102 0x48
    part tmp75 0x49
    part htu21d 0x43
    part ina219 0x40
    part bme280 0x76
    part ds3231 0x68
    part ds1307 0x69
    part pcf8574 0x20
    part mcp23017 0x21
    attached 1
    ADAPTER=$(adapter_of 1)
    export ADAPTER
    for driver in tmp102 lm75 sht21 ina2xx-adc bmp280-i2c rtc-ds1307 gpio-pcf857x pinctrl-mcp23s08_i2c; do modprobe "$driver"; done
}

# While their drivers are there, these chips are written to once more when they go.
teardown() {
    rmmod tmp102 lm75 ina2xx_adc bmp280_i2c
}

# bound NAME ADDRESS: its client's directory in sysfs; the client is made if need be.
bound() {
    [ -e "$(directory_of "$ADAPTER" "$2")/driver" ] || client "$ADAPTER" "$1" "$2"
    directory_of "$ADAPTER" "$2"
}

# sensor NAME ADDRESS: of hwmon, or of IIO.
sensor() {
    bound "$1" "$2" >/dev/null
    echo "$(directory_of "$ADAPTER" "$2")"/*/hwmon[0-9]* "$(directory_of "$ADAPTER" "$2")"/iio:device[0-9]* | tr ' ' '\n' | grep -v '\*'
}

# hwmon keeps what it read for a while.
has() {
    sleep 0.4
    [ "$(cat "$1")" = "$2" ]
}

# tmp102: the temperature follows `set`, limits are written
check_tmp102() {
    sensor=$(sensor tmp102 0x48)
    same tmp102 "$(cat "$sensor/name")"
    # The driver chooses the extended mode, whose format is another: 13 bits at the top, and bit 0 is set.
    echo 'set temperature = 0x0c81' >/tmp/tmp102.input
    eventually 10 has "$sensor/temp1_input" 25000
    echo 'set temperature = 0xf381' >/tmp/tmp102.input
    eventually 10 has "$sensor/temp1_input" -25000
    echo 40000 >"$sensor/temp1_max"
    eventually 10 grep -q '^t_high = 0x1400$' "$GROUP_DIR/tmp102.log"
}

# lm75, as a TMP75: twelve bits
check_tmp75() {
    sensor=$(sensor tmp75 0x49)
    same tmp75 "$(cat "$sensor/name")"
    echo 'set temperature = 0x1910' >/tmp/tmp75.input
    eventually 10 has "$sensor/temp1_input" 25062
    same 75000 "$(cat "$sensor/temp1_max_hyst")"
    echo 30500 >"$sensor/temp1_max"
    eventually 10 grep -q '^t_high = 0x1e80$' "$GROUP_DIR/tmp75.log"
}

# sht21: a command is a pointer, and a measurement a register with its checksum
check_htu21d() {
    sensor=$(sensor sht21 0x43)
    eventually 10 has "$sensor/temp1_input" 24686
    same 54791 "$(cat "$sensor/humidity1_input")"
}

# ina2xx-adc: configured, and read
check_ina219() {
    sensor=$(sensor ina219 0x40)
    same "3000 4.000000000" "$(cat "$sensor/in_voltage1_raw") $(cat "$sensor/in_voltage1_scale")"
    same 5000 "$(cat "$sensor/in_voltage0_raw")"
    grep -q '^calibration = 0x' "$GROUP_DIR/ina219.log" || fail "it was not calibrated"
    echo 'set bus_voltage = 0x2ee2' >/tmp/ina219.input
    eventually 10 has "$sensor/in_voltage1_raw" 1500
    echo 'set shunt_voltage = -100' >/tmp/ina219.input
    eventually 10 has "$sensor/in_voltage0_raw" -100
}

# bmp280: it computes what the data sheet's example computes, 25.08 °C and 100653 Pa
check_bme280() {
    sensor=$(sensor bme280 0x76)
    same bme280 "$(cat "$sensor/name")"
    same 25080 "$(cat "$sensor/in_temp_input")"
    case $(cat "$sensor/in_pressure_input") in 100.653*) ;; *) fail "pressure $(cat "$sensor/in_pressure_input")" ;; esac
    say "humidity $(cat "$sensor/in_humidityrelative_input")"
}

# set_and_read NAME ADDRESS: a clock that says it was not set, is set, and read.
set_and_read() {
    expect_log 'SET TIME!'
    expect_log 'hctosys|unable to read|oscillator'
    clock=$(basename "$(bound "$1" "$2")"/rtc/rtc*)
    if cat "/sys/class/rtc/$clock/date" 2>/dev/null; then fail "it knows the time before it was set"; fi
    date -u -s '2031-12-30 23:58:57' >/dev/null
    hwclock -w -u -f "/dev/$clock"
    same 2031-12-30 "$(cat "/sys/class/rtc/$clock/date")"
    case $(cat "/sys/class/rtc/$clock/time") in 23:58:5?) ;; *) fail "time $(cat "/sys/class/rtc/$clock/time")" ;; esac
    case $(hwclock -r -u -f "/dev/$clock") in *2031*) ;; *) fail "hwclock -r" ;; esac
    prints 0x31 i2cget -f -y "$ADAPTER" "$2" 0x06
    prints 0x30 i2cget -f -y "$ADAPTER" "$2" 0x04
}

# ds1307, a DS3231: OSF is set until the clock is
check_ds3231() {
    set_and_read ds3231 0x68
    prints 0x08 i2cget -f -y "$ADAPTER" 0x68 0x0f
}

# ds1307: the oscillator is started, and the RAM is an NVMEM
check_ds1307() {
    set_and_read ds1307 0x69
    memory=$(echo /sys/bus/nvmem/devices/ds1307_nvram*/nvmem)
    printf 'remember' | dd of="$memory" bs=1 seek=48 conv=notrunc 2>/dev/null
    same remember "$(dd if="$memory" bs=1 skip=48 2>/dev/null)"
    eventually 10 grep -q '^ram\[55\] = 0x72$' "$GROUP_DIR/ds1307.log"
}

# expander NAME ADDRESS PINS: its client is bound, and has so many pins; pin N is one of them, in sysfs then.
expander() {
    bound "$1" "$2" >/dev/null
    chip=$(dirname "$(grep -l "^$1\$" /sys/class/gpio/gpiochip*/label)")
    same "$3" "$(cat "$chip/ngpio")"
}
pin() {
    local number=$(($(cat "$chip/base") + $1))
    echo "$number" >/sys/class/gpio/export
    echo "/sys/class/gpio/gpio$number"
}

# pcf857x: no register, a byte that is eight pins
check_pcf8574() {
    expander pcf8574 0x20 8
    driven=$(pin 3) seen=$(pin 5)
    echo low >"$driven/direction"
    eventually 10 grep -q '^port = 0xf7$' "$GROUP_DIR/pcf8574.log"
    same 1 "$(cat "$seen/value")"
    echo 'set port = 0xd7' >/tmp/pcf8574.input
    eventually 10 has "$seen/value" 0
}

# mcp23s08: sixteen pins, one that it drives, one that follows `set`
check_mcp23017() {
    expander mcp23017 0x21 16
    driven=$(pin 2) seen=$(pin 12)
    echo high >"$driven/direction"
    eventually 10 grep -q '^olata = 0x04$' "$GROUP_DIR/mcp23017.log"
    eventually 10 grep -q '^iodira = 0xfb$' "$GROUP_DIR/mcp23017.log"
    same 0 "$(cat "$seen/value")"
    echo 'set gpiob = 0x10' >/tmp/mcp23017.input
    eventually 10 has "$seen/value" 1
}
