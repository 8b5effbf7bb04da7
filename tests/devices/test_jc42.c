/* SPDX-License-Identifier: MIT */
/* The thermometer of memory modules: registers, alarms with hysteresis, EVENT, locks. */
#include "devices/stage.h"
#include "i2ctarget/devices/jc42.h"

enum { AT = 0x1B };
enum { CONFIGURATION = 1, UPPER, LOWER, CRITICAL, TEMPERATURE };

static struct i2ctarget_jc42 jc42;

static void present(void **state)
{
    i2ctarget_jc42_init(&jc42);
    put_on_stage(state, &jc42.device, AT, 1);
}

static void set(uint8_t pointer, unsigned word)
{
    assert_int_equal(WRITE(AT, pointer, (uint8_t)(word >> 8), (uint8_t)word), 3);
}

static unsigned get(uint8_t pointer)
{
    uint8_t got[2] = {0};
    assert_true(stage_fetch(AT, &pointer, 1, got, 2));
    return (unsigned)(got[0] << 8 | got[1]);
}

/* Degrees, as a limit has them. */
static unsigned word(int celsius)
{
    return (unsigned)(celsius * 16) & 0x1FFF;
}

/* With a window of 20 to 40 degrees and a critical limit of 60. */
static void present_window(void **state, unsigned configuration)
{
    present(state);
    set(UPPER, word(40));
    set(LOWER, word(20));
    set(CRITICAL, word(60));
    set(CONFIGURATION, configuration);
    i2ctarget_jc42_convert(&jc42, 30000);
}

static unsigned alarms_at(int celsius)
{
    i2ctarget_jc42_convert(&jc42, celsius * 1000);
    return get(TEMPERATURE) >> 13;
}

static void at_power_up(void **state)
{
    present(state);
    assert_int_equal(get(0), 0x00F7);
    for (uint8_t pointer = 1; pointer < 6; pointer++)
        assert_int_equal(get(pointer), 0);
    assert_int_equal(get(6), 0x1114);
    assert_int_equal(get(7), 0x2200);
    assert_int_equal(get(8), 0);
    assert_int_equal(get(0xFF), 0);
    assert_false(i2ctarget_jc42_event_is_active(&jc42));
    assert_true(i2ctarget_jc42_event_pin(&jc42));
}

static void temperatures(void **state)
{
    static const struct {
        int32_t millicelsius;
        unsigned word;
    } rows[] = {{0, 0x0000},      {125, 0x0002},    {124, 0x0000},    {-1, 0x1FFE},
                {-125, 0x1FFE},   {-126, 0x1FFC},   {25500, 0x0198},  {-10000, 0x1F60},
                {125000, 0x07D0}, {130000, 0x07D0}, {-40000, 0x1D80}, {-41000, 0x1D80}};
    present_window(state, 0);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        i2ctarget_jc42_convert(&jc42, rows[i].millicelsius);
        assert_int_equal(get(TEMPERATURE) & 0x1FFF, rows[i].word);
    }
}

static void limits_have_quarters_of_a_degree(void **state)
{
    present(state);
    for (uint8_t pointer = UPPER; pointer <= CRITICAL; pointer++) {
        set(pointer, 0xFFFF);
        assert_int_equal(get(pointer), 0x1FFC);
    }
    static const uint8_t read_only[] = {0, TEMPERATURE, 6, 7};
    for (unsigned i = 0; i < sizeof read_only; i++) {
        unsigned before = get(read_only[i]);
        set(read_only[i], ~before);
        assert_int_equal(get(read_only[i]), before);
    }
}

static void a_limit_takes_effect_with_its_second_byte(void **state)
{
    uint8_t got[5];
    present(state);
    set(UPPER, 0x0100);
    assert_int_equal(WRITE(AT, UPPER, 0x05), 2);
    ASSERT_READ(AT, 0x01, 0x00, 0x01); /* and the pointer stays */
    assert_int_equal(WRITE(AT, UPPER, 0x01, 0x10, 0x02, 0x20), 5);
    assert_int_equal(stage_read(AT, got, 5), 5);
    assert_memory_equal(got, "\x02\x20\x02\x20\x02", 5);
}

static void alarms(void **state)
{
    present_window(state, 0);
    assert_int_equal(alarms_at(40), 0);
    assert_int_equal(alarms_at(41), 2);
    assert_int_equal(alarms_at(40), 0);
    assert_int_equal(alarms_at(59), 2);
    assert_int_equal(alarms_at(60), 6);
    assert_int_equal(alarms_at(59), 2);
    assert_int_equal(alarms_at(20), 0);
    assert_int_equal(alarms_at(19), 1);
    assert_int_equal(alarms_at(-40), 1);
}

