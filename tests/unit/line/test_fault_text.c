/* SPDX-License-Identifier: MIT */
/* Faults as texts: what is read is what is written, and what is wrong is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "i2ctarget/fault.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct i2ctarget_fault parse(const char *text)
{
    struct i2ctarget_fault fault;
    char why[I2CTARGET_FAULT_WHY_MAX] = "";
    if (!i2ctarget_fault_parse(text, &fault, why))
        fail_msg("%s: %s", text, why);
    return fault;
}

static void expect_text(const char *read, const char *written)
{
    char text[I2CTARGET_FAULT_TEXT_MAX];
    struct i2ctarget_fault fault = parse(read);
    i2ctarget_fault_print(&fault, text);
    assert_string_equal(text, written);
    struct i2ctarget_fault again = parse(text);
    assert_memory_equal(&again, &fault, sizeof fault);
}

static void texts_are_read_and_written(void **state)
{
    static const char *const texts[][2] = {
        {"0x50 nack", "0x50 nack"},
        {" 4a\tnack \n", "0x4a nack"},
        {"8 nack", "0x08 nack"},
        {"0x5 nack", "0x05 nack"},
        {"any nack once", "any nack once"},
        {"0x50 nack-after 0", "0x50 nack-after 0"},
        {"0x50 nack-after 3 times 2 write", "0x50 nack-after 3 write times 2"},
        {"0x0 stretch 25ms", "0x00 stretch 25ms"},
        {"0x7f stretch 1500us at 2.7 read", "0x7f stretch 1500us at 2.7 read"},
        {"any stretch 1000ms at 0.ack", "any stretch 1s"},
        {"any hold-sda 100s", "any hold-sda 100s once"},
        {"any hold-scl 1ns at idle times 0", "any hold-scl 1ns times 0"},
        {"0x50 hold-sda 5us at 3.ack", "0x50 hold-sda 5us at 3.ack"},
        {"0x50 flip at 1.0", "0x50 flip at 1.0"},
        {"0x50 lose-arbitration at 0.0", "0x50 lose-arbitration"},
        {"any lose-arbitration at 0.7", "any lose-arbitration at 0.7"},
        {"0x50 drop", "0x50 drop"},
        {"0x50 drop at 12.6", "0x50 drop at 12.6"},
        {"any glitch-scl 50ns at idle", "any glitch-scl 50ns at idle once"},
        {"0x50 glitch-sda 50ns at 1.4", "0x50 glitch-sda 50ns at 1.4"},
        {"0x50 no-stop probability 0.25 seed 7", "0x50 no-stop probability 0.25 seed 7"},
        {"0x50 clock 10000 probability 1", "0x50 clock 10000 probability 1"},
        {"0x50 wrong-pec probability 0.000001", "0x50 wrong-pec probability 0.000001"},
        {"0x50 nack-after 4294967293 write times 4294967293 probability 0.999999 seed 4294967293",
         "0x50 nack-after 4294967293 write times 4294967293 probability 0.999999 seed 4294967293"},
        {"0x50 glitch-sda 99999999999ns at 4294967294.ack write probability 0.999999",
         "0x50 glitch-sda 99999999999ns at 4294967294.ack write probability 0.999999"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        expect_text(texts[i][0], texts[i][1]);
}

static void fields_are_what_the_text_says(void **state)
{
    (void)state;
    struct i2ctarget_fault fault =
        parse("0x50 stretch 3us at 2.5 write times 4 probability 0.5 seed 6");
    const struct i2ctarget_fault expected = {
        .kind = I2CTARGET_FAULT_STRETCH,
        .address = 0x50,
        .direction = I2CTARGET_FAULT_WRITES,
        .bit = 5,
        .byte = 2,
        .time_ns = 3000,
        .times = 4,
        .chance = 500000,
        .seed = 6,
    };
    assert_memory_equal(&fault, &expected, sizeof fault);
    assert_int_equal(parse("0x50 nack-after 3").byte, 4);
    assert_int_equal(parse("any hold-sda 1ms").times, 1);
    assert_int_equal(parse("any hold-sda 1ms at 1.3").times, 0);
}

static void each_wrong_text_is_told_what_is_wrong(void **state)
{
    static const char *const texts[][2] = {
        {"", "a fault is an address (or any), a kind, and what it needs"},
        {"0x80 nack", "\"0x80\" is no address: 0x00 to 0x7f, or any"},
        {"0x nack", "\"0x\" is no address: 0x00 to 0x7f, or any"},
        {"5o nack", "\"5o\" is no address: 0x00 to 0x7f, or any"},
        {"50 nack", "\"50\" is no address: 0x00 to 0x7f, or any"},
        {"4g nack", "\"4g\" is no address: 0x00 to 0x7f, or any"},
        {"x nack", "\"x\" is no address: 0x00 to 0x7f, or any"},
        {"0x50", "the kind of the fault is missing"},
        {"0x50 nak", "\"nak\" is no kind of fault"},
        {"0x50 nack-after", "nack-after needs a number of bytes"},
        {"0x50 nack-after three", "\"three\" is no whole number up to 4294967293"},
        {"0x50 nack-after 4294967294", "\"4294967294\" is no whole number up to 4294967293"},
        {"0x50 nack-after 2 read", "nack-after: in a read the controller acknowledges the data"},
        {"0x50 stretch", "a time is a whole number with its unit, ns, us, ms or s: 25ms"},
        {"0x50 stretch 25", "\"25\" is no time: a whole number with ns, us, ms or s, up to 100s"},
        {"0x50 stretch 101s",
         "\"101s\" is no time: a whole number with ns, us, ms or s, up to 100s"},
        {"0x50 stretch 0us", "a time is 1ns to 100s"},
        {"0x50 stretch 1ms at", "\"\" is no place: BYTE.BIT, as in 0.ack or 2.7, or idle"},
        {"0x50 stretch 1ms at 2", "\"2\" is no place: BYTE.BIT, as in 0.ack or 2.7, or idle"},
        {"0x50 stretch 1ms at 2.8", "\"2.8\" is no place: BYTE.BIT, as in 0.ack or 2.7, or idle"},
        {"0x50 stretch 1ms at idle", "this kind of fault happens in a message, and not at idle"},
        {"0x50 stretch 1ms at 0.1",
         "the address is not known yet there: 0.0 is the first place, or any"},
        {"any stretch 1ms at 0.0 read",
         "read or write is not known yet there: 0.ack is the first place"},
        {"0x50 hold-sda 1ms",
         "a free bus has no address, no read and no write: the address is any, "
         "or a place is needed"},
        {"0x50 flip", "this kind of fault needs a place: at BYTE.BIT"},
        {"0x50 flip at 0.0", "flip: the controller sends the address, and would see it"},
        {"0x50 drop at 1.7",
         "drop: in the middle of a byte of data, bit 6 to 0 of byte 1 or later"},
        {"0x50 drop at 0.ack",
         "drop: in the middle of a byte of data, bit 6 to 0 of byte 1 or later"},
        {"0x50 nack at 1.7", "\"1.7\" is too much: this kind of fault has no place to choose"},
        {"0x50 clock", "clock needs a speed in Hz"},
        {"0x50 clock 0", "a speed is 1 to 1000000 Hz"},
        {"0x50 clock 1000001", "a speed is 1 to 1000000 Hz"},
        {"0x50 wrong-pec write",
         "wrong-pec: in a write the controller sends the PEC, and would see it"},
        {"0x50 nack probability 0", "\"0\" is no probability: 0.000001 to 1"},
        {"0x50 nack probability 1.1", "\"1.1\" is no probability: 0.000001 to 1"},
        {"0x50 nack probability 0.0000001", "\"0.0000001\" is no probability: 0.000001 to 1"},
        {"0x50 nack probability half", "\"half\" is no probability: 0.000001 to 1"},
        {"0x50 nack times", "times needs a number"},
        {"0x50 nack seed -1", "\"-1\" is no whole number up to 4294967293"},
        {"0x50 nack read write",
         "\"write\" is too much: a fault in both directions says neither read nor write"},
        {"0x50 nack write read",
         "\"read\" is too much: a fault in both directions says neither read nor write"},
        {"0x50 nack twice",
         "\"twice\" is none of: at, read, write, once, times, probability, seed"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char why[I2CTARGET_FAULT_WHY_MAX] = "";
        struct i2ctarget_fault fault = {.seed = 77}, before = fault;
        assert_false(i2ctarget_fault_parse(texts[i][0], &fault, why));
        assert_string_equal(why, texts[i][1]);
        assert_memory_equal(&fault, &before, sizeof fault);
    }
}

/* Words that belong to texts, in any order: most of it is nonsense, and none of it may do harm. */
static void whatever_is_accepted_is_written_and_read_again(void **state)
{
    static const char *const words[] = {
        "0x50",  "any",         "4a",      "nack", "nack-after", "stretch", "hold-sda", "hold-scl",
        "flip",  "drop",        "no-stop", "at",   "glitch-scl", "clock",   "idle",     "0.ack",
        "2.7",   "1.4",         "0.0",     "3",    "0",          "25ms",    "100s",     "1000000",
        "times", "probability", "0.25",    "seed", "once",       "read",    "write",    "wrong-pec",
    };
    uint32_t dice = 1;
    unsigned accepted = 0;
    (void)state;
    for (unsigned i = 0; i < 400000; i++) {
        char text[I2CTARGET_FAULT_TEXT_MAX] = "", why[I2CTARGET_FAULT_WHY_MAX] = "";
        struct i2ctarget_fault fault;
        unsigned count = 1 + i % 7;
        for (unsigned j = 0; j < count; j++) {
            dice = dice * 1664525 + 1013904223;
            strcat(strcat(text, words[(dice >> 16) % COUNT(words)]), " ");
        }
        if (i2ctarget_fault_parse(text, &fault, why)) {
            i2ctarget_fault_print(&fault, text);
            struct i2ctarget_fault again = parse(text);
            assert_memory_equal(&again, &fault, sizeof fault);
            accepted++;
        } else {
            assert_true(strlen(why) > 10);
        }
    }
    assert_true(accepted > 100);
}

