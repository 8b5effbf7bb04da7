/* SPDX-License-Identifier: MIT */
/* Reads the trace back: a reader of the file must see what happened on the wires. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "line/controller_line.h"
#include "line/vcd.h"
#include "scripted.h"

/* ---- a reader -------------------------------------------------------------------------------- */

struct change {
    uint64_t tick;
    char name; /* 'S' for SCL, 'D' for SDA */
    bool level;
};

struct dump {
    char timescale[32];
    uint64_t cut_tick, uncut_tick; /* when idle_s last changed from 0, and back to 0 */
    char idle_s[32];               /* what it became */
    unsigned cuts;
    bool first_scl, first_sda;
    uint64_t first_tick, last_tick;
    struct change changes[4096];
    size_t count;
};

static char scl_code, sda_code, idle_code, freeing_code;

static void read_header_line(struct dump *dump, const char *line)
{
    char code;
    char name[16];
    if (sscanf(line, "$var wire 1 %c %15s $end", &code, name) == 2) {
        if (strcmp(name, "SCL") == 0)
            scl_code = code;
        if (strcmp(name, "SDA") == 0)
            sda_code = code;
        if (strcmp(name, "freeing_sda") == 0)
            freeing_code = code;
    }
    if (sscanf(line, "$var real 64 %c %15s $end", &code, name) == 2 && strcmp(name, "idle_s") == 0)
        idle_code = code;
    if (strncmp(line, "$timescale ", 11) == 0)
        sscanf(line, "$timescale %31[^$]", dump->timescale);
}

static void read_change(struct dump *dump, const char *line, bool initial)
{
    assert_true(line[1] == scl_code || line[1] == sda_code || line[1] == freeing_code);
    bool level = line[0] == '1';
    bool is_scl = line[1] == scl_code;
    if (initial && line[1] == freeing_code)
        assert_false(level);
    else if (initial && is_scl)
        dump->first_scl = level;
    else if (initial)
        dump->first_sda = level;
    else
        dump->changes[dump->count++] = (struct change){dump->last_tick,
                                                       is_scl                ? 'S'
                                                       : line[1] == sda_code ? 'D'
                                                                             : 'F',
                                                       level};
    assert_true(dump->count < sizeof dump->changes / sizeof *dump->changes);
}

static void read_idle(struct dump *dump, const char *line)
{
    char value[32];
    char code;
    assert_int_equal(sscanf(line, "r%31s %c", value, &code), 2);
    assert_true(code == idle_code);
    if (strcmp(value, "0") == 0) {
        dump->uncut_tick = dump->last_tick;
    } else {
        dump->cut_tick = dump->last_tick;
        memcpy(dump->idle_s, value, sizeof value);
        dump->cuts++;
    }
}

static void read_body_line(struct dump *dump, const char *line, bool *initial)
{
    if (line[0] == '#') {
        uint64_t tick = strtoull(line + 1, NULL, 10);
        assert_true(dump->first_tick == WIRES_NEVER || tick > dump->last_tick);
        if (dump->first_tick == WIRES_NEVER)
            dump->first_tick = tick;
        dump->last_tick = tick;
    } else if (line[0] == '0' || line[0] == '1') {
        read_change(dump, line, *initial);
    } else if (line[0] == 'r') {
        read_idle(dump, line);
    } else if (strncmp(line, "$dumpvars", 9) == 0) {
        *initial = true;
    } else {
        assert_string_equal(line, "$end\n");
        *initial = false;
    }
}

static struct dump *read_dump(const char *path)
{
    static struct dump dump;
    dump = (struct dump){.first_tick = WIRES_NEVER};
    scl_code = sda_code = idle_code = freeing_code = 0;
    char line[256];
    bool in_body = false;
    bool initial = false;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (in_body)
            read_body_line(&dump, line, &initial);
        else
            read_header_line(&dump, line);
        if (strncmp(line, "$enddefinitions", 15) == 0)
            in_body = true;
    }
    fclose(file);
    assert_true(in_body && scl_code && sda_code && idle_code);
    return &dump;
}

static void assert_changes(const struct dump *dump, const struct change *changes, size_t count)
{
    assert_int_equal(dump->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(dump->changes[i].tick, changes[i].tick);
        assert_int_equal(dump->changes[i].name, changes[i].name);
        assert_int_equal(dump->changes[i].level, changes[i].level);
    }
}

#define ASSERT_CHANGES(dump, ...)                            \
    assert_changes(dump, (const struct change[])__VA_ARGS__, \
                   sizeof((const struct change[])__VA_ARGS__) / sizeof(struct change))

/* ---- the bench ------------------------------------------------------------------------------- */

