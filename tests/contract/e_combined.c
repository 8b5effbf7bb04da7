/* SPDX-License-Identifier: MIT */
/*
 * E. Combined transfers: messages joined by repeated START, and transfers in quick succession.
 * UM10204 §3.1.10.
 */
#include "contract/contract.h"

#define CHAIN_MAX 12

CONTRACT_TEST(e27_write_restart_read, 0)
{
    serve(rig);
    uint8_t got[2];
    for (int late = 0; late < 2; late++) {
        struct rig_message messages[] = {write_message(0x40, "\x01", 1),
                                         read_message(0x40, got, 2)};
        rig_start(rig, messages, 2);
        struct i2ctarget_request request = take_write();
        if (late)
            rig_sleep_us(rig, 20000);
        expect_bytes(&request, "\x01", 1); /* the write is complete and delivered first */
        expect_end(&request, I2CTARGET_RESTART, 1);
        if (late)
            rig_sleep_us(rig, 20000);
        request = take(0x40, true, true);
        give_bytes(&request, "ok", 2, 2);
        assert_int_equal(rig_finish(rig), 2);
        assert_memory_equal(got, "ok", 2);
    }
}

/*
 * The application asks for the command only after Sr, when the read was addressed.  The command is
 * still delivered first.
 */
CONTRACT_TEST(e27_the_write_is_polled_only_after_the_restart, 0)
{
    uint8_t got, command = 0;
    struct rig_message messages[] = {write_message(0x40, "c", 1), read_message(0x40, &got, 1)};
    serve(rig);
    rig_start(rig, messages, 2);
    struct i2ctarget_request request = take_write();
    assert_int_equal(i2ctarget_read(&request, &command, 1, true), 1);
    rig_sleep_us(rig, 20000); /* the Sr is long past, and the read is held */
    assert_int_equal(i2ctarget_read(&request, &command, 1, true), 0);
    expect_end(&request, I2CTARGET_RESTART, 1);
    assert_int_equal(command, 'c');
    request = take(0x40, true, true);
    give_bytes(&request, "d", 1, 1);
    assert_int_equal(rig_finish(rig), 2);
    assert_int_equal(got, 'd');
}

/* Each letter is a message: w and r at 0x40, W and R at 0x41. */
static void run_chain(struct rig *rig, const char *chain)
{
    size_t count = strlen(chain);
    uint8_t got[CHAIN_MAX][3];
    struct rig_message messages[CHAIN_MAX];
    for (size_t i = 0; i < count; i++) {
        uint8_t address = chain[i] == 'w' || chain[i] == 'r' ? 0x40 : 0x41;
        bool is_read = chain[i] == 'r' || chain[i] == 'R';
        memset(got[i], (int)i, 3);
        messages[i] = is_read ? read_message(address, got[i], 1 + i % 3)
                              : write_message(address, got[i], i % 4);
    }
    rig_start(rig, messages, count);
    for (size_t i = 0; i < count; i++) {
        struct i2ctarget_request request = take(messages[i].address, messages[i].is_read, i > 0);
        uint8_t mine[3] = {(uint8_t)(0xC0 + i), 0x00, 0xFF};
        if (messages[i].is_read)
            give_bytes(&request, mine, 3, messages[i].length);
        else
            expect_bytes(&request, got[i], messages[i].length);
        if (i + 1 < count && !messages[i].is_read)
            assert_int_equal(request.end, I2CTARGET_RESTART);
    }
    assert_int_equal(rig_finish(rig), count);
    for (size_t i = 0; i < count; i++) {
        if (messages[i].is_read)
            assert_int_equal(got[i][0], 0xC0 + i);
    }
}

CONTRACT_TEST(e28_chains_of_messages_and_addresses, 0)
{
    static const char *const chains[] = {"rw",     "rr",   "ww",       "wr",   "wrwr",
                                         "rwrw",   "wwww", "rrrr",     "wRWr", "RrWw",
                                         "wwrrww", "rRrR", "wrWRwrWR", "WrWr", "wrwrwrwrwrwr"};
    serve(rig);
    for (size_t i = 0; i < COUNT(chains); i++) {
        run_chain(rig, chains[i]); /* is_restart must be false again after each STOP */
    }
}

/* Who does not hear it takes the STOP for the end. */
CONTRACT_TEST(e29_a_restart_to_another_target_ends_our_request, RIG_WIRES)
{
    bool hears = rig_can(rig, RIG_HEARS_OTHERS);
    serve(rig);
    rig_play(rig, "S 80 A 11 A S 84 N 80 N 81 N P S 82 A 33 A P");
    struct i2ctarget_request request = take_write();
    expect_bytes(&request, "\x11", 1);
    expect_end(&request, hears ? I2CTARGET_RESTART : I2CTARGET_STOP, 1);
    request = take(0x41, false, false);
    expect_bytes(&request, "\x33", 1);
    rig_finish_play(rig, NULL);
}

/* `is_restart` describes the START, whichever target the message before it was for. */
CONTRACT_TEST(e29_a_restart_after_another_targets_message_is_one, RIG_WIRES)
{
    serve(rig);
    rig_play(rig, "S 84 N 80 N S 80 A 44 A P");
    struct i2ctarget_request request = take(0x40, false, true);
    expect_bytes(&request, "\x44", 1);
    rig_finish_play(rig, NULL);
}

/* The scripts make START t_BUF after STOP: 4.7, 1.3 or 0.5 us. */
CONTRACT_TEST(e30_back_to_back_transfers, RIG_WIRES)
{
    static const uint32_t late_us[] = {0, 3, 40, 5000};
    serve(rig);
    for (size_t late = 0; late < COUNT(late_us); late++) {
        rig_play(rig,
                 "S 80 A 01 A P S 80 A 02 A P S 82 A P S 80 A 03 A 04 A P S 41 N P S 80 A 05 A P");
        static const struct {
            uint8_t address;
            const char *bytes;
        } expected[] = {
            {0x40, "\x01"}, {0x40, "\x02"}, {0x41, ""}, {0x40, "\x03\x04"}, {0x40, "\x05"}};
        for (size_t i = 0; i < COUNT(expected); i++) {
            rig_sleep_us(rig, late_us[late]);
            struct i2ctarget_request request = take(expected[i].address, false, false);
            rig_sleep_us(rig, late_us[late]);
            expect_bytes(&request, expected[i].bytes, strlen(expected[i].bytes));
            expect_end(&request, I2CTARGET_STOP, (uint32_t)strlen(expected[i].bytes));
        }
        rig_finish_play(rig, NULL);
    }
    assert_true(nothing_comes());
}

/* The same with a second transfer that waits for the STOP of the first one. */
CONTRACT_TEST(e30_a_transfer_at_once_after_the_last, 0)
{
    serve(rig);
    for (int i = 0; i < 20; i++) {
        uint8_t byte = (uint8_t)i;
        struct rig_message message = write_message(0x40, &byte, 1);
        start_one(rig, &message);
        struct i2ctarget_request request = take_write();
        expect_bytes(&request, &byte, 1);
        assert_int_equal(rig_finish(rig), 1);
    }
}
