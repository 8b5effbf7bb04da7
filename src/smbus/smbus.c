/* SPDX-License-Identifier: MIT */
#include "i2ctarget/smbus.h"

static struct i2ctarget_smbus_device *from(struct i2ctarget_device *device)
{
    return (struct i2ctarget_smbus_device *)device;
}

uint8_t i2ctarget_smbus_pec(uint8_t pec, uint8_t byte)
{
    pec ^= byte;
    for (int bit = 0; bit < 8; bit++)
        pec = (uint8_t)(pec & 0x80 ? pec << 1 ^ 0x07 : pec << 1);
    return pec;
}

static bool refuse(struct i2ctarget_smbus_device *device, enum i2ctarget_smbus_refusal why)
{
    device->is_refused = true;
    if (device->ops->refused)
        device->ops->refused(device, device->command, why);
    return false;
}

/*
 * The number of data bytes of this write.  For a block, the count byte must come first: until then
 * one more.
 */
static int size_of(struct i2ctarget_smbus_device *device)
{
    int size = device->ops->takes(device, device->command);
    if (size != I2CTARGET_SMBUS_TAKES_BLOCK)
        return size;
    return device->count == 0 ? 1 : device->bytes[0] + 1;
}

/* ---- what the controller writes -------------------------------------------------------------- */

static bool take_command(struct i2ctarget_smbus_device *device, uint8_t byte)
{
    device->is_commanded = true;
    device->command = byte;
    if (device->ops->takes(device, byte) == I2CTARGET_SMBUS_UNKNOWN)
        return refuse(device, I2CTARGET_SMBUS_REFUSED_COMMAND);
    return true;
}

static bool take_pec(struct i2ctarget_smbus_device *device, uint8_t byte)
{
    if (!device->has_pec || device->is_checked)
        return refuse(device, I2CTARGET_SMBUS_REFUSED_SIZE);
    device->is_checked = true;
    return byte == device->pec || refuse(device, I2CTARGET_SMBUS_REFUSED_PEC);
}

static bool take_data(struct i2ctarget_smbus_device *device, uint8_t byte)
{
    int size = size_of(device);
    if (size == I2CTARGET_SMBUS_READ_ONLY)
        return refuse(device, I2CTARGET_SMBUS_REFUSED_WRITE);
    if (device->count == size)
        return take_pec(device, byte);
    if (size > I2CTARGET_SMBUS_BYTES_MAX || device->count >= I2CTARGET_SMBUS_BYTES_MAX)
        return refuse(device, I2CTARGET_SMBUS_REFUSED_SIZE);
    device->bytes[device->count++] = byte;
    if (size_of(device) > I2CTARGET_SMBUS_BYTES_MAX)
        return refuse(device, I2CTARGET_SMBUS_REFUSED_SIZE);
    return true;
}

static bool received(struct i2ctarget_device *self, uint8_t byte)
{
    struct i2ctarget_smbus_device *device = from(self);
    bool ack = device->is_commanded ? take_data(device, byte) : take_command(device, byte);
    device->pec = i2ctarget_smbus_pec(device->pec, byte);
    return ack;
}

/* At STOP the command is executed if it is complete. */
static void do_write(struct i2ctarget_smbus_device *device)
{
    int size = size_of(device);
    if (!device->is_commanded || device->is_refused || size == I2CTARGET_SMBUS_READ_ONLY)
        return;
    if (device->count == size)
        device->ops->write(device, device->command, device->bytes, device->count);
    else if (device->count) /* a command alone selects the register for a receive byte */
        refuse(device, I2CTARGET_SMBUS_REFUSED_SIZE);
}

/* ---- what it reads --------------------------------------------------------------------------- */

static void prepare(struct i2ctarget_smbus_device *device)
{
    device->count = (uint8_t)device->ops->read(device, device->command, device->bytes);
    if (device->count == 0 || !device->has_pec)
        return;
    uint8_t pec = device->pec;
    for (unsigned i = 0; i < device->count; i++)
        pec = i2ctarget_smbus_pec(pec, device->bytes[i]);
    device->bytes[device->count++] = pec;
}

static int requested(struct i2ctarget_device *self)
{
    struct i2ctarget_smbus_device *device = from(self);
    if (device->position == device->count)
        return I2CTARGET_RELEASE;
    return device->bytes[device->position++];
}

/* ---- messages -------------------------------------------------------------------------------- */

static bool addressed(struct i2ctarget_device *self, uint16_t address, bool is_read,
                      bool is_restart)
{
    struct i2ctarget_smbus_device *device = from(self);
    if (!is_restart || !device->is_chained)
        device->pec = 0;
    device->pec = i2ctarget_smbus_pec(device->pec, (uint8_t)(address << 1 | is_read));
    device->is_chained = false;
    device->is_read = is_read;
    device->is_commanded = device->is_checked = device->is_refused = false;
    device->count = device->position = 0;
    if (is_read)
        prepare(device);
    return true;
}

static void ended(struct i2ctarget_device *self, enum i2ctarget_end cause, uint32_t moved)
{
    struct i2ctarget_smbus_device *device = from(self);
    (void)moved;
    if (device->is_read)
        return;
    device->is_chained = cause == I2CTARGET_RESTART;
    if (cause == I2CTARGET_STOP)
        do_write(device);
}

/* ---- what comes next ------------------------------------------------------------------------- */

/* The command, if it is known.  Data may have its PEC, or be too much. */
static bool accepts(struct i2ctarget_device *self, const uint8_t bytes[], size_t count)
{
    struct i2ctarget_smbus_device *device = from(self);
    return count == 1 && !device->is_commanded &&
           device->ops->takes(device, bytes[0]) != I2CTARGET_SMBUS_UNKNOWN;
}

static size_t peek(struct i2ctarget_device *self, uint8_t bytes[], size_t size)
{
    const struct i2ctarget_smbus_device *device = from(self);
    size_t left = device->count - device->position;
    size_t count = left < size ? left : size;
    for (size_t i = 0; i < count; i++)
        bytes[i] = device->bytes[device->position + i];
    return count;
}

static const struct i2ctarget_foresight foresight = {.accepts = accepts, .peek = peek};
static const struct i2ctarget_device_ops message_ops = {
    .addressed = addressed,
    .received = received,
    .requested = requested,
    .ended = ended,
    .foresight = &foresight,
};

void i2ctarget_smbus_device_init(struct i2ctarget_smbus_device *device,
                                 const struct i2ctarget_smbus_device_ops *ops, bool has_pec)
{
    *device = (struct i2ctarget_smbus_device){
        .device = {.ops = &message_ops}, .ops = ops, .has_pec = has_pec};
}

/* ---- for read() ------------------------------------------------------------------------------ */

unsigned i2ctarget_smbus_put_byte(uint8_t *bytes, uint8_t byte)
{
    bytes[0] = byte;
    return 1;
}

unsigned i2ctarget_smbus_put_word(uint8_t *bytes, uint16_t word)
{
    bytes[0] = (uint8_t)word;
    bytes[1] = (uint8_t)(word >> 8);
    return 2;
}

unsigned i2ctarget_smbus_put_string(uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX], const char *text)
{
    uint8_t count = 0;
    for (; count < I2CTARGET_SMBUS_BLOCK_MAX && text[count]; count++)
        bytes[count + 1] = (uint8_t)text[count];
    bytes[0] = count;
    return count + 1u;
}
