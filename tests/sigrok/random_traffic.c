/* SPDX-License-Identifier: MIT */
/*
 * random_traffic FILE.vcd FILE.expected: a long random run on a test bus, as a trace, and
 * what it must be decoded to.
 *
 * What is expected is not read off the wires: it is what the controller meant to do, what the
 * application did, and what each of them was told by the other, written down as it happened, in the
 * words of sigrok's I2C decoder.
 */
#include <stdlib.h>

#include "contract/contract.h"
#include "line/vcd.h"
#include "support/rig_testbus.h"

#define TRANSFERS 1500
#define SCRIPT_MAX 4096
#define BYTES_MAX 6

static struct {
    unsigned transfers, starts, restarts, stops, target_nacks, stranger_nacks, controller_nacks,
        voids, partial_restarts, partial_stops, stretches, bytes_written, bytes_read, filled;
} counts;

static FILE *expected;
static uint64_t random_state = 88172645463325252u;

static unsigned pick(unsigned among) /* xorshift64 */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 20) % among;
}

/* ---- a transfer, planned --------------------------------------------------------------------- */

enum whose { APPLICATION, DEVICE, STRANGER };

struct planned_message {
    uint8_t address;
    enum whose whose;
    bool is_read;
    unsigned count;   /* bytes the controller means to move */
    unsigned willing; /* bytes the application takes, or gives */
    unsigned moved;   /* bytes that will move, one that is refused included */
    uint8_t bytes[BYTES_MAX];
    unsigned partial; /* bits of a further byte before the Sr or STOP */
    unsigned late_us;
};

static struct planned_message plan[4];
static unsigned plan_count;
static char script[SCRIPT_MAX];
static size_t script_length;

static void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    script_length +=
        (size_t)vsnprintf(script + script_length, sizeof script - script_length, format, arguments);
    va_end(arguments);
    assert_true(script_length < sizeof script);
}

static void expect_line(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(expected, format, arguments);
    va_end(arguments);
    fputc('\n', expected);
}

/*
 * After a START sigrok's decoder looks for nothing but clock edges until the address is in: the
 * STOP of a void START-STOP and the START that follows are not told, and together they are one
 * "Start".
 */
static bool is_void_pending;

static void expect_start(bool is_void)
{
    if (!is_void_pending)
        expect_line("i2c-1: Start");
    is_void_pending = is_void;
}

static void expect_address(uint8_t address, bool is_read)
{
    expect_line("i2c-1: %s", is_read ? "Read" : "Write");
    expect_line("i2c-1: Address %s: %02X", is_read ? "read" : "write", address);
}

static void plan_message(struct planned_message *message)
{
    static const uint8_t addresses[] = {0x40, 0x41, 0x50, 0x42};
    unsigned which = pick(COUNT(addresses));
    *message = (struct planned_message){
        .address = addresses[which], .is_read = pick(2), .count = pick(BYTES_MAX + 1)};
    message->whose = which < 2 ? APPLICATION : which == 2 ? DEVICE : STRANGER;
    message->willing = pick(3) ? message->count : pick(BYTES_MAX + 1);
    message->late_us = pick(3) ? 0 : pick(60);
    if (message->is_read && message->count == 0)
        message->count = 1;
    for (unsigned i = 0; i < BYTES_MAX; i++)
        message->bytes[i] = (uint8_t)pick(256);
    if (message->whose == STRANGER)
        message->moved = 0;
    else if (message->is_read || message->whose == DEVICE || message->willing >= message->count)
        message->moved = message->count;
    else
        message->moved = message->willing + 1;
    /* A byte cut short; the one before it was acknowledged, and in a read the target sends ones. */
    bool goes_on = message->is_read || message->moved == 0 || message->willing >= message->moved;
    if (pick(3) == 0 && message->whose == APPLICATION && goes_on)
        message->partial = 1 + pick(6);
}

