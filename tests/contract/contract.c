/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "contract/contract.h"

struct i2ctarget target, neighbour;
struct probe_device memory;

static const uint8_t two_addresses[] = {0x40, 0x41};

static void serve_with(struct rig *rig, const uint8_t *addresses, size_t count, bool smbus)
{
    assert_int_equal(rig_init(rig, &target, 0, addresses, count, smbus), 0);
}

void serve(struct rig *rig)
{
    serve_with(rig, two_addresses, COUNT(two_addresses), false);
}

void serve_smbus(struct rig *rig)
{
    serve_with(rig, two_addresses, COUNT(two_addresses), true);
}

void serve_addresses(struct rig *rig, const uint8_t *addresses, size_t count)
{
    serve_with(rig, addresses, count, false);
}

struct i2ctarget_request take(uint8_t address, bool is_read, bool is_restart)
{
    struct i2ctarget_request request;
    memset(&request, 0xAB, sizeof request);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_ptr_equal(request.target, &target);
    assert_int_equal(request.address, address);
    assert_false(request.is_ten_bit);
    assert_int_equal(request.is_read, is_read);
    assert_int_equal(request.is_restart, is_restart);
    assert_int_equal(request.end, I2CTARGET_OPEN);
    assert_int_equal(request.moved, 0);
    return request;
}

struct i2ctarget_request take_write_after_restart(const struct rig *rig)
{
    struct i2ctarget_request request;
    if (rig_can(rig, RIG_SEES_EDGES))
        return take(0x40, false, true);
    assert_int_equal(i2ctarget_next_request(&target, &request, 0), 1);
    assert_int_equal(request.address, 0x40);
    assert_false(request.is_read);
    return request;
}

struct i2ctarget_request take_write(void)
{
    return take(0x40, false, false);
}

struct i2ctarget_request take_read(void)
{
    return take(0x40, true, false);
}

bool nothing_comes(void)
{
    struct i2ctarget_request request;
    return i2ctarget_next_request(&target, &request, 100) == -I2CTARGET_ETIMEDOUT;
}

int let_devices_answer(struct rig *rig)
{
    do
        assert_true(nothing_comes());
    while (rig_busy(rig));
    int done = rig_finish(rig);
    for (int looks = 0; memory.is_open && looks < 1000; looks++)
        assert_true(nothing_comes());
    return done;
}

void expect_end(const struct i2ctarget_request *request, enum i2ctarget_end end, uint32_t moved)
{
    assert_int_equal(request->end, end);
    assert_int_equal(request->moved, moved);
}

void expect_stop_in_byte(const struct rig *rig, const struct i2ctarget_request *request,
                         uint32_t moved)
{
    bool is_other = request->end == I2CTARGET_ARBITRATION_LOST && !rig_can(rig, RIG_SEES_EDGES);
    expect_end(request, is_other ? I2CTARGET_ARBITRATION_LOST : I2CTARGET_STOP, moved);
}

void expect_bytes(struct i2ctarget_request *request, const void *bytes, size_t count)
{
    uint8_t buffer[2048];
    assert_true(count < sizeof buffer);
    assert_int_equal(i2ctarget_read(request, buffer, sizeof buffer, true), (int)count);
    if (count > 0)
        assert_memory_equal(buffer, bytes, count);
    assert_true(request->moved >= count);
    assert_int_equal(i2ctarget_close(request), 0);
}

void give_bytes(struct i2ctarget_request *request, const void *bytes, size_t count, size_t taken)
{
    assert_int_equal(i2ctarget_write(request, bytes, count), (int)taken);
    assert_int_equal(request->moved, taken);
    assert_int_equal(i2ctarget_close(request), 0);
}

struct i2ctarget_counters counters(void)
{
    struct i2ctarget_counters now;
    i2ctarget_get_counters(&target, &now);
    return now;
}

struct rig_message write_message(uint8_t address, const void *bytes, size_t count)
{
    return (struct rig_message){
        .address = address, .length = (uint32_t)count, .buffer = (uint8_t *)(uintptr_t)bytes};
}

struct rig_message read_message(uint8_t address, void *buffer, size_t count)
{
    return (struct rig_message){
        .address = address, .is_read = true, .length = (uint32_t)count, .buffer = buffer};
}

void start_one(struct rig *rig, struct rig_message *message)
{
    rig_start(rig, message, 1);
}

void expect_healthy(struct rig *rig)
{
    uint8_t got[3] = {0};
    struct rig_message alone = write_message(0x40, "\x00\xA5\x5A", 3);
    struct rig_message joined[] = {write_message(0x41, "r", 1),
                                   read_message(0x41, got, sizeof got)};
    start_one(rig, &alone);
    struct i2ctarget_request request = take_write();
    expect_bytes(&request, "\x00\xA5\x5A", 3);
    assert_int_equal(rig_finish(rig), 1);
    rig_start(rig, joined, 2);
    request = take(0x41, false, false);
    expect_bytes(&request, "r", 1);
    request = take(0x41, true, true);
    give_bytes(&request, "\x00\xFF\x81", 3, 3);
    assert_int_equal(rig_finish(rig), 2);
    assert_memory_equal(got, "\x00\xFF\x81", 3);
}

void let_pass_ms(struct rig *rig, unsigned ms)
{
    for (unsigned i = 0; i < ms; i++)
        rig_sleep_us(rig, 1000);
}

bool is_in_matrix(const struct rig *rig, unsigned index)
{
    unsigned thinning = rig->kind->thinning;
    if (getenv("I2CTARGET_THIN") && thinning < 37)
        thinning = 37;
    return index % thinning == 0;
}
