/* SPDX-License-Identifier: MIT */
/*
 * `i2ctarget device eeprom`: the memory may be kept in a file.
 *
 * The bytes of a page write go into the file before the device acknowledges its address again.  So
 * a controller that has polled for the end of the write knows that nothing is lost, even if this
 * process is killed.  A new or empty file is an erased memory.
 */
#include "i2ctarget/devices/eeprom.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/devices/model.h"
#include "cli/devices/numbers.h"
#include "link/link.h"

enum { TYPE = MODEL_OPTION, SIZE, PAGE, ADDRESS_BYTES, FILE_PATH, WRITE_TIME, WRITE_PROTECT };

static const struct option options[] = {
    {"type", required_argument, NULL, TYPE},
    {"size", required_argument, NULL, SIZE},
    {"page", required_argument, NULL, PAGE},
    {"address-bytes", required_argument, NULL, ADDRESS_BYTES},
    {"file", required_argument, NULL, FILE_PATH},
    {"write-time", required_argument, NULL, WRITE_TIME},
    {"write-protect", optional_argument, NULL, WRITE_PROTECT},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --type TYPE           24c01, 24c02, 24c04, … 24c512 (default 24c02)\n"
    "  --size BYTES          another size than that of the type, a power of two up to 65536\n"
    "  --page BYTES          another page size, a power of two up to 128\n"
    "  --address-bytes N     another number of address bytes: 1 (up to 2048 bytes) or 2\n"
    "  --file PATH           keep the memory in this file, which contains nothing else; created,\n"
    "                        erased, if it is not there\n"
    "  --write-time MS       how long a write takes, during which the address is not acknowledged\n"
    "                        (default 5)\n"
    "  --write-protect[=HOW] refuse (default): data is not acknowledged; ignore: it is, and\n"
    "                        nothing is written\n";

static struct {
    const struct i2ctarget_eeprom_type *type;
    unsigned long size_bytes, page_bytes, address_bytes; /* 0: as the type has it */
    long write_us;
    enum i2ctarget_eeprom_protection protection;
} wanted = {.write_us = I2CTARGET_EEPROM_WRITE_US};

static uint8_t memory[I2CTARGET_EEPROM_SIZE_BYTES_MAX];
static struct i2ctarget_eeprom eeprom;
static struct i2ctarget_eeprom_config config;
static const char *path;
static int file_fd = -1;
static bool is_lost; /* a write did not reach the file */

/* ---- the file -------------------------------------------------------------------------------- */

static void keep(struct i2ctarget_eeprom *self, uint32_t offset, uint32_t count)
{
    (void)self;
    if (file_fd < 0)
        return;
    ssize_t written = pwrite(file_fd, memory + offset, count, (off_t)offset);
    if (written == (ssize_t)count)
        return;
    cli_error(model_word, "%s: %u bytes at 0x%x were not written: %s", path, (unsigned)count,
              (unsigned)offset, strerror(written < 0 ? errno : ENOSPC));
    is_lost = true;
}

static bool fail(const char *why)
{
    cli_error(model_word, "%s: %s", path, why);
    return false;
}

/* Writes all of it, or reports a failure. */
static bool fill(void)
{
    ssize_t written = pwrite(file_fd, memory, config.size_bytes, 0);
    if (written == (ssize_t)config.size_bytes)
        return true;
    int error = written < 0 ? errno : ENOSPC;
    (void)!ftruncate(file_fd, 0);
    return fail(strerror(error));
}

static bool load(void)
{
    char text[96];
    struct stat status;
    signal(SIGXFSZ, SIG_IGN); /* a file size limit is then an error like a full disk */
    file_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file_fd < 0)
        return fail(strerror(errno));
    if (flock(file_fd, LOCK_EX | LOCK_NB) < 0)
        return fail("another device has it");
    if (fstat(file_fd, &status) < 0)
        return fail(strerror(errno));
    if (!S_ISREG(status.st_mode))
        return fail("is no regular file");
    if (status.st_size == 0)
        return fill();
    if (status.st_size != (off_t)config.size_bytes) {
        snprintf(text, sizeof text, "has %lld bytes, but the memory has %u",
                 (long long)status.st_size, (unsigned)config.size_bytes);
        return fail(text);
    }
    ssize_t got = pread(file_fd, memory, config.size_bytes, 0);
    return got == (ssize_t)config.size_bytes || fail(got < 0 ? strerror(errno) : "became shorter");
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
        return wanted.type || wrong("--type", argument, "24c01, 24c02, 24c04, … 24c512");
    case SIZE:
        return numbers_whole(argument, I2CTARGET_EEPROM_SIZE_BYTES_MIN,
                             I2CTARGET_EEPROM_SIZE_BYTES_MAX, &wanted.size_bytes) ||
               wrong("--size", argument, "a power of two, 16 to 65536");
    case PAGE:
        return numbers_whole(argument, 1, I2CTARGET_EEPROM_PAGE_BYTES_MAX, &wanted.page_bytes) ||
               wrong("--page", argument, "a power of two, 1 to 128");
    case ADDRESS_BYTES:
        return numbers_whole(argument, 1, 2, &wanted.address_bytes) ||
               wrong("--address-bytes", argument, "1 or 2");
    case WRITE_TIME:
        return numbers_decimal(argument, 1000, 0, 10000000, &wanted.write_us) ||
               wrong("--write-time", argument, "0 to 10000 ms");
    case WRITE_PROTECT:
        return take_protection(argument, &wanted.protection) ||
               wrong("--write-protect", argument, "refuse, ignore or off");
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
    i2ctarget_eeprom_protect(&eeprom, protection);
    return true;
}