struct bench {
    char path[32];
    struct wires wires;
    struct scripted scripted;
    struct vcd vcd;
};

static int setup(void **state)
{
    static struct bench bench;
    bench = (struct bench){.path = "/tmp/test_vcd.XXXXXX"};
    int fd = mkstemp(bench.path);
    if (fd < 0)
        return -1;
    close(fd);
    i2ctarget_wires_init(&bench.wires);
    *state = &bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    return unlink(bench->path);
}

static void open_vcd(struct bench *bench, uint32_t tick_ns, uint64_t idle_limit_ns)
{
    assert_int_equal(
        i2ctarget_vcd_open(&bench->vcd, &bench->wires, bench->path, tick_ns, idle_limit_ns), 0);
}

static struct dump *close_at(struct bench *bench, uint64_t end_ns)
{
    i2ctarget_wires_pass(&bench->wires, end_ns);
    assert_int_equal(i2ctarget_vcd_close(&bench->vcd, &bench->wires), 0);
    return read_dump(bench->path);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void test_header_tells_timescale_and_first_levels(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{10, true, false}});
    i2ctarget_wires_pass(&bench->wires, 50);
    open_vcd(bench, 1, 0);
    struct dump *dump = close_at(bench, 60);
    assert_string_equal(dump->timescale, "1 ns ");
    assert_false(dump->first_scl);
    assert_true(dump->first_sda);
    assert_int_equal(dump->first_tick, 50);
    assert_int_equal(dump->last_tick, 60);
    assert_int_equal(dump->count, 0);
}

static void test_timescale_is_one_the_standard_allows(void **state)
{
    struct bench *bench = *state;
    static const struct {
        uint32_t tick_ns;
        const char *timescale;
    } cases[] = {{1, "1 ns "}, {10, "10 ns "}, {100, "100 ns "}, {1000, "1 us "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        open_vcd(bench, cases[i].tick_ns, 0);
        assert_string_equal(close_at(bench, 0)->timescale, cases[i].timescale);
    }
}

static void test_changes_are_read_back_at_their_time(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires,
                  {{100, false, true}, {200, true, true}, {350, true, false}, {351, false, false}});
    open_vcd(bench, 1, 0);
    struct dump *dump = close_at(bench, 1000);
    assert_true(dump->first_scl && dump->first_sda);
    ASSERT_CHANGES(dump,
                   {{100, 'D', false}, {200, 'S', false}, {350, 'D', true}, {351, 'S', true}});
    assert_int_equal(dump->last_tick, 1000);
}

static void test_ticks_are_rounded_down_and_never_shared(void **state)
{
    struct bench *bench = *state;
    /* 110 and 190 are in one tick, 250 in the tick that 190 was moved to, 399 in its own. */
    SCRIPTED_JOIN(&bench->scripted, &bench->wires,
                  {{110, true, false},
                   {190, false, false},
                   {250, true, false},
                   {399, false, false},
                   {1099, true, false},
                   {1100, true, true}});
    open_vcd(bench, 100, 0);
    struct dump *dump = close_at(bench, 2000);
    ASSERT_CHANGES(dump, {{1, 'S', false},
                          {2, 'S', true},
                          {3, 'S', false},
                          {4, 'S', true},
                          {10, 'S', false},
                          {11, 'D', false}});
    assert_int_equal(dump->last_tick, 20);
}

/* Ticks are written digit by digit: more digits, a carry through all of them, long gaps. */
static void test_ticks_have_the_right_digits(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires,
                  {{9, true, false},
                   {10, false, false},
                   {99, true, false},
                   {100, false, false},
                   {109, true, false},
                   {1999999, false, false},
                   {2000001, true, false},
                   {98765432109876, false, false},
                   {100000000000000, true, false}});
    open_vcd(bench, 1, 0);
    struct dump *dump = close_at(bench, 18446744073709551000u);
    ASSERT_CHANGES(dump, {{9, 'S', false},
                          {10, 'S', true},
                          {99, 'S', false},
                          {100, 'S', true},
                          {109, 'S', false},
                          {1999999, 'S', true},
                          {2000001, 'S', false},
                          {98765432109876, 'S', true},
                          {100000000000000, 'S', false}});
    assert_true(dump->last_tick == 18446744073709551000u);
}

