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
 */
#include <linux/err.h>
#include <linux/i2c.h>
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

static struct i2c_client *client;
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

static int __init described_client_init(void)
{
    struct i2c_board_info info = {.addr = address, .swnode = &node};
    struct i2c_adapter *bus = i2c_get_adapter(adapter);
    int error;

    if (!bus)
        return -ENODEV;
    properties[0] = PROPERTY_ENTRY_U32("pagesize", pagesize);
    strscpy(info.type, type, sizeof(info.type));
    error = bus_register_notifier(&i2c_bus_type, &watch);
    if (!error) {
        client = i2c_new_client_device(bus, &info);
        if (IS_ERR(client)) {
            error = PTR_ERR(client);
            bus_unregister_notifier(&i2c_bus_type, &watch);
        }
    }
    i2c_put_adapter(bus);
    return error;
}

static void __exit described_client_exit(void)
{
    struct i2c_client *left;

    bus_unregister_notifier(&i2c_bus_type, &watch);
    left = client;
    if (left)
        i2c_unregister_device(left);
}

module_init(described_client_init);
module_exit(described_client_exit);
MODULE_DESCRIPTION("An I2C client with a page size");
MODULE_LICENSE("Dual MIT/GPL");
