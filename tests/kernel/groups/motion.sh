# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# A map of registers whose driver wants an interrupt (maps/mpu6050.toml): it pulls at a line of a simulated GPIO chip.  The driver of the
# other accelerometer, maps/adxl345.toml, can not be bound here: it asks for a device tree or ACPI.  (Linux drivers/iio/imu/inv_mpu6050)
#
# modules: i2c-dev i2c-tiny-usb vhci-hcd configfs inv-mpu6050-i2c
# built: simulated_irq gpio-sim described_client
# seconds: 60

setup() {
    mkfifo /tmp/mpu6050.input
    CHIP=$(simulated_chip motion)
    bus 1
    target 1 mpu6050 0x68 sh -c "exec i2ctarget device registers --map mpu6050 --interrupt gpio-sim:$CHIP/2 <>/tmp/mpu6050.input"
    attached 1
    ADAPTER=$(adapter_of 1)
    export ADAPTER
    modprobe inv-mpu6050-i2c
}

# While its driver is there, this chip is written to once more when it goes.
teardown() {
    rmmod described_client inv_mpu6050_i2c
}

# sensor ADDRESS: what IIO calls the client of this address.
sensor() {
    echo "$(directory_of "$ADAPTER" "$1")"/iio:device*
}

# reads FILE VALUE
reads() {
    [ "$(cat "$1")" = "$2" ]
}

# inv_mpu6050: reset, woken, told that its interrupt is active low; acceleration, rotation, temperature; range and scale
check_mpu6050() {
    modprobe described_client "adapter=$ADAPTER" address=0x68 type=mpu6050 chip=motion line=2
    eventually 30 test -e "$(directory_of "$ADAPTER" 0x68)/driver"
    sensor=$(sensor 0x68)
    same mpu6050 "$(cat "$sensor/name")"
    eventually 10 grep -q '^int_pin_cfg = 0x80$' "$GROUP_DIR/mpu6050.log"
    same "0 0 16384" "$(cat "$sensor"/in_accel_?_raw | xargs)"
    echo 'set gyro_y = -1234' >/tmp/mpu6050.input
    eventually 10 reads "$sensor/in_anglvel_y_raw" -1234
    same -3920 "$(cat "$sensor/in_temp_raw")"
    echo 0.001196 >"$sensor/in_accel_scale"
    eventually 10 grep -q '^accel_config = 0x08$' "$GROUP_DIR/mpu6050.log"
}
