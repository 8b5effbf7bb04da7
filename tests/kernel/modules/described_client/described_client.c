/* SPDX-License-Identifier: MIT */
/*
 * An I2C client with device properties, as a device tree would give it.
 *
 * Writing to an adapter's new_device makes a client of a bare name; at24 then writes a byte at a
 * time.  The size of a page is a property (Linux Documentation/devicetree/bindings/eeprom/at24.yaml),
 * and on a machine without a device tree a software node carries it (Documentation/driver-api/
 * firmware/, include/linux/property.h).  The client goes when the module goes, or with its adapter.
 *
 *     modprobe described_client adapter=3 address=0x50 type=24c32 pagesize=32
 *
 * So does the interrupt of a chip: here it is a line of a GPIO chip, given by the chip's label, and its
 * falling edge (Documentation/driver-api/gpio/board.rst).
 *
 *     modprobe described_client adapter=3 address=0x20 type=pca9555 chip=gpio-sim.0-node0 line=3
 */
#include <linux/err.h>
#include <linux/gpio/consumer.h>
#include <linux/gpio/machine.h>
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/module.h>
#include <linux/property.h>

static int adapter;
static ushort address;
static char *type = "";
static uint pagesize;
module_param(adapter, int, 0444);
MODULE_PARM_DESC(adapter, "its number");
module_param(address, ushort, 0444);
module_param(type, charp, 0444);
MODULE_PARM_DESC(type, "the name its driver knows it by");
module_param(pagesize, uint, 0444);
MODULE_PARM_DESC(pagesize, "bytes");

static char *chip = "";
static uint line;
module_param(chip, charp, 0444);
MODULE_PARM_DESC(chip, "label of the GPIO chip that its interrupt is at; without: it has none");
module_param(line, uint, 0444);
MODULE_PARM_DESC(line, "of that chip");

static struct i2c_client *client;
static struct gpio_desc *pin; /* NULL: it has no interrupt */
/* Filled in when the chip's name is known.  Of no device: this module asks for it. */
static struct gpiod_lookup_table lines = {.table = {{}, {}}};
static struct property_entry properties[2]; /* the last is empty: the end */
static const struct software_node node = {.properties = properties};

/* The adapter may go first, and takes its clients along: then there is nothing left to do. */
static int forget(struct notifier_block *block, unsigned long action, void *device)
{
    if (action == BUS_NOTIFY_DEL_DEVICE && client && device == &client->dev)
        client = NULL;
    return NOTIFY_DONE;
}

static struct notifier_block watch = {.notifier_call = forget};

/* 0: it has none, or its number is in the description. */
static int find_interrupt(struct i2c_board_info *info)
{
    int irq;

    if (!*chip)
        return 0;
    lines.table[0] = GPIO_LOOKUP(chip, line, "interrupt", GPIO_ACTIVE_HIGH);
    gpiod_add_lookup_table(&lines);
    pin = gpiod_get(NULL, "interrupt", GPIOD_IN);
    gpiod_remove_lookup_table(&lines);
    if (IS_ERR(pin)) {
        irq = PTR_ERR(pin);
        pin = NULL;
        return irq;
    }
    irq = gpiod_to_irq(pin);
    if (irq < 0)
        return irq;
    info->irq = irq;
    return irq_set_irq_type(irq, IRQ_TYPE_EDGE_FALLING);
}

static void drop_interrupt(void)
{
    if (pin)
        gpiod_put(pin);
}

static int __init described_client_init(void)
{
    struct i2c_board_info info = {.addr = address, .swnode = &node};
    struct i2c_adapter *bus = i2c_get_adapter(adapter);
    int error;

    if (!bus)
        return -ENODEV;
    if (pagesize)
        properties[0] = PROPERTY_ENTRY_U32("pagesize", pagesize);
    strscpy(info.type, type, sizeof(info.type));
    error = find_interrupt(&info);
    if (!error)
        error = bus_register_notifier(&i2c_bus_type, &watch);
    if (!error) {
        client = i2c_new_client_device(bus, &info);
        if (IS_ERR(client)) {
            error = PTR_ERR(client);
            bus_unregister_notifier(&i2c_bus_type, &watch);
        }
    }
    i2c_put_adapter(bus);
    if (error)
        drop_interrupt();
    return error;
}

static void __exit described_client_exit(void)
{
    struct i2c_client *left;

    bus_unregister_notifier(&i2c_bus_type, &watch);
    left = client;
    if (left)
        i2c_unregister_device(left);
    drop_interrupt();
}

module_init(described_client_init);
module_exit(described_client_exit);
MODULE_DESCRIPTION("An I2C client with a page size or an interrupt");
MODULE_LICENSE("Dual MIT/GPL");
