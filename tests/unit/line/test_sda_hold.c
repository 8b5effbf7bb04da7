/* SPDX-License-Identifier: MIT */
/* SDA in a low phase of SCL that is shorter than the target's hold time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/edge_log.h"
#include "support/line_player.h"
#include "support/puppet.h"

struct bench {
    struct wires wires;
    struct puppet puppet;
};

static struct bench bench;

static void open_bench(void)
{
    const struct line_driver_timing timing = {.filter_ns = 0, .hold_ns = 300, .setup_ns = 250};
    i2ctarget_wires_init(&bench.wires);
    puppet_join(&bench.puppet, &bench.wires, timing, false);
}

/*
 * The target is about to ACK 300 ns after SCL fell, but SCL is high again after 200.  SDA must not
 * fall now, because that would be a START (UM10204 §3.1.3).
 */
static void sda_that_is_late_does_not_move_under_a_high_scl(void **state)
{
    (void)state;
    open_bench();
    struct line_player player;
    line_player_open(&player, &bench.wires, 100000);
    struct edge_log log;
    edge_log_open(&log, &bench.wires);
    line_player_start(&player, &bench.wires, "S 80 ^ w200 ~ w4000 _ w5000 P");
    while (player.running)
        assert_true(i2ctarget_wires_step(&bench.wires, WIRES_NEVER));
    assert_int_equal(puppet_event(&bench.puppet, 0)->kind, I2CTARGET_ADDRESSED);
    unsigned short_low = edge_log_scl_edge(&log, false, 9),
             last_rise = edge_log_scl_edge(&log, true, 10);
    assert_true(short_low < last_rise && last_rise < log.count);
    for (unsigned i = short_low + 1; i <= last_rise; i++)
        assert_false(log.edges[i].sda != log.edges[i - 1].sda && log.edges[i].scl);
    edge_log_close(&log, &bench.wires);
    line_player_close(&player, &bench.wires);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sda_that_is_late_does_not_move_under_a_high_scl),
    };
    return cmocka_run_group_tests_name("sda_hold", tests, NULL, NULL);
}
