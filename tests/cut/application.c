/* SPDX-License-Identifier: MIT */
#include "cut/application.h"

void account_add(struct account *account, unsigned what)
{
    assert_true(account->count < ACCOUNT_MAX);
    account->told[account->count++] = (uint8_t)what;
}

static void add_bytes(struct account *account, const uint8_t *bytes, int count)
{
    for (int i = 0; i < count; i++)
        account_add(account, bytes[i]);
}

void account_add_device(struct account *account)
{
    account_add(account, memory.addressed);
    account_add(account, memory.received);
    account_add(account, memory.requested);
    account_add(account, memory.ended);
    account_add(account, memory.end);
    account_add(account, memory.moved);
    account_add(account, memory.pointer);
}

void account_compare(const struct account *account, const struct account *expected)
{
    assert_int_equal(account->count, expected->count);
    assert_memory_equal(account->told, expected->told, expected->count);
}

static void pause_before_byte(const struct application *application)
{
    if (application->pause_us)
        rig_sleep_us(application->rig, application->pause_us);
}

static void serve_write(const struct application *application, struct i2ctarget_request *request)
{
    struct account *account = application->account;
    uint8_t bytes[16];
    int count = 1;
    switch (application->transfer->manner) {
    case READ_ALL:
        add_bytes(account, bytes, i2ctarget_read(request, bytes, sizeof bytes, true));
        break;
    case BYTEWISE:
        while (count == 1) {
            pause_before_byte(application);
            count = i2ctarget_read(request, bytes, 1, false);
            add_bytes(account, bytes, count);
        }
        break;
    case SHORT:
        add_bytes(account, bytes, i2ctarget_read(request, bytes, 1, true));
        break;
    case REFUSE_LAST:
        add_bytes(account, bytes, i2ctarget_read(request, bytes, 2, false));
        assert_int_equal(i2ctarget_ack(request, false), 0);
        break;
    case CLOSE_ONLY:
        break;
    }
}

static void serve_read(const struct application *application, struct i2ctarget_request *request)
{
    const uint8_t *bytes = application->transfer->gives;
    switch (application->transfer->manner) {
    case BYTEWISE:
        for (int i = 0; i < 3; i++) {
            pause_before_byte(application);
            if (i2ctarget_write(request, bytes + i, 1) != 1)
                break;
        }
        break;
    case SHORT:
        account_add(application->account, (unsigned)i2ctarget_write(request, bytes, 1));
        break;
    case CLOSE_ONLY:
        break;
    default:
        account_add(application->account, (unsigned)i2ctarget_write(request, bytes, 3));
    }
}

/* One that closes early may be late with it: then the message has ended before. */
static unsigned end_of(const struct application *application,
                       const struct i2ctarget_request *request)
{
    enum manner manner = application->transfer->manner;
    bool closes_early = manner == SHORT || manner == REFUSE_LAST || manner == CLOSE_ONLY;
    bool is_over = request->end == I2CTARGET_STOP || request->end == I2CTARGET_RESTART ||
                   request->end == I2CTARGET_CONTROLLER_NACK;
    return application->may_be_late && closes_early && is_over ? I2CTARGET_CLOSED : request->end;
}

void application_serve(const struct application *application)
{
    struct account *account = application->account;
    struct i2ctarget_request request;
    for (int rounds = 0; i2ctarget_next_request(&target, &request, 2000) == 1; rounds++) {
        assert_true(rounds < 20);
        account_add(account, (unsigned)(request.address << 1 | request.is_read));
        account_add(account, request.is_restart);
        if (request.is_read)
            serve_read(application, &request);
        else
            serve_write(application, &request);
        assert_int_equal(i2ctarget_close(&request), 0);
        assert_int_not_equal(request.end, I2CTARGET_OPEN);
        account_add(account, end_of(application, &request));
        account_add(account, request.moved);
    }
}
