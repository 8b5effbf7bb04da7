/* SPDX-License-Identifier: MIT */
/*
 * i2c-contract: tests a /dev/i2c-N for the contract of i2c-dev (contract.h, items.txt).
 *
 * What an adapter is declared not to do (--without) must really fail: a list of limits that is not
 * tested against the device is soon wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

enum { NAMES_MAX = 64, STATUS_FAILED = 1, STATUS_USAGE = 2, ADDRESS_MAX = 0x7f };

static const char help[] =
    "usage: i2c-contract [OPTION]... DEVICE\n"
    "\n"
    "Hold an I2C character device, as /dev/i2c-1, against the contract of Linux' i2c-dev.\n"
    "\n"
    "What is on the bus; a check that needs what is not there is not made:\n"
    "  --memory ADDRESS     256 bytes: write [pointer, data...], read from the pointer on\n"
    "  --blocks ADDRESS     stores SMBus blocks under the commands 80-BF\n"
    "  --commands ADDRESS   the commands of tests/linux/targets/smbus_device.c\n"
    "  --reluctant ADDRESS  acknowledges one byte and no more\n"
    "  --silent ADDRESS     holds the clock for ever\n"
    "  --busy ADDRESS       a kernel driver has taken it\n"
    "  --nobody ADDRESS     nobody is there (default 0x24)\n"
    "  --standard           smbus_device and silent: 0x20, 0x21, 0x21, 0x23, 0x22\n"
    "All that is there will be written to.\n"
    "\n"
    "What is known of the adapter:\n"
    "  --address-nack NAME  its errno for an address that nobody acknowledges (ENXIO)\n"
    "  --data-nack NAME     ... for a byte that is not acknowledged (EIO)\n"
    "  --timeout NAME       ... for a target that holds the clock too long (ETIMEDOUT)\n"
    "  --without CHECK,...  it does not do this; that it does is then a failure\n"
    "\n"
    "  --only CHECK,...     no other checks\n"
    "  --list               the checks, and the items of the contract they prove\n"
    "  --help               this text\n"
    "\n"
    "I2C_TIMEOUT and I2C_RETRIES belong to the adapter: they are left at 1 s and 0.\n"
    "Exit status: 0 if no check failed, 1 if some did, 2 for a wrong call.\n";

static const struct check *const tables[] = {
    checks_files, checks_ioctls, checks_rdwr, checks_flags,  checks_plain,
    checks_smbus, checks_blocks, checks_pec,  checks_faults,
};
enum { TABLES = sizeof tables / sizeof *tables };

/* ---- what is there --------------------------------------------------------------------------- */

static const char *const part_names[PARTS] = {"memory", "blocks", "commands", "reluctant",
                                              "silent", "nobody", "busy"};

static const struct {
    unsigned long bit;
    const char *name;
} bit_names[] = {
    {I2C_FUNC_I2C, "I2C"},
    {I2C_FUNC_10BIT_ADDR, "10BIT_ADDR"},
    {I2C_FUNC_PROTOCOL_MANGLING, "PROTOCOL_MANGLING"},
    {I2C_FUNC_SMBUS_PEC, "SMBUS_PEC"},
    {I2C_FUNC_NOSTART, "NOSTART"},
    {I2C_FUNC_SMBUS_BLOCK_PROC_CALL, "SMBUS_BLOCK_PROC_CALL"},
    {I2C_FUNC_SMBUS_QUICK, "SMBUS_QUICK"},
    {I2C_FUNC_SMBUS_READ_BYTE, "SMBUS_READ_BYTE"},
    {I2C_FUNC_SMBUS_WRITE_BYTE, "SMBUS_WRITE_BYTE"},
    {I2C_FUNC_SMBUS_READ_BYTE_DATA, "SMBUS_READ_BYTE_DATA"},
    {I2C_FUNC_SMBUS_WRITE_BYTE_DATA, "SMBUS_WRITE_BYTE_DATA"},
    {I2C_FUNC_SMBUS_READ_WORD_DATA, "SMBUS_READ_WORD_DATA"},
    {I2C_FUNC_SMBUS_WRITE_WORD_DATA, "SMBUS_WRITE_WORD_DATA"},
    {I2C_FUNC_SMBUS_PROC_CALL, "SMBUS_PROC_CALL"},
    {I2C_FUNC_SMBUS_READ_BLOCK_DATA, "SMBUS_READ_BLOCK_DATA"},
    {I2C_FUNC_SMBUS_WRITE_BLOCK_DATA, "SMBUS_WRITE_BLOCK_DATA"},
    {I2C_FUNC_SMBUS_READ_I2C_BLOCK, "SMBUS_READ_I2C_BLOCK"},
    {I2C_FUNC_SMBUS_WRITE_I2C_BLOCK, "SMBUS_WRITE_I2C_BLOCK"},
};

