/* SPDX-License-Identifier: MIT */
/*
 * An adapter of i2c-gpio on two lines of a GPIO chip, as a board file or a device tree would make it
 * (Linux Documentation/driver-api/gpio/board.rst), and a way to ask for bus recovery.
 *
 *     modprobe gpio_adapter chip=virtio0            lines 0 (SCL) and 1 (SDA)
 *     echo 1 >/sys/module/gpio_adapter/parameters/recover
 *
 * Recovery is the I2C core's (i2c_generic_scl_recovery()): up to nine clocks, each followed by a
 * STOP, until SDA is free.  i2c-gpio itself never asks for it; drivers of real controllers do, and
 * hand the core functions like those below.  The write fails as i2c_recover_bus() does.
 */
#include <linux/err.h>
#include <linux/gpio/machine.h>
#include <linux/i2c-algo-bit.h>
#include <linux/i2c.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/platform_data/i2c-gpio.h>
#include <linux/platform_device.h>

static char *chip = "";
static int udelay = 2;
static int timeout_ms = 100;
static bool open_drain = true;
module_param(chip, charp, 0444);
MODULE_PARM_DESC(chip, "label of the GPIO chip");
module_param(udelay, int, 0444);
MODULE_PARM_DESC(udelay, "half a clock, in microseconds");
module_param(timeout_ms, int, 0444);
MODULE_PARM_DESC(timeout_ms, "how long a target may stretch SCL");
module_param(open_drain, bool, 0444);
MODULE_PARM_DESC(open_drain, "the pins are open drain; else gpiolib makes them so, input for high");

static struct platform_device *device;

/* Filled in when the chip's name is known. */
static struct gpiod_lookup_table lines = {.dev_id = "i2c-gpio", .table = {{}, {}, {}}};

static struct i2c_algo_bit_data *pins(struct i2c_adapter *adapter)
{
    return adapter->algo_data;
}

static int get_scl(struct i2c_adapter *adapter)
{
    return pins(adapter)->getscl(pins(adapter)->data);
}

static void set_scl(struct i2c_adapter *adapter, int value)
{
    pins(adapter)->setscl(pins(adapter)->data, value);
}

static int get_sda(struct i2c_adapter *adapter)
{
    return pins(adapter)->getsda(pins(adapter)->data);
}

static void set_sda(struct i2c_adapter *adapter, int value)
{
    pins(adapter)->setsda(pins(adapter)->data, value);
}

static struct i2c_bus_recovery_info recovery = {
    .recover_bus = i2c_generic_scl_recovery,
    .get_scl = get_scl,
    .set_scl = set_scl,
    .get_sda = get_sda,
    .set_sda = set_sda,
};

static int recover(const char *value, const struct kernel_param *parameter)
{
    struct device *child = device ? device_find_any_child(&device->dev) : NULL;
    struct i2c_adapter *adapter = child ? i2c_verify_adapter(child) : NULL;
    int error = -ENODEV;

    if (adapter) {
        i2c_lock_bus(adapter, I2C_LOCK_ROOT_ADAPTER);
        adapter->bus_recovery_info = &recovery;
        error = i2c_recover_bus(adapter);
        adapter->bus_recovery_info = NULL;
        i2c_unlock_bus(adapter, I2C_LOCK_ROOT_ADAPTER);
    }
    put_device(child);
    return error;
}

static const struct kernel_param_ops recover_ops = {.set = recover};
module_param_cb(recover, &recover_ops, NULL, 0200);
MODULE_PARM_DESC(recover, "write anything: recover the bus now");

static int __init gpio_adapter_init(void)
{
    struct i2c_gpio_platform_data data = {
        .udelay = udelay,
        .timeout = msecs_to_jiffies(timeout_ms),
        .sda_is_open_drain = open_drain,
        .scl_is_open_drain = open_drain,
    };

    lines.table[0] = GPIO_LOOKUP(chip, 0, "scl", GPIO_ACTIVE_HIGH);
    lines.table[1] = GPIO_LOOKUP(chip, 1, "sda", GPIO_ACTIVE_HIGH);
    gpiod_add_lookup_table(&lines);
    device =
        platform_device_register_data(NULL, "i2c-gpio", PLATFORM_DEVID_NONE, &data, sizeof(data));
    if (!IS_ERR(device))
        return 0;
    gpiod_remove_lookup_table(&lines);
    return PTR_ERR(device);
}

static void __exit gpio_adapter_exit(void)
{
    platform_device_unregister(device);
    gpiod_remove_lookup_table(&lines);
}

module_init(gpio_adapter_init);
module_exit(gpio_adapter_exit);
MODULE_DESCRIPTION("An adapter of i2c-gpio on two lines of a GPIO chip");
MODULE_LICENSE("Dual MIT/GPL");
