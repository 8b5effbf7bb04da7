// SPDX-License-Identifier: MIT
// A ready-made device without any bus, on any board: the sketch plays the controller, and asks the thermometer what it would answer.
#include <i2ctarget.h>
#include <i2ctarget/devices/lm75.h>

static i2ctarget_lm75 thermometer;

// A read of two bytes at address 0x48, in the order in which the core calls a device.
static int readTemperature()
{
    i2ctarget_device *device = &thermometer.device;
    if (!device->ops->addressed(device, 0x48, true, false))
        return -1;
    int high = device->ops->requested(device);
    int low = device->ops->requested(device);
    device->ops->ended(device, I2CTARGET_CONTROLLER_NACK, 2);
    return high << 8 | low;
}

void setup()
{
    Serial.begin(9600);
    i2ctarget_lm75_init(&thermometer);
    i2ctarget_lm75_convert(&thermometer, 23500);
    Serial.println(readTemperature(), HEX); // 1780: 23.5 degrees
}

void loop()
{
}
