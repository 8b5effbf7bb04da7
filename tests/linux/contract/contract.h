/* SPDX-License-Identifier: MIT */
/*
 * The contract of /dev/i2c-N, as a program that holds a device against it.
 *
 * A check is a function and a row in a table: the item of the contract it proves (items.txt), a name, the
 * functionality bits it needs of the adapter and the parts it needs of the target.  A bit that is missing makes it
 * "not offered", a part that is missing "not asked"; both are told and are no failures.  Every check gets a
 * freshly opened file.
 *
 * What the target must do for its parts is what smbus_device.c and silent.c (tests/linux/targets) do:
 *
 *   memory     256 bytes: write [pointer, data …]; read from the pointer on.  Chips that do: i2c-stub, PCF8570
 *   blocks     SMBus blocks, stored under the commands 80-BF
 *   commands   all of smbus_device's 0x21; it is "blocks", too
 *   reluctant  acknowledges its address and one byte, then no more
 *   silent     acknowledges nothing and holds SCL
 *   nobody     an address without target
 *   busy       an address that a kernel driver has taken
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum part {
    PART_MEMORY,
    PART_BLOCKS,
    PART_COMMANDS,
    PART_RELUCTANT,
    PART_SILENT,
    PART_NOBODY,
    PART_BUSY,
    PARTS
};

/* As bits, for tables. */
enum {
    MEMORY = 1 << PART_MEMORY,
    BLOCKS = 1 << PART_BLOCKS,
    COMMANDS = 1 << PART_COMMANDS,
    RELUCTANT = 1 << PART_RELUCTANT,
    SILENT = 1 << PART_SILENT,
    NOBODY = 1 << PART_NOBODY,
    BUSY = 1 << PART_BUSY,
};

enum { MESSAGES_MAX = 42, LENGTH_MAX = 8192, BLOCK_MAX = 32 };

/* The device under test, and what is known of it. */
struct subject {
    const char *path;
    int addresses[PARTS];                 /* -1: the target has no such part */
    unsigned long functions;              /* I2C_FUNCS */
    int address_nack, data_nack, timeout; /* this adapter's errno for them */
    int fd;                               /* opened for the check, address not yet set */
};

struct check {
    const char *item;
    const char *name;
    unsigned long functions; /* bits that must all be there */
    unsigned parts;
    void (*run)(struct subject *subject);
    unsigned long without; /* bits that must not be there */
};

/* The tables, one a file, each ended by a row without a name. */
extern const struct check checks_files[], checks_ioctls[], checks_rdwr[], checks_flags[],
    checks_plain[], checks_smbus[], checks_blocks[], checks_pec[], checks_faults[];

/* ---- verdicts -------------------------------------------------------------------------------- */

/* The check is over: it failed, because … */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The check is over: it can not be made here, because … */
_Noreturn void not_asked(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Told behind the verdict, where the contract leaves a choice. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `got` and `wanted` are results: 0 or more, or -errno. */
void expect(const char *what, long got, long wanted);
void expect_bytes(const char *what, const void *got, const void *wanted, size_t size);

/* ---- calls; results are 0 or more, or -errno ------------------------------------------------- */

/* One more open file of the device; closed when the check is over. */
int open_again(struct subject *subject, int flags);
/* One more open file, with this address. */
int open_at(struct subject *subject, int address);
/* The address of a part. */
int address_of(const struct subject *subject, enum part part);
/* A descriptor to close when the check is over. */
int keep(int fd);

int set(int fd, unsigned long request, unsigned long argument);
int smbus(int fd, char read_write, uint8_t command, int size, union i2c_smbus_data *data);
int rdwr(int fd, struct i2c_msg *messages, uint32_t count);
int write_bytes(int fd, const void *bytes, size_t size);
int read_bytes(int fd, void *bytes, size_t size);

/* SMBus byte data, on a file whose address is set; the read fails the check if the bus does. */
void put_register(int fd, uint8_t number, uint8_t value);
uint8_t get_register(int fd, uint8_t number);

/* A pointer that nothing is mapped at. */
void *nowhere(void);

double seconds(void);

#endif