/* More than is put together at once. */
static void test_a_long_trace_is_whole(void **state)
{
    enum { CHANGES = 2000 };
    struct bench *bench = *state;
    static struct scripted_pull pulls[CHANGES];
    for (unsigned i = 0; i < CHANGES; i++)
        pulls[i] = (struct scripted_pull){1000 + 7 * i, i % 2 == 0, false};
    scripted_join(&bench->scripted, &bench->wires, pulls, CHANGES);
    open_vcd(bench, 1, 0);
    struct dump *dump = close_at(bench, 20000);
    assert_int_equal(dump->count, CHANGES);
    for (unsigned i = 0; i < CHANGES; i++) {
        assert_int_equal(dump->changes[i].tick, pulls[i].at_ns);
        assert_int_equal(dump->changes[i].level, i % 2);
    }
}

static void test_what_happens_at_once_never_looks_like_start_or_stop(void **state)
{
    struct bench *bench = *state;
    /* Both fall, both rise, then SCL falls while SDA rises, and SCL rises while SDA falls. */
    SCRIPTED_JOIN(&bench->scripted, &bench->wires,
                  {{100, true, true},
                   {200, false, false},
                   {300, false, true},
                   {400, true, false},
                   {500, false, true}});
    open_vcd(bench, 1, 0);
    struct dump *dump = close_at(bench, 1000);
    ASSERT_CHANGES(dump, {{100, 'S', false},
                          {101, 'D', false},
                          {200, 'D', true},
                          {201, 'S', true},
                          {300, 'D', false},
                          {400, 'S', false},
                          {401, 'D', true},
                          {500, 'D', false},
                          {501, 'S', true}});
}

static void test_a_change_of_pulls_alone_is_none(void **state)
{
    struct bench *bench = *state;
    struct scripted other;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{100, true, false}, {300, false, false}});
    SCRIPTED_JOIN(&other, &bench->wires, {{200, true, false}, {400, false, false}});
    open_vcd(bench, 1, 0);
    ASSERT_CHANGES(close_at(bench, 1000), {{100, 'S', false}, {400, 'S', true}});
}

static void test_clocks_that_free_sda_are_marked(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{100, true, false}, {300, false, false}});
    open_vcd(bench, 1, 0);
    bench->wires.is_freeing = true;
    i2ctarget_wires_pass(&bench->wires, 200);
    bench->wires.is_freeing = false;
    ASSERT_CHANGES(close_at(bench, 1000),
                   {{100, 'S', false}, {101, 'F', true}, {300, 'S', true}, {301, 'F', false}});
}

static void test_idle_gaps_are_cut_and_tell_their_true_length(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires,
                  {{1000, false, true},
                   {2000, false, false},
                   {2500002000, false, true},
                   {2500003000, false, false}});
    open_vcd(bench, 100, 1000000);
    struct dump *dump = close_at(bench, 2500004000);
    ASSERT_CHANGES(dump,
                   {{10, 'D', false}, {20, 'D', true}, {10020, 'D', false}, {10030, 'D', true}});
    assert_int_equal(dump->cuts, 1);
    assert_string_equal(dump->idle_s, "2.500000000");
    assert_int_equal(dump->cut_tick, 20);
    assert_int_equal(dump->uncut_tick, 10020);
    assert_int_equal(dump->last_tick, 10040);
    assert_int_equal(bench->vcd.cut_ns, 2500000000 - 1000000);
}

/* Somebody pulls and lets go at the same moment. */
static void test_a_change_of_pulls_alone_ends_no_gap(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires,
                  {{1000, false, true},
                   {2000, false, false},
                   {1250002000, false, true},
                   {1250002000, false, false},
                   {2500002000, false, true}});
    open_vcd(bench, 100, 1000000);
    struct dump *dump = close_at(bench, 2500004000);
    ASSERT_CHANGES(dump, {{10, 'D', false}, {20, 'D', true}, {10020, 'D', false}});
    assert_int_equal(dump->cuts, 1);
    assert_string_equal(dump->idle_s, "2.500000000");
}

static void test_a_gap_of_just_the_limit_stays(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires,
                  {{1000000, false, true}, {1000100, false, false}, {2000200, false, true}});
    open_vcd(bench, 100, 1000000);
    struct dump *dump = close_at(bench, 2000300);
    assert_int_equal(dump->cuts, 1);
    assert_string_equal(dump->idle_s, "0.001000100");
    ASSERT_CHANGES(dump, {{10000, 'D', false}, {10001, 'D', true}, {20001, 'D', false}});
}

static void test_cuts_add_up(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires,
                  {{5000000, false, true}, {5000100, false, false}, {9000100, false, true}});
    open_vcd(bench, 100, 1000000);
    struct dump *dump = close_at(bench, 9000200);
    assert_int_equal(dump->cuts, 2);
    ASSERT_CHANGES(dump, {{10000, 'D', false}, {10001, 'D', true}, {20001, 'D', false}});
}

