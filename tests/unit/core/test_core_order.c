/* SPDX-License-Identifier: MIT */
/*
 * A port that breaks the order of events, and a port that can not do what init asks.
 *
 * In every phase of a message every event is raised.  What event.h and port.h allow must pass
 * without being counted.  Everything else must be counted, must get the safe answer (NACK or
 * RELEASE), must end the open request with BUS_ERROR, and must leave a target that serves the next
 * message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/device.h"
#include "support/scripted_port.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct choices choices;
static struct scripted_port port;
static struct i2ctarget target;
static struct i2ctarget_request request;
static struct scripted_message messages[2];
static const uint8_t addresses[] = {0x40, 0x50};

/* ---- phases ---------------------------------------------------------------------------------- */

enum phase {
    QUIET,         /* no message */
    CALLED,        /* ADDRESSED is held */
    WRITTEN,       /* a write request, nothing is owed */
    BYTE_HELD,     /* … its byte waits for an ACK */
    READ,          /* a read request, its first byte given */
    DATA_HELD,     /* … the next one is owed */
    WRITE_REFUSED, /* closed and NACKed */
    READ_REFUSED,  /* closed and released */
    OTHERS,        /* the message of a device */
    PHASES
};

static bool yes(struct i2ctarget_device *device, uint16_t address, bool is_read, bool is_restart)
{
    (void)device, (void)address, (void)is_read, (void)is_restart;
    return true;
}

static bool take(struct i2ctarget_device *device, uint8_t byte)
{
    (void)device, (void)byte;
    return true;
}

static int give(struct i2ctarget_device *device)
{
    (void)device;
    return 0x5A;
}

static unsigned device_ends;
static struct {
    enum i2ctarget_end cause;
    uint32_t moved;
} device_end; /* the last one */

static void end(struct i2ctarget_device *device, enum i2ctarget_end cause, uint32_t moved)
{
    (void)device;
    device_end.cause = cause;
    device_end.moved = moved;
    device_ends++;
}

static struct i2ctarget_device_ops device_ops = {
    .addressed = yes, .received = take, .requested = give, .ended = end};
static struct i2ctarget_device device;

static void call(uint8_t address, bool is_read)
{
    port.owed = I2CTARGET_NO_EVENT;
    port.in_message = true;
    if (scripted_port_raise(&port, (struct i2ctarget_event){.kind = I2CTARGET_ADDRESSED,
                                                            .address = address,
                                                            .is_read = is_read}) == I2CTARGET_HOLD)
        port.owed = I2CTARGET_ADDRESSED;
}

static void raise_held(uint8_t kind)
{
    assert_int_equal(
        scripted_port_raise(&port, (struct i2ctarget_event){.kind = kind, .value = 'q'}),
        I2CTARGET_HOLD);
    port.owed = kind;
}

static void taken_call(bool is_read)
{
    call(0x40, is_read);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
}

static void enter(enum phase phase)
{
    uint8_t byte = 0x11;
    choices = (struct choices){0};
    messages[0] = messages[1] =
        (struct scripted_message){.address = 0x40, .count = 4, .bytes = "qqqq"};
    scripted_port_init(&port, &choices, messages, 2);
    port.extras.mute = true;
    device = (struct i2ctarget_device){.ops = &device_ops};
    device_ends = 0;
    memset(&request, 0, sizeof request);
    struct i2ctarget_pin scl = scripted_port_scl(&port, false),
                         sda = scripted_port_sda(&port, false);
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, addresses, COUNT(addresses), false), 0);
    assert_int_equal(i2ctarget_attach(&target, 0x50, &device), 0);
    if (phase == QUIET)
        return;
    if (phase == OTHERS || phase == CALLED) {
        call(phase == OTHERS ? 0x50 : 0x40, false);
        return;
    }
    taken_call(phase == READ || phase == DATA_HELD || phase == READ_REFUSED);
    if (request.is_read)
        raise_held(I2CTARGET_REQUESTED);
    else if (phase == BYTE_HELD || phase == WRITE_REFUSED)
        raise_held(I2CTARGET_RECEIVED);
    if (phase == WRITE_REFUSED || phase == READ_REFUSED)
        assert_int_equal(i2ctarget_close(&request), 0);
    if (phase == READ) {
        port.extras.signal = true; /* makes write() return with its byte given */
        assert_int_equal(i2ctarget_write(&request, &byte, 1), -I2CTARGET_EINTR);
    }
}

/* ---- events ---------------------------------------------------------------------------------- */