/* The reason why the check is not made; OK: there is none. */
static enum outcome lacks(const struct subject *subject, const struct check *check, char *why)
{
    for (int part = 0; part < PARTS; part++) {
        if (check->parts >> part & 1 && subject->addresses[part] < 0) {
            snprintf(why, TEXT, "no --%s", part_names[part]);
            return NOT_ASKED;
        }
    }
    for (size_t i = 0; i < sizeof bit_names / sizeof *bit_names; i++) {
        if (bit_names[i].bit & check->functions & ~subject->functions) {
            snprintf(why, TEXT, "functionality without %s", bit_names[i].name);
            return NOT_OFFERED;
        }
        if (bit_names[i].bit & check->without & subject->functions) {
            snprintf(why, TEXT, "it has %s", bit_names[i].name);
            return NOT_ASKED;
        }
    }
    return OK;
}

/* ---- all checks ------------------------------------------------------------------------------ */

struct names {
    char *list[NAMES_MAX];
    int count;
};

static struct {
    struct subject subject;
    struct names only, without;
    int counts[OUTCOMES];
} all = {.subject = {.addresses = {-1, -1, -1, -1, -1, 0x24, -1},
                     .address_nack = ENXIO,
                     .data_nack = EIO,
                     .timeout = ETIMEDOUT}};

static bool has_name(const struct names *names, const char *name)
{
    for (int i = 0; i < names->count; i++) {
        if (strcmp(names->list[i], name) == 0)
            return true;
    }
    return false;
}

static const struct check *find_check(const char *name)
{
    for (int i = 0; i < TABLES; i++) {
        for (const struct check *check = tables[i]; check->name; check++) {
            if (strcmp(check->name, name) == 0)
                return check;
        }
    }
    return NULL;
}

static struct verdict judge(const struct check *check)
{
    struct verdict verdict = {0}, result;
    verdict.outcome = lacks(&all.subject, check, verdict.text);
    if (verdict.outcome != OK)
        return verdict;
    result = run_check(&all.subject, check);
    if (!has_name(&all.without, check->name) || result.outcome == NOT_ASKED)
        return result;
    verdict.outcome = result.outcome == OK ? FAILED : NOT_OFFERED;
    if (result.outcome == OK)
        snprintf(verdict.text, TEXT, "said not to be offered, but it works");
    else
        snprintf(verdict.text, TEXT, "as said: %.200s", result.text);
    return verdict;
}

static void tell(const struct check *check, const struct verdict *verdict)
{
    static const char *const words[] = {"ok", "FAILED", "not offered", "not asked"};
    const char *text = verdict->outcome == OK ? verdict->note : verdict->text;
    printf("%-11s  %-3s  %s%s%s\n", words[verdict->outcome], check->item, check->name,
           *text ? ": " : "", text);
    fflush(stdout);
    all.counts[verdict->outcome]++;
}

static int complain(const char *what, int error)
{
    fprintf(stderr, "i2c-contract: %s: %s\n", what, strerror(error));
    return STATUS_FAILED;
}

static int check_all(void)
{
    struct subject *subject = &all.subject;
    int fd = open(subject->path, O_RDWR), result;
    if (fd < 0)
        return complain(subject->path, errno);
    result = set(fd, I2C_FUNCS, (unsigned long)&subject->functions);
    close(fd);
    if (result < 0)
        return complain("I2C_FUNCS", -result);
    printf("%s: functionality 0x%08lx\n", subject->path, subject->functions);
    for (int i = 0; i < TABLES; i++) {
        for (const struct check *check = tables[i]; check->name; check++) {
            if (all.only.count == 0 || has_name(&all.only, check->name)) {
                struct verdict verdict = judge(check);

                tell(check, &verdict);
            }
        }
    }
    printf("%d ok, %d failed, %d not offered, %d not asked\n", all.counts[OK], all.counts[FAILED],
           all.counts[NOT_OFFERED], all.counts[NOT_ASKED]);
    return all.counts[FAILED] > 0 || all.counts[OK] == 0 ? STATUS_FAILED : 0;
}