static void say_write(const struct planned_message *message)
{
    for (unsigned i = 0; i < message->moved; i++) {
        bool ack = message->whose == DEVICE || i < message->willing;
        say(" %02X %s", message->bytes[i], ack ? "A" : "N");
        expect_line("i2c-1: Data write: %02X", message->bytes[i]);
        expect_line("i2c-1: %s", ack ? "ACK" : "NACK");
        counts.target_nacks += !ack;
        counts.bytes_written++;
    }
    if (message->partial)
        say(" :%.*s", (int)message->partial, pick(2) ? "010101" : "110010");
}

/* What the target will send: the application's bytes, then 0xFF; or the device's memory. */
static uint8_t byte_sent(const struct planned_message *message, unsigned i)
{
    if (message->whose == DEVICE)
        return memory.memory[(uint8_t)(memory.pointer + i)];
    return i < message->willing ? message->bytes[i] : 0xFF;
}

static void say_read(const struct planned_message *message)
{
    for (unsigned i = 0; i < message->moved; i++) {
        bool ack = i + 1 < message->moved || message->partial;
        say(" R %s", ack ? "a" : "n");
        expect_line("i2c-1: Data read: %02X", byte_sent(message, i));
        expect_line("i2c-1: %s", ack ? "ACK" : "NACK");
        counts.controller_nacks += !ack;
        counts.filled += message->whose == APPLICATION && i >= message->willing;
        counts.bytes_read++;
    }
    if (message->partial)
        say(" :%.*s", (int)message->partial, "111111");
}

static void say_message(const struct planned_message *message, bool is_restart)
{
    say(" S %02X %s", message->address << 1 | message->is_read,
        message->whose == STRANGER ? "N" : "A");
    if (is_restart)
        expect_line("i2c-1: Start repeat");
    else
        expect_start(false);
    expect_address(message->address, message->is_read);
    expect_line("i2c-1: %s", message->whose == STRANGER ? "NACK" : "ACK");
    counts.starts += !is_restart;
    counts.restarts += is_restart;
    counts.stranger_nacks += message->whose == STRANGER;
    if (message->whose == STRANGER)
        return;
    if (message->is_read)
        say_read(message);
    else
        say_write(message);
}

static void plan_transfer(void)
{
    script_length = 0;
    plan_count = 1 + pick(COUNT(plan));
    for (unsigned i = 0; i < plan_count; i++) {
        plan_message(&plan[i]);
        /*
         * The device's pointer at that time is known only if nobody moves it within this transfer.
         */
        if (i > 0 && plan[i].whose == DEVICE)
            plan[i].whose = STRANGER, plan[i].address = 0x42, plan[i].moved = plan[i].partial = 0;
        say_message(&plan[i], i > 0);
        if (plan[i].partial)
            *(i + 1 < plan_count ? &counts.partial_restarts : &counts.partial_stops) += 1;
    }
    say(" P");
    expect_line("i2c-1: Stop");
    counts.stops++;
    counts.transfers++;
}

/* ---- the application's part ------------------------------------------------------------------ */

static void serve_planned(struct rig *rig, const struct planned_message *message, bool is_restart)
{
    struct i2ctarget_request request = take(message->address, message->is_read, is_restart);
    rig_sleep_us(rig, message->late_us);
    uint8_t bytes[BYTES_MAX + 1];
    if (message->is_read) {
        unsigned taken = message->willing < message->moved ? message->willing : message->moved;
        memcpy(bytes, message->bytes, sizeof message->bytes);
        memset(bytes + message->moved, 0xFF, sizeof bytes - message->moved); /* where it is cut */
        assert_int_equal(i2ctarget_write(&request, bytes,
                                         message->willing + (message->partial &&
                                                             message->willing == message->moved)),
                         taken);
    } else {
        unsigned taken = message->willing < message->count ? message->willing : message->count;
        assert_int_equal(i2ctarget_read(&request, bytes, message->willing, true), taken);
        assert_memory_equal(bytes, message->bytes, taken);
    }
    assert_int_equal(i2ctarget_close(&request), 0);
}

static void run_planned(struct rig *rig)
{
    rig_play(rig, script);
    for (unsigned i = 0; i < plan_count; i++) {
        if (plan[i].whose == APPLICATION)
            serve_planned(rig, &plan[i], i > 0);
    }
    rig_finish_play(rig, NULL);
}