struct trial {
    const char *name;
    struct i2ctarget_event event;
    /* One mark a phase, in the order of enum phase: x allowed, - not, ? not looked at. */
    const char *allowed_in;
};

static const struct trial trials[] = {
    /*                                                                                QCWBRDwrO */
    {"ADDRESSED", {.kind = I2CTARGET_ADDRESSED, .address = 0x40}, /*                */ "x--------"},
    {"RECEIVED", {.kind = I2CTARGET_RECEIVED, .value = 1}, /*                       */ "--x-----x"},
    {"REQUESTED", {.kind = I2CTARGET_REQUESTED}, /*                                 */ "----x----"},
    {"no event", {.kind = I2CTARGET_NO_EVENT}, /*                                   */ "---------"},
    {"no such event", {.kind = 200}, /*                                             */ "---------"},
    {"STOP", {.kind = I2CTARGET_ENDED, .value = I2CTARGET_STOP}, /*                 */ "--x-x-xxx"},
    {"Sr", {.kind = I2CTARGET_ENDED, .value = I2CTARGET_RESTART}, /*                */ "--x-x-xxx"},
    {"controller NACK",
     {.kind = I2CTARGET_ENDED, .value = I2CTARGET_CONTROLLER_NACK, .moved = 1},
     "--?-x-?x?"},
    {"timeout", {.kind = I2CTARGET_ENDED, .value = I2CTARGET_TIMEOUT}, /*           */ "-xxxxxxxx"},
    {"bus error", {.kind = I2CTARGET_ENDED, .value = I2CTARGET_BUS_ERROR}, /*       */ "-xxxxxxxx"},
    {"port lost", {.kind = I2CTARGET_ENDED, .value = I2CTARGET_PORT_LOST}, /*       */ "-xxxxxxxx"},
    {"ended by nothing", {.kind = I2CTARGET_ENDED, .value = I2CTARGET_OPEN}, /*     */ "---------"},
    {"ended by the core's own", {.kind = I2CTARGET_ENDED, .value = I2CTARGET_CLOSED}, "---------"},
    {"no such end", {.kind = I2CTARGET_ENDED, .value = 99}, /*                      */ "---------"},
};

static uint32_t order_errors(void)
{
    struct i2ctarget_counters counters;
    i2ctarget_get_counters(&target, &counters);
    return counters.order_errors;
}

static void check_answer(const struct trial *trial, int answer)
{
    if (trial->event.kind == I2CTARGET_ADDRESSED || trial->event.kind == I2CTARGET_RECEIVED)
        assert_int_equal(answer, I2CTARGET_NACK);
    if (trial->event.kind == I2CTARGET_REQUESTED)
        assert_int_equal(answer, I2CTARGET_RELEASE);
}

/* The message that it hit is over, for the application and for a device. */
static void check_damage(enum phase phase)
{
    struct i2ctarget_counters counters;
    i2ctarget_get_counters(&target, &counters);
    assert_int_equal(counters.cancelled, phase == CALLED);
    assert_int_equal(device_ends, phase == OTHERS);
    uint8_t byte;
    if (phase == WRITTEN || phase == BYTE_HELD)
        assert_int_equal(i2ctarget_read(&request, &byte, 1, true), 0);
    if (phase == READ)
        request.serial = target.serial; /* the interrupted write() is given up */
    if (phase == WRITTEN || phase == BYTE_HELD || phase == DATA_HELD) {
        assert_int_equal(i2ctarget_close(&request), 0);
        assert_int_equal(request.end, I2CTARGET_BUS_ERROR);
    }
}

static void check_still_serves(void)
{
    scripted_port_init(&port, &choices, messages, 1);
    port.opened = true;
    port.target = &target;
    port.extras.calm = true;
    messages[0] = (struct scripted_message){
        .address = 0x40, .count = 2, .bytes = "ok", .end = I2CTARGET_STOP};
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    uint8_t bytes[4];
    assert_int_equal(i2ctarget_read(&request, bytes, sizeof bytes, true), 2);
    assert_memory_equal(bytes, "ok", 2);
    assert_int_equal(request.end, I2CTARGET_STOP);
}