static int list(void)
{
    for (int i = 0; i < TABLES; i++) {
        for (const struct check *check = tables[i]; check->name; check++)
            printf("%-3s  %s\n", check->item, check->name);
    }
    return 0;
}

/* ---- options --------------------------------------------------------------------------------- */

enum { ADDRESS_NACK = PARTS, DATA_NACK, TIMEOUT, STANDARD, WITHOUT, ONLY, LIST, HELP };

static const struct option options[] = {
    {"memory", required_argument, NULL, PART_MEMORY},
    {"blocks", required_argument, NULL, PART_BLOCKS},
    {"commands", required_argument, NULL, PART_COMMANDS},
    {"reluctant", required_argument, NULL, PART_RELUCTANT},
    {"silent", required_argument, NULL, PART_SILENT},
    {"nobody", required_argument, NULL, PART_NOBODY},
    {"busy", required_argument, NULL, PART_BUSY},
    {"address-nack", required_argument, NULL, ADDRESS_NACK},
    {"data-nack", required_argument, NULL, DATA_NACK},
    {"timeout", required_argument, NULL, TIMEOUT},
    {"standard", no_argument, NULL, STANDARD},
    {"without", required_argument, NULL, WITHOUT},
    {"only", required_argument, NULL, ONLY},
    {"list", no_argument, NULL, LIST},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static int misuse(const char *what, const char *which)
{
    fprintf(stderr, "i2c-contract: %s: %s (--help)\n", which, what);
    return STATUS_USAGE;
}

/* -1: go on. */
static int take_address(int part, const char *text)
{
    char *end;
    long address = strtol(text, &end, 0);
    if (end == text || *end || address < 0 || address > ADDRESS_MAX)
        return misuse("not an address", text);
    all.subject.addresses[part] = (int)address;
    if (part == PART_COMMANDS && all.subject.addresses[PART_BLOCKS] < 0)
        all.subject.addresses[PART_BLOCKS] = (int)address;
    return -1;
}

static int take_errno(int *error, const char *text)
{
    for (int i = 1; i < 4096; i++) {
        const char *name = strerrorname_np(i);

        if (name && strcmp(name, text) == 0) {
            *error = i;
            return -1;
        }
    }
    return misuse("not the name of an errno", text);
}

static int take_names(struct names *names, char *text)
{
    for (char *name = strtok(text, ","); name; name = strtok(NULL, ",")) {
        if (!find_check(name))
            return misuse("there is no such check", name);
        if (names->count == NAMES_MAX)
            return misuse("too many names", name);
        names->list[names->count++] = name;
    }
    return -1;
}

static int take_standard(void)
{
    static const int addresses[PARTS] = {0x20, 0x21, 0x21, 0x23, 0x22, 0x24, -1};
    memcpy(all.subject.addresses, addresses, sizeof addresses);
    return -1;
}

static int take_option(int option)
{
    switch (option) {
    case ADDRESS_NACK:
        return take_errno(&all.subject.address_nack, optarg);
    case DATA_NACK:
        return take_errno(&all.subject.data_nack, optarg);
    case TIMEOUT:
        return take_errno(&all.subject.timeout, optarg);
    case STANDARD:
        return take_standard();
    case WITHOUT:
        return take_names(&all.without, optarg);
    case ONLY:
        return take_names(&all.only, optarg);
    case LIST:
        return list();
    case HELP:
        fputs(help, stdout);
        return 0;
    case '?':
        fputs("(i2c-contract --help)\n", stderr);
        return STATUS_USAGE;
    default:
        return take_address(option, optarg);
    }
}

int main(int argc, char **argv)
{
    int option, status = -1;
    while (status < 0 && (option = getopt_long(argc, argv, "", options, NULL)) != -1)
        status = take_option(option);
    if (status >= 0)
        return status;
    if (argc - optind != 1)
        return misuse("one device, please", argc == optind ? "no device" : argv[optind + 1]);
    all.subject.path = argv[optind];
    return check_all();
}