static const struct model_command commands[] = {
    {"write-protect", "write-protect refuse|ignore|off", protect},
    {NULL, NULL, NULL},
};

/* ---- the model ------------------------------------------------------------------------------- */

static void configure(void)
{
    const struct i2ctarget_eeprom_type *type = wanted.type ? wanted.type : type_named("24c02");
    config = (struct i2ctarget_eeprom_config){
        .memory = memory,
        .size_bytes = wanted.size_bytes ? (uint32_t)wanted.size_bytes : type->size_bytes,
        .page_bytes = wanted.page_bytes ? (uint16_t)wanted.page_bytes : type->page_bytes,
        .address_bytes = wanted.address_bytes ? (uint8_t)wanted.address_bytes : type->address_bytes,
        .protection = (uint8_t)wanted.protection,
        .write_us = (uint32_t)wanted.write_us,
        .now_us = i2ctarget_link_now_us,
        .written = keep,
    };
}

static int begin(uint8_t address)
{
    configure();
    memset(memory, 0xFF, sizeof memory);
    if (i2ctarget_eeprom_init(&eeprom, &config) < 0) {
        cli_misuse(model_word, "no EEPROM has %u bytes in pages of %u with %u address byte%s",
                   (unsigned)config.size_bytes, config.page_bytes, config.address_bytes,
                   config.address_bytes == 1 ? "" : "s");
        return 0;
    }
    unsigned count = i2ctarget_eeprom_address_count(&config);
    if (address % count) {
        cli_misuse(model_word, "it occupies %u addresses in a row, and 0x%02x can not be the first",
                   count, address);
        return 0;
    }
    return path && !load() ? -1 : (int)count;
}

static bool end(void)
{
    if (file_fd >= 0)
        close(file_fd);
    return !is_lost;
}

const struct model model_eeprom = {
    .name = "eeprom",
    .summary = "serial EEPROM 24C01 to 24C512, kept in a file if you like",
    .help = help,
    .address = I2CTARGET_EEPROM_ADDRESS,
    .device = &eeprom.device,
    .options = options,
    .take_option = take_option,
    .begin = begin,
    .commands = commands,
    .end = end,
};
