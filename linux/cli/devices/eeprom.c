/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device eeprom`: the memory may be kept in a file.
 *
 * The bytes of a page write go into the file before the device acknowledges its address again.  So
 * a controller that has polled for the end of the write knows that nothing is lost, even if this
 * process is killed.
 *
 * Without --type and --size the file decides which type it is: 24c02, or the smallest one that holds
 * it, or what the format of its content asks for.
 */
#include "i2ctarget/devices/eeprom.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/devices/image.h"
#include "cli/devices/memory_file.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"
#include "link/link.h"

enum {
    TYPE = MODEL_OPTION,
    SIZE,
    PAGE,
    ADDRESS_BYTES,
    FILE_PATH,
    WRITE_TIME,
    WRITE_PROTECT,
    EUI,
    SERIAL
};

enum { SERIAL_BYTES = 16 };

static const struct option options[] = {
    {"type", required_argument, NULL, TYPE},
    {"size", required_argument, NULL, SIZE},
    {"page", required_argument, NULL, PAGE},
    {"address-bytes", required_argument, NULL, ADDRESS_BYTES},
    {"file", required_argument, NULL, FILE_PATH},
    {"write-time", required_argument, NULL, WRITE_TIME},
    {"write-protect", optional_argument, NULL, WRITE_PROTECT},
    {"eui", required_argument, NULL, EUI},
    {"serial", required_argument, NULL, SERIAL},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --type TYPE           24c01, 24c02, 24c04, … 24c512, 24c1024, 24cm02 (default: 24c02, or what\n"
    "                        the file needs); with an EUI 24aa02e48, 24aa02e64, 24aa025e48,\n"
    "                        24aa025e64, 24mac402, 24mac602; with a serial number the last two, and\n"
    "                        24cs02, 24cs32\n"
    "  --size BYTES          another size than that of the type, a power of two up to 262144\n"
    "  --page BYTES          another page size, a power of two up to 256\n"
    "  --address-bytes N     another number of address bytes: 1 (up to 2048 bytes) or 2\n"
    "  --file PATH           keep the memory in this file; created, erased, if it is not there; of a\n"
    "                        shorter one the rest is erased; a read-only one is write-protected\n"
    "  --write-time MS       how long a write takes, during which the address is not acknowledged\n"
    "                        (default 5)\n"
    "  --write-protect[=HOW] refuse (default): data is not acknowledged; ignore: it is, and\n"
    "                        nothing is written\n"
    "  --eui EUI             the EUI-48 or EUI-64, as 02:00:00:00:00:01\n"
    "  --serial HEX          the serial number, 16 bytes\n";

static struct {
    const struct i2ctarget_eeprom_type *type;
    unsigned long size_bytes, page_bytes, address_bytes; /* 0: as the type has it */
    long write_us;
    enum i2ctarget_eeprom_protection protection;
    uint8_t eui[8];
    size_t eui_bytes; /* 0: none was given */
    bool has_serial;
} wanted = {.write_us = I2CTARGET_EEPROM_WRITE_US};

static uint8_t memory[I2CTARGET_EEPROM_SIZE_BYTES_MAX];
static uint8_t identity[I2CTARGET_EEPROM_IDENTITY_BYTES] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                            8, 9, 10, 11, 12, 13, 14, 15};
static struct i2ctarget_eeprom eeprom;
static struct i2ctarget_eeprom_config config;
static const char *path;
static struct memory_file file = {.memory = memory, .memory_bytes = sizeof memory};

static void keep(struct i2ctarget_eeprom *self, uint32_t offset, uint32_t count)
{
    (void)self;
    memory_file_keep(&file, offset, count);
}

/* ---- options and commands -------------------------------------------------------------------- */

static bool wrong(const char *option, const char *argument, const char *what)
{
    cli_misuse(model_word, "%s %s: %s", option, argument, what);
    return false;
}

static const struct i2ctarget_eeprom_type *type_named(const char *name)
{
    for (unsigned i = 0; i < i2ctarget_eeprom_type_count; i++) {
        if (strcasecmp(i2ctarget_eeprom_types[i].name, name) == 0)
            return &i2ctarget_eeprom_types[i];
    }
    return NULL;
}

static bool take_protection(const char *how, enum i2ctarget_eeprom_protection *protection)
{
    if (!how || strcmp(how, "refuse") == 0)
        *protection = I2CTARGET_EEPROM_REFUSES_DATA;
    else if (strcmp(how, "ignore") == 0)
        *protection = I2CTARGET_EEPROM_IGNORES_DATA;
    else if (strcmp(how, "off") == 0)
        *protection = I2CTARGET_EEPROM_WRITABLE;
    else
        return false;
    return true;
}

static bool take_option(int option, const char *argument)
{
    switch (option) {
    case TYPE:
        wanted.type = type_named(argument);
        return wanted.type || wrong("--type", argument, "there is no such type");
    case SIZE:
        return numbers_whole(argument, I2CTARGET_EEPROM_SIZE_BYTES_MIN,
                             I2CTARGET_EEPROM_SIZE_BYTES_MAX, &wanted.size_bytes) ||
               wrong("--size", argument, "a power of two, 16 to 262144");
    case PAGE:
        return numbers_whole(argument, 1, I2CTARGET_EEPROM_PAGE_BYTES_MAX, &wanted.page_bytes) ||
               wrong("--page", argument, "a power of two, 1 to 256");
    case ADDRESS_BYTES:
        return numbers_whole(argument, 1, 2, &wanted.address_bytes) ||
               wrong("--address-bytes", argument, "1 or 2");
    case WRITE_TIME:
        return numbers_decimal(argument, 1000, 0, 10000000, &wanted.write_us) ||
               wrong("--write-time", argument, "0 to 10000 ms");
    case WRITE_PROTECT:
        return take_protection(argument, &wanted.protection) ||
               wrong("--write-protect", argument, "refuse, ignore or off");
    case EUI:
        wanted.eui_bytes = numbers_bytes(argument, wanted.eui, sizeof wanted.eui);
        return wanted.eui_bytes == 6 || wanted.eui_bytes == 8 ||
               wrong("--eui", argument, "6 or 8 bytes, as 02:00:00:00:00:01");
    case SERIAL:
        wanted.has_serial = numbers_bytes(argument, identity, SERIAL_BYTES) == SERIAL_BYTES;
        return wanted.has_serial ||
               wrong("--serial", argument, "16 bytes, two hexadecimal digits each");
    default:
        path = argument;
        return true;
    }
}

static bool protect(char **words)
{
    enum i2ctarget_eeprom_protection protection;
    if (!words[0] || words[1] || !take_protection(words[0], &protection)) {
        cli_error(model_word, "write-protect refuse, ignore or off");
        return false;
    }
    if (file.is_read_only && protection == I2CTARGET_EEPROM_WRITABLE) {
        cli_error(model_word, "%s can not be written to", path);
        return false;
    }
    i2ctarget_eeprom_protect(&eeprom, protection);
    return true;
}

static const struct model_command commands[] = {
    {"write-protect", "write-protect refuse|ignore|off", protect},
    {NULL, NULL, NULL},
};

/* ---- which type ------------------------------------------------------------------------------ */

/* One that has nothing but memory. */
static bool is_plain(const struct i2ctarget_eeprom_type *type)
{
    return !type->eui_bytes && !type->has_identity;
}

/* NULL: none is as large. */
static const struct i2ctarget_eeprom_type *smallest(const char *from, size_t size_bytes)
{
    const struct i2ctarget_eeprom_type *type = type_named(from);
    while (is_plain(type) && type->size_bytes < size_bytes)
        type++;
    return is_plain(type) ? type : NULL;
}

/* A HAT's EEPROM has two address bytes (HAT specification, "ID EEPROM": 24C32). */
static const struct i2ctarget_eeprom_type *guess(void)
{
    bool is_hat = image_of(memory, file.length) == IMAGE_HAT;
    const struct i2ctarget_eeprom_type *type = smallest(is_hat ? "24c32" : "24c02", file.length);
    if (type && file.length && type != type_named("24c02"))
        cli_error(model_word, "%s has %zu bytes%s: type %s", path, file.length,
                  is_hat ? ", for a HAT" : "", type->name);
    return type;
}

/* The device that serves such a file as its clients expect; NULL: this one. */
static const char *other_device(void)
{
    enum image image = image_of(memory, file.length);
    if (file.length <= 256)
        return NULL;
    switch (image) {
    case IMAGE_DDR4:
        return "ee1004";
    case IMAGE_DDR5:
        return "spd5118";
    case IMAGE_EDID:
        return "edid";
    default:
        return NULL;
    }
}

static bool choose_type(void)
{
    bool is_open = !wanted.type && !wanted.size_bytes;
    const char *other = is_open ? other_device() : NULL;
    if (other)
        cli_error(model_word, "%s is for another device: i2ctarget device %s --file %s", path,
                  other, path);
    if (!wanted.type && !other)
        wanted.type = is_open ? guess() : type_named("24c02");
    if (!wanted.type && !other)
        cli_error(model_word, "%s has %zu bytes, and no type as many", path, file.length);
    return wanted.type != NULL;
}

/* The file is longer than the memory.  Which types would hold it? */
static void complain_of_length(void)
{
    char names[160];
    size_t used = 0;
    for (unsigned i = 0; i < i2ctarget_eeprom_type_count; i++) {
        if (is_plain(&i2ctarget_eeprom_types[i]) &&
            i2ctarget_eeprom_types[i].size_bytes >= file.length)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s %s", used ? "," : ":",
                                     i2ctarget_eeprom_types[i].name);
    }
    cli_error(model_word, "%s has %zu bytes, but the memory has %u; %s%s", path, file.length,
              (unsigned)config.size_bytes, used ? "it fits into" : "no type is as large",
              used ? names : "");
}

/* ---- what follows from the options and the file ---------------------------------------------- */

static void configure(void)
{
    config = (struct i2ctarget_eeprom_config){
        .memory = memory,
        .size_bytes = wanted.size_bytes ? (uint32_t)wanted.size_bytes : wanted.type->size_bytes,
        .page_bytes = wanted.page_bytes ? (uint16_t)wanted.page_bytes : wanted.type->page_bytes,
        .address_bytes =
            wanted.address_bytes ? (uint8_t)wanted.address_bytes : wanted.type->address_bytes,
        .protection = (uint8_t)wanted.protection,
        .writable_bytes = wanted.size_bytes ? 0 : wanted.type->writable_bytes,
        .identity = wanted.type->has_identity ? identity : NULL,
        .write_us = (uint32_t)wanted.write_us,
        .now_us = i2ctarget_link_now_us,
        .written = keep,
    };
}

/* 0: the options contradict each other; a message has been printed. */
static unsigned count_addresses(uint8_t address)
{
    if (i2ctarget_eeprom_init(&eeprom, &config) < 0) {
        cli_misuse(model_word, "no EEPROM has %u bytes in pages of %u with %u address byte%s",
                   (unsigned)config.size_bytes, config.page_bytes, config.address_bytes,
                   config.address_bytes == 1 ? "" : "s");
        return 0;
    }
    unsigned count = i2ctarget_eeprom_address_count(&config);
    if (address % count == 0)
        return count;
    cli_misuse(model_word, "it occupies %u addresses in a row, and 0x%02x can not be the first",
               count, address);
    return 0;
}

/* What is served can not be changed by a controller, if it can not be kept. */
static void imply_protection(void)
{
    if (!file.is_read_only || wanted.protection != I2CTARGET_EEPROM_WRITABLE)
        return;
    cli_error(model_word, "%s can not be written to: write-protect refuse", path);
    i2ctarget_eeprom_protect(&eeprom, I2CTARGET_EEPROM_REFUSES_DATA);
}

/* ---- who the part is ------------------------------------------------------------------------- */

/* False: the part can not have what was given; a message has been printed. */
static bool check_identity(uint8_t address)
{
    const char *type = wanted.type->name;
    bool has_no_eui = wanted.eui_bytes && wanted.eui_bytes != wanted.type->eui_bytes;
    bool has_no_serial = wanted.has_serial && !wanted.type->has_identity;
    bool has_one_address = config.identity && address & I2CTARGET_EEPROM_IDENTITY_BIT;
    if (has_no_eui)
        cli_misuse(model_word, "the type %s has no EUI of %zu bytes", type, wanted.eui_bytes);
    else if (has_no_serial)
        cli_misuse(model_word, "the type %s has no serial number", type);
    else if (has_one_address)
        cli_misuse(model_word, "the type %s answers with bit 3 of its address set, too", type);
    return !has_no_eui && !has_no_serial && !has_one_address;
}

/* The one that was given; else that of the file; else one that is administered locally. */
static void put_eui(void)
{
    static const uint8_t local[] = {0x02, 0x00, 0x00, 0xFF, 0xFE, 0x00, 0x00, 0x01};
    size_t count = wanted.type->eui_bytes, place = config.size_bytes - count;
    bool is_in_memory = !wanted.type->has_identity;
    uint8_t *eui = is_in_memory ? memory + place : identity + sizeof identity - count;
    if (wanted.eui_bytes) {
        memcpy(eui, wanted.eui, count);
    } else if (!is_in_memory || file.length <= place) {
        memcpy(eui, local, count / 2);
        memcpy(eui + count / 2, local + sizeof local - count / 2, count / 2);
    }
}

/* ---- the model ------------------------------------------------------------------------------- */

static int begin(uint8_t address)
{
    if (!memory_file_open(&file, path) || !choose_type())
        return -1;
    configure();
    unsigned count = count_addresses(address);
    if (count == 0 || !check_identity(address))
        return 0;
    if (file.length > config.size_bytes) {
        complain_of_length();
        return -1;
    }
    put_eui();
    imply_protection();
    return memory_file_begin(&file, config.size_bytes) ? (int)count : -1;
}

static unsigned others(uint8_t address, uint8_t *addresses)
{
    addresses[0] = address | I2CTARGET_EEPROM_IDENTITY_BIT;
    return config.identity ? 1 : 0;
}

static bool end(void)
{
    return memory_file_close(&file);
}

const struct model model_eeprom = {
    .name = "eeprom",
    .summary = "serial EEPROM 24C01 to 24CM02, kept in a file if you like",
    .help = help,
    .address = I2CTARGET_EEPROM_ADDRESS,
    .device = &eeprom.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .others = others,
    .commands = commands,
    .end = end,
};
