/* SPDX-License-Identifier: MIT */
/*
 * Two devices of one map: the one that the command makes of the file, and the one that a compiler has
 * made of its C.  Both get the same messages; a difference is an error.  usage: compare FILE
 *
 * test_compiled.py compiles it with the C: MAP_HEADER is its header, MAP_INIT its function.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include MAP_HEADER

#include "cli/regmap/map.h"

enum { MESSAGES = 20000, BYTES_MAX = 12 };

static int64_t now;
static uint32_t random_state = 1;
static struct {
    uint32_t count, index, written;
} told[2];
static struct i2ctarget_regmap devices[2];

static int64_t now_us(void)
{
    return now;
}

static uint32_t below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

static void written(struct i2ctarget_regmap *regmap, uint32_t index, uint32_t word)
{
    int which = regmap == &devices[1];
    told[which].count++;
    told[which].index = index;
    told[which].written = word;
}

static void fail(const char *what)
{
    printf("they differ: %s\n", what);
    exit(1);
}

static void same(int64_t one, int64_t other, const char *what)
{
    if (one != other)
        fail(what);
}

/* Whatever the map says is the address of something. */
static uint8_t likely_byte(const struct i2ctarget_regmap_table *table)
{
    uint32_t address = table->registers[below(table->register_count)].address;
    return (uint8_t)(below(4) ? address + below(2) : below(256));
}

static void read_both(void)
{
    const struct i2ctarget_device_ops *ops = devices[0].device.ops;
    uint32_t count = below(BYTES_MAX);
    for (uint32_t i = 0; i < count; i++)
        same(ops->requested(&devices[0].device), ops->requested(&devices[1].device), "a byte");
    uint32_t moved = count && below(8) == 0 ? count - 1 : count;
    for (int i = 0; i < 2; i++)
        ops->ended(&devices[i].device, I2CTARGET_CONTROLLER_NACK, moved);
}

static void write_both(void)
{
    const struct i2ctarget_device_ops *ops = devices[0].device.ops;
    uint32_t count = below(BYTES_MAX), i = 0;
    bool is_good = true;
    for (; i < count && is_good; i++) {
        uint8_t byte = i < 2 ? likely_byte(devices[0].table) : (uint8_t)below(256);
        is_good = ops->received(&devices[0].device, byte);
        same(is_good, ops->received(&devices[1].device, byte), "an acknowledge bit");
    }
    for (int which = 0; which < 2; which++)
        ops->ended(&devices[which].device, I2CTARGET_STOP, i - !is_good);
}

static void exchange(void)
{
    const struct i2ctarget_device_ops *ops = devices[0].device.ops;
    bool is_read = below(2);
    for (int i = 0; i < 2; i++)
        ops->addressed(&devices[i].device, 0x40, is_read, false);
    if (is_read)
        read_both();
    else
        write_both();
    same(memcmp(&told[0], &told[1], sizeof told[0]), 0, "what was told");
    now += below(4) ? below(1000) : below(3000000);
}

static void compare_names(const struct i2ctarget_regmap_table *one,
                          const struct i2ctarget_regmap_table *other)
{
    same(one->register_count, other->register_count, "the number of registers");
    for (uint32_t i = 0; i < one->register_count; i++)
        same(strcmp(one->registers[i].name, other->registers[i].name), 0, "a name");
}

int main(int argc, char **argv)
{
    struct map map;
    if (argc != 2 || !map_read(&map, argv[1], "compare"))
        return 2;
    struct i2ctarget_regmap_config config = {
        .table = &map.table,
        .values = calloc(map.table.value_count + 1, sizeof *config.values),
        .sequences = calloc(map.table.sequence_count + 1, sizeof *config.sequences),
        .reactions = calloc(map.table.reaction_count + 1, sizeof *config.reactions),
        .now_us = now_us,
    };
    if (i2ctarget_regmap_init(&devices[0], &config, written) != 0 ||
        MAP_INIT(&devices[1], now_us, written) != 0)
        fail("init");
    compare_names(devices[0].table, devices[1].table);
    for (int i = 0; i < MESSAGES; i++)
        exchange();
    for (uint32_t i = 0; i < map.table.register_count; i++)
        same(i2ctarget_regmap_get(&devices[0], i), i2ctarget_regmap_get(&devices[1], i), "a value");
    same(i2ctarget_regmap_line_pin(&devices[0]), i2ctarget_regmap_line_pin(&devices[1]),
         "the line");
    printf("%u registers, %u writes\n", map.table.register_count, told[0].count);
    return 0;
}