static void hysteresis_applies_where_it_falls(void **state)
{
    present_window(state, 2 << 9); /* 3 degrees */
    assert_int_equal(alarms_at(41), 2);
    assert_int_equal(alarms_at(38), 2);
    assert_int_equal(alarms_at(37), 0);
    assert_int_equal(alarms_at(40), 0);
    assert_int_equal(alarms_at(60), 6);
    assert_int_equal(alarms_at(57), 6);
    assert_int_equal(alarms_at(56), 2);
    assert_int_equal(alarms_at(17), 0);
    assert_int_equal(alarms_at(16), 1);
    assert_int_equal(alarms_at(19), 1);
    assert_int_equal(alarms_at(20), 0);
}

static bool event_at(int celsius)
{
    i2ctarget_jc42_convert(&jc42, celsius * 1000);
    bool is_active = i2ctarget_jc42_event_is_active(&jc42);
    assert_true(((get(CONFIGURATION) & 0x10) != 0) == is_active);
    return is_active;
}

static void event_in_comparator_mode(void **state)
{
    present_window(state, 0x008);
    assert_false(event_at(30));
    assert_true(event_at(41));
    assert_false(i2ctarget_jc42_event_pin(&jc42));
    assert_false(event_at(39));
    assert_true(event_at(10));
    set(CONFIGURATION, 0x00C); /* the critical alarm only */
    assert_false(event_at(50));
    assert_true(event_at(60));
    set(CONFIGURATION, 0x000);
    assert_false(event_at(60));
    set(CONFIGURATION, 0x10A); /* shutdown, active high */
    assert_false(event_at(60));
    assert_false(i2ctarget_jc42_event_pin(&jc42));
    set(CONFIGURATION, 0x00A);
    assert_true(event_at(60));
    assert_true(i2ctarget_jc42_event_pin(&jc42));
}

static void event_in_interrupt_mode(void **state)
{
    present_window(state, 0x009);
    assert_false(event_at(30));
    assert_true(event_at(41));
    assert_true(event_at(30)); /* until it is cleared */
    set(CONFIGURATION, 0x029);
    assert_int_equal(get(CONFIGURATION), 0x009); /* the bit clears itself */
    assert_false(event_at(30));
    assert_true(event_at(10));
    set(CONFIGURATION, 0x029);
    assert_false(event_at(10));
    assert_true(event_at(30)); /* back in the window */
    set(CONFIGURATION, 0x029);
    assert_true(event_at(60)); /* out, and critical … */
    set(CONFIGURATION, 0x029);
    assert_true(event_at(60)); /* … which can not be cleared */
    assert_false(event_at(50));
}

static void shutdown_keeps_the_temperature(void **state)
{
    present_window(state, 0x100);
    i2ctarget_jc42_convert(&jc42, 90000);
    assert_int_equal(get(TEMPERATURE), 0); /* not even the first */
    set(CONFIGURATION, 0);
    i2ctarget_jc42_convert(&jc42, 30000);
    assert_int_equal(get(TEMPERATURE), word(30));
}

static void locks(void **state)
{
    present_window(state, 0x048); /* the window */
    set(UPPER, word(50));
    set(LOWER, word(0));
    set(CRITICAL, word(70));
    assert_int_equal(get(UPPER), word(40));
    assert_int_equal(get(LOWER), word(20));
    assert_int_equal(get(CRITICAL), word(70));
    set(CONFIGURATION, 0x781); /* nothing but the other lock */
    assert_int_equal(get(CONFIGURATION), 0x0C8);
    set(CRITICAL, word(80));
    assert_int_equal(get(CRITICAL), word(70));
    set(CONFIGURATION, 0);
    assert_int_equal(get(CONFIGURATION), 0x0C8);
}

/* MCP98244, configuration register: bit 8 can not be set under a lock, but cleared. */
static void shutdown_can_be_ended_under_a_lock(void **state)
{
    present_window(state, 0x148);
    set(CONFIGURATION, 0x14A);
    assert_int_equal(get(CONFIGURATION), 0x148);
    set(CONFIGURATION, 0x04A);
    assert_int_equal(get(CONFIGURATION), 0x048);
    i2ctarget_jc42_convert(&jc42, 30000);
    assert_int_equal(get(TEMPERATURE), word(30));
    set(CONFIGURATION, 0x148);
    assert_int_equal(get(CONFIGURATION), 0x048);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_STAGES(at_power_up),
        ON_STAGES(temperatures),
        ON_STAGES(limits_have_quarters_of_a_degree),
        ON_STAGES(a_limit_takes_effect_with_its_second_byte),
        ON_STAGES(alarms),
        ON_STAGES(hysteresis_applies_where_it_falls),
        ON_STAGES(event_in_comparator_mode),
        ON_STAGES(event_in_interrupt_mode),
        ON_STAGES(shutdown_keeps_the_temperature),
        ON_STAGES(locks),
        ON_STAGES(shutdown_can_be_ended_under_a_lock),
    };
    return cmocka_run_group_tests_name("jc42", tests, NULL, NULL);
}
