/* SPDX-License-Identifier: MIT */
#include "common/device.h"

#include "common/arguments.h"
#include "common/words.h"

/* ---- what was written ------------------------------------------------------------------------ */

static void note(struct python_device *device, uint32_t offset, uint32_t count)
{
    struct written *written = &device->written;
    if (written->end == 0 || offset < written->begin)
        written->begin = offset;
    if (offset + count > written->end)
        written->end = offset + count;
    i2ctarget_binding_written(device);
}

static void memory_written(struct i2ctarget_memory *memory, uint32_t offset, uint32_t count)
{
    note((struct python_device *)memory, offset, count);
}

static void eeprom_written(struct i2ctarget_eeprom *eeprom, uint32_t offset, uint32_t count)
{
    note((struct python_device *)eeprom, offset, count);
}

struct written i2ctarget_python_take_written(struct python_device *device)
{
    struct written taken = device->written;
    device->written = (struct written){0};
    return taken;
}

/* ---- Memory() -------------------------------------------------------------------------------- */

const char *i2ctarget_python_memory(struct python_device *device,
                                    const struct memory_arguments *arguments)
{
    if (arguments->pointer_bytes < 0 ||
        arguments->pointer_bytes > I2CTARGET_MEMORY_POINTER_BYTES_MAX)
        return WORDS_POINTER_BYTES;
    if (arguments->size > I2CTARGET_MEMORY_SIZE_BYTES_MAX)
        return WORDS_MEMORY_SIZE;
    struct i2ctarget_memory_config config = {
        .bytes = arguments->bytes,
        .size_bytes = (uint32_t)arguments->size,
        .pointer_bytes = (uint8_t)arguments->pointer_bytes,
        .read_only = arguments->read_only,
        .written = arguments->is_told ? memory_written : NULL,
    };
    return i2ctarget_memory_init(&device->as.memory, &config) ? WORDS_MEMORY_SIZE : NULL;
}

/* ---- EEPROM() -------------------------------------------------------------------------------- */

/* The smallest part that has so many bytes; the smallest of all if there is none. */
static const struct i2ctarget_eeprom_type *usual_part(size_t size)
{
    const struct i2ctarget_eeprom_type *types = i2ctarget_eeprom_types;
    unsigned i = 0;
    while (i + 1 < i2ctarget_eeprom_type_count && types[i].size_bytes < size)
        i++;
    return &types[i];
}

/* What the device's own init can not refuse, because it would not see it. */
static bool fits(const struct eeprom_arguments *arguments)
{
    return arguments->size <= I2CTARGET_EEPROM_SIZE_BYTES_MAX && arguments->page_bytes >= 0 &&
           arguments->page_bytes <= I2CTARGET_EEPROM_PAGE_BYTES_MAX &&
           arguments->address_bytes >= 0 && arguments->address_bytes <= 2;
}

const char *i2ctarget_python_eeprom(struct python_device *device,
                                    const struct eeprom_arguments *arguments)
{
    struct i2ctarget_eeprom_config config = {
        .memory = arguments->bytes,
        .now_us = i2ctarget_binding_now_us,
        .written = arguments->is_told ? eeprom_written : NULL,
    };
    if (arguments->protection < 0 || arguments->protection > I2CTARGET_EEPROM_REFUSES_DATA)
        return WORDS_PROTECTION;
    if (!i2ctarget_span_from_seconds(arguments->write_time, &config.write_us))
        return WORDS_WRITE_TIME;
    if (!fits(arguments))
        return WORDS_EEPROM;
    const struct i2ctarget_eeprom_type *usual = usual_part(arguments->size);
    config.size_bytes = (uint32_t)arguments->size;
    config.page_bytes =
        (uint16_t)(arguments->page_bytes ? arguments->page_bytes : usual->page_bytes);
    config.address_bytes =
        (uint8_t)(arguments->address_bytes ? arguments->address_bytes : usual->address_bytes);
    config.protection = (uint8_t)arguments->protection;
    return i2ctarget_eeprom_init(&device->as.eeprom, &config) ? WORDS_EEPROM : NULL;
}

/* ---- the addresses of a target --------------------------------------------------------------- */

static int look_at(const struct places *places, uint16_t address)
{
    if (!i2ctarget_address_set_has(&places->addresses, address))
        return -I2CTARGET_ENODEV;
    return i2ctarget_address_set_has(&places->taken, address) ? -I2CTARGET_EBUSY : 0;
}

int i2ctarget_python_attach(struct places *places, struct i2ctarget *target,
                            struct python_device *device,
                            const struct i2ctarget_address_set *wanted, uint16_t *wrong)
{
    uint8_t list[I2CTARGET_ADDRESS_COUNT_MAX];
    size_t count = i2ctarget_list_addresses(wanted, list);
    int error = 0;
    for (size_t i = 0; i < count && !error; i++) {
        *wrong = list[i];
        error = look_at(places, list[i]);
    }
    for (size_t i = 0; i < count && !error; i++) {
        error = i2ctarget_attach(target, list[i], &device->as.device);
        if (!error)
            i2ctarget_address_set_add(&places->taken, list[i]);
    }
    return error;
}

void i2ctarget_places_add(struct places *places, uint16_t address)
{
    i2ctarget_address_set_add(&places->addresses, address);
}

void i2ctarget_places_remove(struct places *places, uint16_t address)
{
    i2ctarget_address_set_remove(&places->addresses, address);
    i2ctarget_address_set_remove(&places->taken, address);
}