/* Every condition, and numbers of as many digits as there can be. */
static void the_longest_text_fits(void **state)
{
    static const char longest[] = "0x50 glitch-sda 99999999999ns at 4294967294.ack write times "
                                  "4294967293 probability 0.123456 seed 4294967293";
    char text[I2CTARGET_FAULT_TEXT_MAX];
    struct i2ctarget_fault fault = parse(longest);
    (void)state;
    i2ctarget_fault_print(&fault, text);
    assert_string_equal(text, longest);
}

static void a_struct_is_checked_as_a_text_is(void **state)
{
    static const struct i2ctarget_fault wrong[] = {
        {.kind = I2CTARGET_FAULT_KINDS, .address = 0x50},
        {.kind = I2CTARGET_FAULT_NACK, .address = 0x80},
        {.kind = I2CTARGET_FAULT_NACK, .address = 0x50, .direction = 3},
        {.kind = I2CTARGET_FAULT_NACK, .address = 0x50, .chance = 1000001},
        {.kind = I2CTARGET_FAULT_NACK, .address = 0x50, .byte = I2CTARGET_FAULT_IDLE},
        {.kind = I2CTARGET_FAULT_STRETCH, .address = 0x50, .byte = 1},
        {.kind = I2CTARGET_FAULT_FLIP, .address = 0x50, .byte = 1, .bit = 9},
        {.kind = I2CTARGET_FAULT_CLOCK, .address = 0x50},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char why[I2CTARGET_FAULT_WHY_MAX] = "";
        assert_false(i2ctarget_fault_check(&wrong[i], why));
        assert_true(strlen(why) > 10);
    }
}

static void all_kinds_have_a_name(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < I2CTARGET_FAULT_KINDS; kind++)
        assert_non_null(i2ctarget_fault_name(kind));
    assert_string_equal(i2ctarget_fault_name(I2CTARGET_FAULT_WRONG_PEC), "wrong-pec");
    assert_null(i2ctarget_fault_name(I2CTARGET_FAULT_KINDS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_and_written),
        cmocka_unit_test(fields_are_what_the_text_says),
        cmocka_unit_test(each_wrong_text_is_told_what_is_wrong),
        cmocka_unit_test(whatever_is_accepted_is_written_and_read_again),
        cmocka_unit_test(the_longest_text_fits),
        cmocka_unit_test(a_struct_is_checked_as_a_text_is),
        cmocka_unit_test(all_kinds_have_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
