/* SPDX-License-Identifier: MIT */
/* Every code that a call may return has words, and those that tell a mistake are of the call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/bus.h"
#include "i2ctarget/i2ctarget.h"

static const int codes[] = {I2CTARGET_ENOENT,  I2CTARGET_EINTR,  I2CTARGET_EIO,
                            I2CTARGET_EBADF,   I2CTARGET_ENOMEM, I2CTARGET_EACCES,
                            I2CTARGET_EBUSY,   I2CTARGET_ENODEV, I2CTARGET_EINVAL,
                            I2CTARGET_EDEADLK, I2CTARGET_EPROTO, I2CTARGET_ETIMEDOUT};
enum { CODES = sizeof codes / sizeof *codes };

static const char unknown[] = "an error of the system";

static void assert_says(enum i2ctarget_asked asked, int code, const char *words)
{
    const char *text = i2ctarget_explain(asked, -code);
    if (!strstr(text, words))
        fail_msg("asked %d, code %d: \"%s\" has no \"%s\"", asked, code, text, words);
}

/* Those that only some calls return have words only for these. */
static void test_every_code(void **state)
{
    (void)state;
    for (int i = 0; i < CODES; i++) {
        bool is_known = false;
        for (int asked = I2CTARGET_ASKED_INIT; asked <= I2CTARGET_ASKED_ACK; asked++) {
            const char *text = i2ctarget_explain((enum i2ctarget_asked)asked, -codes[i]);

            assert_non_null(text);
            assert_true(text[0] != '\0' && text[strlen(text) - 1] != '\n');
            is_known |= strcmp(text, unknown) != 0;
        }
        if (!is_known)
            fail_msg("code %d has no words", codes[i]);
    }
    assert_string_equal(i2ctarget_explain(I2CTARGET_ASKED_READ, -4000), unknown);
}

static void test_of_the_call(void **state)
{
    (void)state;
    assert_says(I2CTARGET_ASKED_INIT, I2CTARGET_EBUSY, "another target of this program");
    assert_says(I2CTARGET_ASKED_INIT, I2CTARGET_EINVAL, "pins and addresses");
    assert_says(I2CTARGET_ASKED_INIT, I2CTARGET_EACCES, "no permission");
    assert_says(I2CTARGET_ASKED_INIT, I2CTARGET_ENOMEM, "one more target");
    assert_says(I2CTARGET_ASKED_ADDRESS, I2CTARGET_EBUSY, "address has a device already");
    assert_says(I2CTARGET_ASKED_ADDRESS, I2CTARGET_EBUSY, "this device is attached to another");
    assert_says(I2CTARGET_ASKED_ADDRESS, I2CTARGET_ENODEV, "does not have this address");
    assert_says(I2CTARGET_ASKED_ADDRESS, I2CTARGET_EINVAL, "0x00 to 0x7f");
    assert_says(I2CTARGET_ASKED_ADDRESS, I2CTARGET_EBADF, "target is deinitialised");
    assert_says(I2CTARGET_ASKED_REQUEST, I2CTARGET_EBADF, "target is deinitialised");
    assert_says(I2CTARGET_ASKED_REQUEST, I2CTARGET_ETIMEDOUT, "within the timeout");
    assert_says(I2CTARGET_ASKED_READ, I2CTARGET_EBADF, "request is closed");
    assert_says(I2CTARGET_ASKED_ACK, I2CTARGET_EBADF, "request is closed");
    assert_says(I2CTARGET_ASKED_READ, I2CTARGET_EACCES, "use write()");
    assert_says(I2CTARGET_ASKED_ACK, I2CTARGET_EACCES, "use write()");
    assert_says(I2CTARGET_ASKED_WRITE, I2CTARGET_EACCES, "use read()");
    assert_says(I2CTARGET_ASKED_WRITE, I2CTARGET_EINVAL, "too many bytes");
}

/* On Linux the bus is named, whatever the reason is. */
static void test_of_a_bus(void **state)
{
    (void)state;
    char text[256];
    static const struct {
        int code;
        const char *words;
    } rows[] = {{I2CTARGET_EBUSY, "bus 7: these pins serve another target"},
                {I2CTARGET_EINVAL, "bus 7: these pins and addresses"},
                {I2CTARGET_ENOENT, "no bus 7: start it"},
                {I2CTARGET_EACCES, "no permission to use bus 7"},
                {I2CTARGET_EPROTO, "bus 7 speaks another protocol"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_ptr_equal(i2ctarget_bus_explain(7, -rows[i].code, text, sizeof text), text);
        if (!strstr(text, rows[i].words))
            fail_msg("code %d: \"%s\" has no \"%s\"", rows[i].code, text, rows[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_code),
        cmocka_unit_test(test_of_the_call),
        cmocka_unit_test(test_of_a_bus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
