/* SPDX-License-Identifier: MIT */
/*
 * The target of bench_reads: registers at 0x40, blocks of 32 bytes at 0x41, and an 8192-byte memory
 * at 0x42.  With FIRST and LAST, it has registers at all these addresses.
 *
 *     bench_target [BUS [FIRST LAST]]
 *
 * It is written like an application: it reads a write byte by byte, and answers a read with one
 * i2ctarget_write().
 */
#include <stdio.h>
#include <stdlib.h>

#include "i2ctarget/bus.h"
#include "bench_target.h"

static uint8_t memory[BENCH_MEMORY_BYTES];
static uint8_t selected;

static int on_write(struct i2ctarget_request *request)
{
    uint8_t byte;
    int count = i2ctarget_read(request, &byte, 1, true);
    if (count != 1)
        return count;
    selected = byte;
    count = i2ctarget_read(request, &byte, 1, true);
    if (count == 1)
        memory[selected] = byte;
    return count;
}

static size_t size_at(uint16_t address)
{
    switch (address) {
    case BENCH_BLOCK:
        return BENCH_BLOCK_BYTES;
    case BENCH_MEMORY:
        return BENCH_MEMORY_BYTES;
    default:
        return 1;
    }
}

static int on_read(struct i2ctarget_request *request)
{
    size_t size = size_at(request->address);
    return i2ctarget_write(request, size == 1 ? &memory[selected] : memory, size);
}

/* Returns how many there are. */
static size_t take_range(uint8_t addresses[I2CTARGET_ADDRESS_COUNT_MAX], char **range)
{
    size_t count = 0;
    unsigned last = (unsigned)strtoul(range[1], NULL, 0);
    for (unsigned address = (unsigned)strtoul(range[0], NULL, 0);
         address <= last && count < I2CTARGET_ADDRESS_COUNT_MAX; address++)
        addresses[count++] = (uint8_t)address;
    return count;
}

int main(int argc, char **argv)
{
    uint8_t addresses[I2CTARGET_ADDRESS_COUNT_MAX] = {BENCH_REGISTER, BENCH_BLOCK, BENCH_MEMORY};
    size_t count = argc > 3 ? take_range(addresses, argv + 2) : 3;
    unsigned bus = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
    struct i2ctarget target;
    struct i2ctarget_request request;
    char text[256];
    for (size_t i = 0; i < sizeof memory; i++)
        memory[i] = bench_byte(i);
    int error = i2ctarget_init(&target, I2CTARGET_BUS_SCL(bus), I2CTARGET_BUS_SDA(bus), addresses,
                               count, false);
    if (error) {
        fprintf(stderr, "bench_target: %s\n", i2ctarget_bus_explain(bus, error, text, sizeof text));
        return EXIT_FAILURE;
    }
    puts("target ready");
    fflush(stdout);
    while (i2ctarget_next_request(&target, &request, 0) == 1) {
        (void)(request.is_read ? on_read(&request) : on_write(&request));
        i2ctarget_close(&request);
    }
    i2ctarget_deinit(&target);
    return EXIT_SUCCESS;
}