static void try_event(const struct trial *trial, enum phase phase)
{
    char mark = trial->allowed_in[phase];
    if (mark == '?')
        return;
    enter(phase);
    uint32_t errors = order_errors();
    assert_int_equal(errors, 0);
    unsigned answers = port.answers;
    int answer = scripted_port_raise(&port, trial->event);
    if (order_errors() != (mark == '-'))
        fail_msg("%s in phase %d: %s", trial->name, (int)phase,
                 mark == '-' ? "not counted" : "counted, but it is in order");
    if (mark == '-') {
        check_answer(trial, answer);
        /* What was owed is void: an answer from here on would fail the test. */
        port.owed = I2CTARGET_NO_EVENT;
        check_damage(phase);
        assert_int_equal(port.answers, answers);
        check_still_serves();
    }
    i2ctarget_deinit(&target);
}

static void every_event_in_every_phase(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(trials); i++) {
        assert_int_equal(strlen(trials[i].allowed_in), PHASES);
        for (int phase = 0; phase < PHASES; phase++)
            try_event(&trials[i], (enum phase)phase);
    }
}

/* ---- deinit ---------------------------------------------------------------------------------- */

/* What addressed() has accepted has an end, and only one. */
static void deinit_ends_the_message_of_a_device(void **state)
{
    (void)state;
    for (int phase = 0; phase < PHASES; phase++) {
        enter((enum phase)phase);
        i2ctarget_deinit(&target);
        assert_int_equal(device_ends, phase == OTHERS);
    }
    enter(OTHERS);
    assert_int_equal(
        scripted_port_raise(&port, (struct i2ctarget_event){.kind = I2CTARGET_RECEIVED}),
        I2CTARGET_ACK);
    i2ctarget_deinit(&target);
    i2ctarget_deinit(&target);
    assert_int_equal(device_ends, 1);
    assert_int_equal(device_end.cause, I2CTARGET_CLOSED);
    assert_int_equal(device_end.moved, 1);
    enter(OTHERS);
    scripted_port_raise(&port,
                        (struct i2ctarget_event){.kind = I2CTARGET_ENDED, .value = I2CTARGET_STOP});
    i2ctarget_deinit(&target);
    assert_int_equal(device_ends, 1);
    assert_int_equal(device_end.cause, I2CTARGET_STOP);
}

/* ---- what a device says of its next bytes ---------------------------------------------------- */

static bool accepts_two(struct i2ctarget_device *self, const uint8_t bytes[], size_t count)
{
    assert_ptr_equal(self, &device);
    assert_int_equal(bytes[0], 0x11);
    return count <= 2;
}

static size_t peek_two(struct i2ctarget_device *self, uint8_t bytes[], size_t size)
{
    assert_ptr_equal(self, &device);
    assert_int_equal(size, 3);
    bytes[0] = bytes[1] = 0x5A;
    return 2;
}

static const struct i2ctarget_foresight foresight = {.accepts = accepts_two, .peek = peek_two};
static const struct i2ctarget_foresight silence = {0};

static void assert_foreseen(bool accepts, size_t peeked)
{
    uint8_t bytes[3] = {0x11};
    assert_int_equal(i2ctarget_device_accepts(&target, bytes, 2), accepts);
    assert_false(i2ctarget_device_accepts(&target, bytes, 3));
    assert_int_equal(i2ctarget_device_peek(&target, bytes, 3), peeked);
}

static void a_device_is_asked_about_its_own_message(void **state)
{
    (void)state;
    for (int phase = 0; phase < PHASES; phase++) {
        enter((enum phase)phase);
        device_ops.foresight = &foresight;
        assert_foreseen(phase == OTHERS, 0);
        i2ctarget_deinit(&target);
    }
    enter(QUIET);
    device_ops.foresight = &foresight;
    call(0x50, true);
    assert_foreseen(false, 2);
    device_ops.foresight = &silence;
    assert_foreseen(false, 0);
    device_ops.foresight = NULL;
    assert_foreseen(false, 0);
    device_ops.foresight = &foresight;
    scripted_port_raise(&port,
                        (struct i2ctarget_event){.kind = I2CTARGET_ENDED, .value = I2CTARGET_STOP});
    assert_foreseen(false, 0);
    i2ctarget_deinit(&target);
}

/* ---- what a port can not do, init refuses ---------------------------------------------------- */

static struct i2ctarget_port_ops limited;
static int open_result;

static int refusing_open(struct i2ctarget *opened, const struct i2ctarget_pin *scl,
                         const struct i2ctarget_pin *sda, const struct i2ctarget_address_set *set,
                         bool smbus, void **instance)
{
    (void)opened, (void)scl, (void)sda, (void)set, (void)smbus, (void)instance;
    return open_result;
}