static void test_a_gap_counts_from_the_opening(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{5000000, false, true}});
    i2ctarget_wires_pass(&bench->wires, 4500000);
    open_vcd(bench, 100, 1000000);
    struct dump *dump = close_at(bench, 5000100);
    assert_int_equal(dump->cuts, 0);
    assert_int_equal(dump->first_tick, 45000);
    ASSERT_CHANGES(dump, {{50000, 'D', false}});
}

static void test_ticks_count_on_from_the_opening(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{4095, false, true}, {4103, false, false}});
    i2ctarget_wires_pass(&bench->wires, 4090);
    open_vcd(bench, 1, 0);
    struct dump *dump = close_at(bench, 4104);
    assert_int_equal(dump->first_tick, 4090);
    ASSERT_CHANGES(dump, {{4095, 'D', false}, {4103, 'D', true}});
}

static void test_the_idle_end_is_cut_too(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{1000, false, true}, {2000, false, false}});
    open_vcd(bench, 100, 1000000);
    struct dump *dump = close_at(bench, 3600000000000);
    assert_int_equal(dump->cuts, 1);
    assert_int_equal(dump->last_tick, 10020);
}

static void test_a_stretch_is_no_idle_gap(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires,
                  {{1000, true, false}, {50001000, false, true}, {100001000, false, false}});
    open_vcd(bench, 100, 1000000);
    struct dump *dump = close_at(bench, 100002000);
    assert_int_equal(dump->cuts, 0);
    ASSERT_CHANGES(
        dump, {{10, 'S', false}, {500010, 'D', false}, {500011, 'S', true}, {1000010, 'D', true}});
}

static void test_no_limit_cuts_nothing(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{3600000000000, false, true}});
    open_vcd(bench, 1000, 0);
    struct dump *dump = close_at(bench, 3600000001000);
    assert_int_equal(dump->cuts, 0);
    ASSERT_CHANGES(dump, {{3600000000, 'D', false}});
}

/* At a tick of a fifth of a bit (the bus server's at 1 MHz), an address can still be decoded. */
static void test_a_transfer_decodes_from_the_trace(void **state)
{
    struct bench *bench = *state;
    struct controller_line controller;
    struct controller_message message = {.address = 0x55};
    open_vcd(bench, 100, 0);
    i2ctarget_controller_line_init(&controller, &bench->wires, 1000000);
    i2ctarget_controller_line_start(&controller, &bench->wires, &message, 1);
    struct dump *dump = close_at(bench, 100000);
    unsigned bits = 0;
    unsigned clocks = 0;
    bool sda = true;
    for (size_t i = 0; i < dump->count; i++) {
        if (dump->changes[i].name == 'D')
            sda = dump->changes[i].level;
        else if (dump->changes[i].level && clocks++ < 9)
            bits = bits << 1 | sda;
    }
    assert_int_equal(clocks, 10);          /* the last one belongs to STOP */
    assert_int_equal(bits, 0x55 << 2 | 1); /* a write that no target acknowledges */
}

static void test_flush_brings_the_changes_to_the_file(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{100, false, true}});
    open_vcd(bench, 1, 0);
    i2ctarget_wires_pass(&bench->wires, 200);
    assert_int_equal(i2ctarget_vcd_flush(&bench->vcd), 0);
    ASSERT_CHANGES(read_dump(bench->path), {{100, 'D', false}});
    assert_int_equal(i2ctarget_vcd_close(&bench->vcd, &bench->wires), 0);
}

static void test_a_closed_trace_watches_no_more(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{100, false, true}, {300, false, false}});
    open_vcd(bench, 1, 0);
    assert_int_equal(close_at(bench, 200)->count, 1);
    assert_null(bench->wires.observers);
    i2ctarget_wires_pass(&bench->wires, 400);
    assert_int_equal(read_dump(bench->path)->count, 1);
}

static void test_a_file_that_can_not_be_made_is_an_error(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(i2ctarget_vcd_open(&bench->vcd, &bench->wires, "/nonexistent/x.vcd", 1, 0),
                     -ENOENT);
    assert_null(bench->wires.observers);
}

static void test_a_full_disk_is_an_error_at_once(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(i2ctarget_vcd_open(&bench->vcd, &bench->wires, "/dev/full", 1, 0), -ENOSPC);
    assert_null(bench->wires.observers);
}

/* The disk becomes full later.  A limit on the file's size simulates that. */
static struct rlimit no_limit;
static void (*no_limit_handler)(int);

static void disk_is_full(const struct bench *bench)
{
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &no_limit), 0);
    no_limit_handler = signal(SIGXFSZ, SIG_IGN);
    struct rlimit full = {.rlim_cur = (rlim_t)ftell(bench->vcd.file),
                          .rlim_max = no_limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
}

