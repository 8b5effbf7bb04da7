/* SPDX-License-Identifier: MIT */
/*
 * How fast is the whole simulation: wires, a controller, and up to 112 targets, with and without the
 * input filter?
 *
 * The unit is SCL clocks of register reads (write one byte, Sr, read 32), which are spread over all
 * targets.  Virtual time does not matter: the simulation goes from edge to edge.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "line/bystanders.h"
#include "line/controller_line.h"
#include "line/vcd.h"
#include "measure.h"

enum {
    FIRST_ADDRESS = 0x08,
    TARGETS_MAX = 112, /* all addresses that are not reserved */
    ROUNDS = 9,
    TRANSFERS_A_ROUND = 400,
    READ_BYTES = 32
};

struct simulation {
    struct wires wires;
    struct bystanders bystanders;
    struct controller_line controller;
    struct wired_target targets[TARGETS_MAX];
    unsigned target_count;
};

static int answer(void *owner, const struct i2ctarget_event *event)
{
    (void)owner;
    return event->kind == I2CTARGET_REQUESTED ? 0x5A : I2CTARGET_ACK;
}

static void set_up(struct simulation *simulation, unsigned target_count, uint32_t filter_ns)
{
    const struct line_driver_timing timing = {
        .filter_ns = filter_ns, .hold_ns = 300, .setup_ns = 250};
    i2ctarget_wires_init(&simulation->wires);
    simulation->target_count = target_count;
    i2ctarget_bystanders_init(&simulation->bystanders, &simulation->wires, &timing);
    for (unsigned i = 0; i < target_count; i++) {
        struct i2ctarget_address_set addresses = {0};
        i2ctarget_address_set_add(&addresses, (uint16_t)(FIRST_ADDRESS + i));
        i2ctarget_wired_target_init(&simulation->targets[i], &simulation->wires, &timing,
                                    &addresses, false, answer, NULL);
        i2ctarget_wired_target_stand_by(&simulation->targets[i], &simulation->bystanders);
    }
    i2ctarget_controller_line_init(&simulation->controller, &simulation->wires, 100000);
}

static void transfer(struct simulation *simulation, unsigned number)
{
    uint8_t address = (uint8_t)(FIRST_ADDRESS + number % simulation->target_count);
    uint8_t command = 0, bytes[READ_BYTES] = {0}, expected[READ_BYTES];
    struct controller_message messages[] = {
        {.address = address, .length = 1, .buffer = &command},
        {.address = address, .flags = CONTROLLER_READ, .length = READ_BYTES, .buffer = bytes},
    };
    i2ctarget_controller_line_start(&simulation->controller, &simulation->wires, messages, 2);
    while (i2ctarget_controller_line_busy(&simulation->controller) &&
           i2ctarget_wires_step(&simulation->wires, WIRES_NEVER))
        ;
    memset(expected, 0x5A, sizeof expected);
    if (simulation->controller.result != CONTROLLER_DONE ||
        memcmp(bytes, expected, sizeof bytes) != 0) {
        fprintf(stderr, "bench_wires: a transfer went wrong\n");
        exit(EXIT_FAILURE);
    }
}

static double rate(struct simulation *simulation)
{
    double rates[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t bits = simulation->controller.bits;
        uint64_t began_ns = measure_now_ns();
        for (unsigned i = 0; i < TRANSFERS_A_ROUND; i++)
            transfer(simulation, i);
        rates[round] = (double)(simulation->controller.bits - bits) * 1e3 /
                       (double)(measure_now_ns() - began_ns);
    }
    return measure_median(rates, ROUNDS);
}

static double mbit_s(unsigned target_count, uint32_t filter_ns)
{
    static struct simulation simulation;
    set_up(&simulation, target_count, filter_ns);
    return rate(&simulation);
}

/* With the ticks of `i2ctarget bus --trace`. */
static void measure_trace(void)
{
    static struct simulation simulation;
    struct vcd vcd;
    char path[] = "/tmp/bench_wires_XXXXXX";
    int file = mkstemp(path);
    set_up(&simulation, 1, 0);
    if (file < 0 || i2ctarget_vcd_open(&vcd, &simulation.wires, path, 100, 1000000) != 0) {
        fprintf(stderr, "bench_wires: no file for the trace\n");
        exit(EXIT_FAILURE);
    }
    double traced = rate(&simulation);
    i2ctarget_vcd_close(&vcd, &simulation.wires);
    off_t length = lseek(file, 0, SEEK_END);
    close(file);
    unlink(path);
    measure_row_at_least("1 target, with a trace", traced, "Mbit/s", 5);
    measure_row_at_most("the trace, per SCL clock",
                        (double)length / (double)simulation.controller.bits, "bytes", 20);
}

int main(void)
{
    measure_row_at_least("1 target", mbit_s(1, 0), "Mbit/s", 30);
    measure_row_at_least("8 targets", mbit_s(8, 0), "Mbit/s", 20);
    measure_row_at_least("112 targets", mbit_s(TARGETS_MAX, 0), "Mbit/s", 10);
    measure_row_at_least("1 target, 50 ns filter", mbit_s(1, 50), "Mbit/s", 15);
    measure_row("8 targets, 50 ns filter", mbit_s(8, 50), "Mbit/s");
    measure_trace();
    return EXIT_SUCCESS;
}