static int init_on(const struct i2ctarget_port_ops *ops, size_t address_count, bool smbus)
{
    struct i2ctarget_pin scl = {ops, (uintptr_t)&port, 0}, sda = {ops, (uintptr_t)&port, 1};
    uint8_t many[I2CTARGET_ADDRESS_COUNT_MAX];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (uint8_t)i;
    return i2ctarget_init(&target, &scl, &sda, many, address_count, smbus);
}

static void capabilities_bound_what_init_accepts(void **state)
{
    (void)state;
    scripted_port_init(&port, &choices, messages, 0);
    limited = *scripted_port_scl(&port, false).port;
    limited.capabilities.address_count_max = 2;
    limited.capabilities.smbus = false;
    assert_int_equal(init_on(&limited, 3, false), -I2CTARGET_EINVAL);
    assert_int_equal(init_on(&limited, 2, true), -I2CTARGET_EINVAL);
    assert_false(port.opened);
    assert_int_equal(i2ctarget_next_request(&target, &request, -1), -I2CTARGET_EBADF);
    assert_int_equal(init_on(&limited, 2, false), 0);
    i2ctarget_deinit(&target);
}

static void what_the_port_refuses_reaches_the_caller(void **state)
{
    const int results[] = {-I2CTARGET_EINVAL, -I2CTARGET_EBUSY, -I2CTARGET_ENOENT,
                           -I2CTARGET_EACCES, -I2CTARGET_EPROTO};
    (void)state;
    scripted_port_init(&port, &choices, messages, 0);
    limited = *scripted_port_scl(&port, false).port;
    limited.open = refusing_open;
    for (size_t i = 0; i < COUNT(results); i++) {
        open_result = results[i];
        assert_int_equal(init_on(&limited, 1, false), results[i]);
        assert_int_equal(i2ctarget_next_request(&target, &request, -1), -I2CTARGET_EBADF);
    }
}

static void pins_of_two_ports_are_no_pair(void **state)
{
    (void)state;
    scripted_port_init(&port, &choices, messages, 0);
    struct i2ctarget_pin scl = scripted_port_scl(&port, false),
                         sda = scripted_port_sda(&port, false);
    struct i2ctarget_port_ops other = *sda.port;
    sda.port = &other;
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, addresses, 1, false), -I2CTARGET_EINVAL);
    sda.port = NULL;
    assert_int_equal(i2ctarget_init(&target, &scl, &sda, addresses, 1, false), -I2CTARGET_EINVAL);
    assert_int_equal(i2ctarget_init(&target, &sda, &sda, addresses, 1, false), -I2CTARGET_EINVAL);
}

/* ---- a port with two ways to serve pins ------------------------------------------------------ */

static struct i2ctarget_port_ops first;
static uint16_t served_by_other = UINT16_MAX; /* SCL pins with this number */

static const struct i2ctarget_port_ops *choose_other(const struct i2ctarget_pin *scl,
                                                     const struct i2ctarget_pin *sda)
{
    assert_int_equal(sda->number, 1);
    return scl->number == served_by_other ? &limited : NULL;
}

static void the_port_chooses_by_the_pins(void **state)
{
    (void)state;
    scripted_port_init(&port, &choices, messages, 0);
    first = *scripted_port_scl(&port, false).port;
    first.choose = choose_other;
    limited = *scripted_port_scl(&port, false).port;
    limited.capabilities.address_count_max = 2;
    assert_int_equal(init_on(&first, 3, false), 0);
    assert_ptr_equal(i2ctarget_get_capabilities(&target), &first.capabilities);
    i2ctarget_deinit(&target);
    assert_null(i2ctarget_get_capabilities(&target));
    served_by_other = 0;
    assert_int_equal(init_on(&first, 3, false), -I2CTARGET_EINVAL);
    assert_int_equal(init_on(&first, 2, false), 0);
    assert_ptr_equal(i2ctarget_get_capabilities(&target), &limited.capabilities);
    i2ctarget_deinit(&target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_port_chooses_by_the_pins),
        cmocka_unit_test(every_event_in_every_phase),
        cmocka_unit_test(deinit_ends_the_message_of_a_device),
        cmocka_unit_test(a_device_is_asked_about_its_own_message),
        cmocka_unit_test(capabilities_bound_what_init_accepts),
        cmocka_unit_test(what_the_port_refuses_reaches_the_caller),
        cmocka_unit_test(pins_of_two_ports_are_no_pair),
    };
    return cmocka_run_group_tests_name("core_order", tests, NULL, NULL);
}