static void disk_has_room(void)
{
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &no_limit), 0);
    signal(SIGXFSZ, no_limit_handler);
}

static void trace_into_a_full_disk(struct bench *bench)
{
    static const struct scripted_pull pulls[] = {{100, false, true}, {300, false, false}};
    scripted_join(&bench->scripted, &bench->wires, pulls, 2);
    open_vcd(bench, 1, 0);
    disk_is_full(bench);
    i2ctarget_wires_pass(&bench->wires, 200);
    int flushed = i2ctarget_vcd_flush(&bench->vcd);
    disk_has_room();
    assert_int_equal(flushed, -EFBIG);
    i2ctarget_wires_pass(&bench->wires, 400);
}

static void test_after_an_error_nothing_more_is_written(void **state)
{
    struct bench *bench = *state;
    char text[4096] = "";
    trace_into_a_full_disk(bench);
    assert_int_equal(i2ctarget_vcd_close(&bench->vcd, &bench->wires), -EFBIG);
    FILE *file = fopen(bench->path, "r");
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_null(strstr(text, "#300"));
    assert_null(strstr(text, "#400"));
}

static void test_the_first_error_stays(void **state)
{
    struct bench *bench = *state;
    trace_into_a_full_disk(bench);
    assert_int_equal(i2ctarget_vcd_flush(&bench->vcd), -EFBIG);
    close(fileno(bench->vcd.file)); /* closing then fails, too, in another way */
    assert_int_equal(i2ctarget_vcd_close(&bench->vcd, &bench->wires), -EFBIG);
}

static void test_an_error_while_closing_is_told(void **state)
{
    struct bench *bench = *state;
    SCRIPTED_JOIN(&bench->scripted, &bench->wires, {{100, false, true}});
    open_vcd(bench, 1, 0);
    i2ctarget_wires_pass(&bench->wires, 200);
    disk_is_full(bench);
    int closed = i2ctarget_vcd_close(&bench->vcd, &bench->wires);
    disk_has_room();
    assert_int_equal(closed, -EFBIG);
}

/* stdio's buffer overflows while the disk is full, and there is room again when it is flushed. */
static void test_an_error_between_flushes_is_not_lost(void **state)
{
    struct bench *bench = *state;
    enum { PULLS = 4096 };
    static struct scripted_pull pulls[PULLS];
    for (unsigned i = 0; i < PULLS; i++)
        pulls[i] = (struct scripted_pull){100 * (i + 1), false, i % 2 == 0};
    scripted_join(&bench->scripted, &bench->wires, pulls, PULLS);
    open_vcd(bench, 1, 0);
    disk_is_full(bench);
    i2ctarget_wires_pass(&bench->wires, 100 * PULLS + 1);
    disk_has_room();
    assert_int_equal(i2ctarget_vcd_flush(&bench->vcd), -EFBIG);
    assert_int_equal(i2ctarget_vcd_close(&bench->vcd, &bench->wires), -EFBIG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_header_tells_timescale_and_first_levels),
        TEST(test_timescale_is_one_the_standard_allows),
        TEST(test_changes_are_read_back_at_their_time),
        TEST(test_ticks_are_rounded_down_and_never_shared),
        TEST(test_ticks_have_the_right_digits),
        TEST(test_a_long_trace_is_whole),
        TEST(test_what_happens_at_once_never_looks_like_start_or_stop),
        TEST(test_a_change_of_pulls_alone_is_none),
        TEST(test_clocks_that_free_sda_are_marked),
        TEST(test_idle_gaps_are_cut_and_tell_their_true_length),
        TEST(test_a_change_of_pulls_alone_ends_no_gap),
        TEST(test_a_gap_of_just_the_limit_stays),
        TEST(test_cuts_add_up),
        TEST(test_a_gap_counts_from_the_opening),
        TEST(test_ticks_count_on_from_the_opening),
        TEST(test_the_idle_end_is_cut_too),
        TEST(test_a_stretch_is_no_idle_gap),
        TEST(test_no_limit_cuts_nothing),
        TEST(test_a_transfer_decodes_from_the_trace),
        TEST(test_flush_brings_the_changes_to_the_file),
        TEST(test_a_closed_trace_watches_no_more),
        TEST(test_a_file_that_can_not_be_made_is_an_error),
        TEST(test_a_full_disk_is_an_error_at_once),
        TEST(test_after_an_error_nothing_more_is_written),
        TEST(test_the_first_error_stays),
        TEST(test_an_error_while_closing_is_told),
        TEST(test_an_error_between_flushes_is_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
