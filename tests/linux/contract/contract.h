/* SPDX-License-Identifier: MIT */
/*
 * The contract of /dev/i2c-N, as a program that tests a device for it.
 *
 * A check is a function and a row in a table: the item of the contract (items.txt), a name, the
 * functionality bits it needs of the adapter, and the parts it needs of the target.  If a bit is
 * missing, the result is "not offered"; if a part is missing, it is "not asked".  Both are reported
 * and are no failures.  Every check gets a freshly opened file.
 *
 * The parts of a target do what smbus_device.c and silent.c (tests/linux/targets) do:
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

/* The device under test, and its properties. */
struct subject {
    const char *path;
    int addresses[PARTS];                 /* -1: the target has no such part */
    unsigned long functions;              /* I2C_FUNCS */
    int address_nack, data_nack, timeout; /* the errno that this adapter gives for them */
    int fd;                               /* opened for the check; its address is not set yet */
};

struct check {
    const char *item;
    const char *name;
    unsigned long functions; /* bits that the adapter must have */
    unsigned parts;
    void (*run)(struct subject *subject);
    unsigned long without; /* bits that it must not have */
};

/* The tables, one in each file.  Each ends with a row without a name. */
extern const struct check checks_files[], checks_ioctls[], checks_rdwr[], checks_flags[],
    checks_plain[], checks_smbus[], checks_blocks[], checks_pec[], checks_faults[];

/* ---- verdicts -------------------------------------------------------------------------------- */

/* Ends the check: it failed, with this reason. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the check: it is not possible here, for this reason. */
_Noreturn void not_asked(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Reports a remark together with the result, where the contract leaves a choice. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `got` and `wanted` are results: 0 or more, or -errno. */
void expect(const char *what, long got, long wanted);
void expect_bytes(const char *what, const void *got, const void *wanted, size_t size);

/* ---- calls; results are 0 or more, or -errno ------------------------------------------------- */

/* One more open file of the device; closed when the check is over. */
int open_again(struct subject *subject, int flags);
/* One more open file, with this address set. */
int open_at(struct subject *subject, int address);
/* The address of a part. */
int address_of(const struct subject *subject, enum part part);
/* Remembers a descriptor that is to be closed when the check is over. */
int keep(int fd);

int set(int fd, unsigned long request, unsigned long argument);
int smbus(int fd, char read_write, uint8_t command, int size, union i2c_smbus_data *data);
int rdwr(int fd, struct i2c_msg *messages, uint32_t count);
int write_bytes(int fd, const void *bytes, size_t size);
int read_bytes(int fd, void *bytes, size_t size);

/*
 * SMBus byte data, on a file whose address is set.  If the bus reports an error, the check fails.
 */
void put_register(int fd, uint8_t number, uint8_t value);
uint8_t get_register(int fd, uint8_t number);

/* A pointer to unmapped memory. */
void *nowhere(void);

double seconds(void);

#endif