static void run_void(struct rig *rig)
{
    rig_play(rig, "s P");
    rig_finish_play(rig, NULL);
    expect_start(true);
    counts.voids++;
}

/* The bus's own controller, too: a register read. */
static void run_register_read(struct rig *rig)
{
    uint8_t got[3], at = (uint8_t)pick(256);
    struct rig_message messages[] = {write_message(0x50, &at, 1),
                                     read_message(0x50, got, 1 + pick(3))};
    rig_start(rig, messages, 2);
    assert_int_equal(rig_finish(rig), 2);
    expect_start(false);
    expect_address(0x50, false);
    expect_line("i2c-1: ACK\ni2c-1: Data write: %02X\ni2c-1: ACK\ni2c-1: Start repeat", at);
    expect_address(0x50, true);
    expect_line("i2c-1: ACK");
    for (unsigned i = 0; i < messages[1].length; i++) {
        bool last = i + 1 == messages[1].length;
        assert_int_equal(got[i], memory.memory[(uint8_t)(at + i)]);
        expect_line("i2c-1: Data read: %02X\ni2c-1: %s", got[i], last ? "NACK" : "ACK");
        counts.controller_nacks += last;
        counts.bytes_read++;
    }
    expect_line("i2c-1: Stop");
    counts.starts++;
    counts.restarts++;
    counts.stops++;
    counts.transfers++;
    counts.bytes_written++;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static const char *trace_path, *expected_path;

static void report(void)
{
    counts.stretches = counters().stretches;
    print_message("  %u transfers: %u START, %u Sr, %u STOP, %u void START-STOP, "
                  "%u Sr and %u STOP within a byte\n",
                  counts.transfers, counts.starts, counts.restarts, counts.stops, counts.voids,
                  counts.partial_restarts, counts.partial_stops);
    print_message("  NACKs: %u for data by the target, %u for nobody's address, "
                  "%u by the controller; %u stretches\n",
                  counts.target_nacks, counts.stranger_nacks, counts.controller_nacks,
                  counts.stretches);
    print_message("  bytes: %u written, %u read, %u of them fill\n", counts.bytes_written,
                  counts.bytes_read, counts.filled);
    assert_true(counts.transfers >= TRANSFERS);
    assert_true(counts.restarts > 100 && counts.voids > 20 && counts.partial_restarts > 20 &&
                counts.partial_stops > 20);
    assert_true(counts.target_nacks > 20 && counts.stranger_nacks > 20 &&
                counts.controller_nacks > 20);
    assert_true(counts.stretches > 100 && counts.filled > 20);
}

static void a_long_random_run(void **state)
{
    static const uint8_t ours[] = {0x40, 0x41, 0x50};
    (void)state;
    expected = fopen(expected_path, "w");
    assert_non_null(expected);
    struct rig rig;
    rig_open(&rig, rig_kind_named("testbus_400k"));
    serve_addresses(&rig, ours, COUNT(ours));
    probe_device_init(&memory);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &memory.device), 0);
    struct wires *wires = rig.kind->ops->wires(&rig);
    struct vcd vcd;
    assert_int_equal(i2ctarget_vcd_open(&vcd, wires, trace_path, 100, 100000), 0);
    while (counts.transfers < TRANSFERS) {
        unsigned what = pick(10);
        if (what == 0) {
            run_void(&rig);
        } else if (what == 1) {
            run_register_read(&rig);
        } else {
            plan_transfer();
            run_planned(&rig);
        }
        rig_sleep_us(&rig,
                     pick(4) ? pick(20) : pick(5000)); /* some gaps are long enough to be cut */
    }
    assert_int_equal(i2ctarget_vcd_close(&vcd, wires), 0);
    assert_int_equal(fclose(expected), 0);
    report();
    rig_close(&rig);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_long_random_run)};
    if (argc != 3) {
        fputs("usage: random_traffic FILE.vcd FILE.expected\n", stderr);
        return 2;
    }
    trace_path = argv[1];
    expected_path = argv[2];
    return cmocka_run_group_tests_name("random_traffic", tests, NULL, NULL);
}
