/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/line_player.h"

enum move {
    SCL_LOW,
    SCL_RELEASE,
    SDA_LOW,
    SDA_RELEASE,
    WAIT,       /* ns */
    AWAIT_HIGH, /* SCL */
    EXPECT,     /* SDA is `value` */
    SHIFT_IN,   /* a bit of R; value 1: the last one */
    STRETCHING, /* value 1: keep to stretching */
};

enum { SPIKE_NS = 50 };

/* ---- script to moves ------------------------------------------------------------------------- */

static void add(struct line_player *player, enum move kind, unsigned value, uint32_t ns)
{
    if (player->count == LINE_PLAYER_MOVES_MAX) {
        fputs("line_player: script too long\n", stderr);
        abort();
    }
    player->moves[player->count++] = (struct line_move){
        .kind = (uint8_t)kind, .value = (uint8_t)value, .word = (uint16_t)player->word, .ns = ns};
}

static void add_scl(struct line_player *player, bool low)
{
    player->scl_low = low;
    add(player, low ? SCL_LOW : SCL_RELEASE, 0, 0);
}

static void add_sda(struct line_player *player, bool low)
{
    player->sda_low = low;
    add(player, low ? SDA_LOW : SDA_RELEASE, 0, 0);
}

static void add_rise(struct line_player *player)
{
    add_scl(player, false);
    add(player, AWAIT_HIGH, 0, 0);
}

/* SCL is low, then rises after SDA has its level. */
static void add_low_phase(struct line_player *player, bool sda_low)
{
    uint32_t data_ns = player->low_ns / 4;
    if (!player->scl_low)
        add_scl(player, true);
    add(player, WAIT, 0, data_ns);
    add_sda(player, sda_low);
    add(player, WAIT, 0, player->low_ns - data_ns);
    add_rise(player);
}

static void add_clock(struct line_player *player, bool bit, enum move look, unsigned value)
{
    add_low_phase(player, !bit);
    add(player, WAIT, 0, player->high_ns);
    if (look != WAIT)
        add(player, look, value, 0);
    add_scl(player, true);
}

static void add_start(struct line_player *player, bool pull_scl)
{
    if (player->scl_low) {
        add_low_phase(player, false);
        add(player, WAIT, 0, player->timing->restart_setup_ns);
    } else {
        add(player, WAIT, 0, player->timing->free_ns);
    }
    add_sda(player, true);
    add(player, WAIT, 0, player->timing->start_hold_ns);
    if (pull_scl)
        add_scl(player, true);
}

static void add_stop(struct line_player *player)
{
    if (player->scl_low)
        add_low_phase(player, true);
    add(player, WAIT, 0, player->timing->stop_setup_ns);
    add_sda(player, false);
}

static void add_read_byte(struct line_player *player)
{
    for (unsigned i = 0; i < 8; i++)
        add_clock(player, true, SHIFT_IN, i == 7);
}

static void add_bits(struct line_player *player, const char *bits)
{
    for (; *bits; bits++)
        add_clock(player, *bits == '1', WAIT, 0);
}

static void add_byte(struct line_player *player, unsigned byte)
{
    for (unsigned i = 0; i < 8; i++)
        add_clock(player, byte << i & 0x80, WAIT, 0);
}

static void add_spike(struct line_player *player, const char *word)
{
    uint32_t ns = (uint32_t)strtoul(word + 2, NULL, 10);
    bool on_scl = word[1] == 'c', was_low = on_scl ? player->scl_low : player->sda_low;
    add(player, on_scl ? (was_low ? SCL_RELEASE : SCL_LOW) : (was_low ? SDA_RELEASE : SDA_LOW), 0,
        0);
    add(player, WAIT, 0, ns);
    add(player, on_scl ? (was_low ? SCL_LOW : SCL_RELEASE) : (was_low ? SDA_LOW : SDA_RELEASE), 0,
        0);
}

static bool is_byte(const char *word)
{
    return strlen(word) == 2 && isxdigit((unsigned char)word[0]) &&
           isxdigit((unsigned char)word[1]);
}

static bool add_one_letter(struct line_player *player, char letter)
{
    switch (letter) {
    case 'S':
    case 's':
        add_start(player, letter == 'S');
        return true;
    case 'P':
        add_stop(player);
        return true;
    case 'A':
    case 'N':
        add_clock(player, true, EXPECT, letter == 'N');
        return true;
    case 'a':
    case 'n':
        add_clock(player, letter == 'n', WAIT, 0);
        return true;
    case 'R':
        add_read_byte(player);
        return true;
    case '_':
    case '~':
        add_scl(player, letter == '_');
        return true;
    case 'v':
    case '^':
        add_sda(player, letter == 'v');
        return true;
    case 'h':
        add(player, AWAIT_HIGH, 0, 0);
        return true;
    case 'i':
    case 'k':
        add(player, STRETCHING, letter == 'k', 0);
        return true;
    case 'm':
        player->low_ns = player->timing->low_ns;
        player->high_ns = player->timing->high_ns;
        return true;
    case 'x':
        add_scl(player, false);
        add_sda(player, false);
        return true;
    default:
        return false;
    }
}

static void add_word(struct line_player *player, const char *word)
{
    if (is_byte(word)) {
        add_byte(player, (unsigned)strtoul(word, NULL, 16));
    } else if (word[0] == ':') {
        add_bits(player, word + 1);
    } else if (word[0] == '!' && (word[1] == 'c' || word[1] == 'd')) {
        add_spike(player, word);
    } else if ((word[0] == 'w' || word[0] == 'W') && isdigit((unsigned char)word[1])) {
        add(player, WAIT, 0, (uint32_t)strtoul(word + 1, NULL, 10) * (word[0] == 'W' ? 1000u : 1u));
    } else if (word[1] || !add_one_letter(player, word[0])) {
        fprintf(stderr, "line_player: no such word: %s\n", word);
        abort();
    }
}

static void add_script(struct line_player *player, const char *script)
{
    int used;
    char word[80];
    for (player->word = 1; sscanf(script, " %79s%n", word, &used) == 1;
         player->word++, script += used)
        add_word(player, word);
}

/* ---- moves to levels ------------------------------------------------------------------------- */

static void pull(struct line_player *player, struct wires *wires, enum move move)
{
    struct line_pulls pulls = player->participant.pulls;
    if (move == SCL_LOW || move == SCL_RELEASE)
        pulls.scl_low = move == SCL_LOW;
    else
        pulls.sda_low = move == SDA_LOW;
    i2ctarget_wires_pull(wires, &player->participant, pulls);
}

static void watch_sda(struct line_player *player, const struct wires *wires)
{
    if (wires->sda == player->sda)
        return;
    if (wires->now_ns - player->sda_since_ns > SPIKE_NS)
        player->sda_before = player->sda;
    player->sda = wires->sda;
    player->sda_since_ns = wires->now_ns;
}

static bool filtered_sda(const struct line_player *player, const struct wires *wires)
{
    return wires->now_ns - player->sda_since_ns > SPIKE_NS ? player->sda : player->sda_before;
}

static void expect(struct line_player *player, const struct wires *wires,
                   const struct line_move *move)
{
    bool sda = filtered_sda(player, wires);
    if (sda != (move->value != 0) && !player->error[0])
        snprintf(player->error, sizeof player->error, "word %u: SDA is %s, at %llu ns", move->word,
                 sda ? "high" : "low", (unsigned long long)wires->now_ns);
}

static void shift_in(struct line_player *player, const struct wires *wires, bool last)
{
    player->shift = (uint8_t)(player->shift << 1 | filtered_sda(player, wires));
    if (last && player->byte_count < LINE_PLAYER_BYTES_MAX)
        player->bytes[player->byte_count++] = player->shift;
}

/* False: the move is not over yet. */
static bool make_move(struct line_player *player, struct wires *wires, const struct line_move *move)
{
    switch ((enum move)move->kind) {
    case WAIT:
        if (player->due_ns == WIRES_NEVER)
            player->due_ns = wires->now_ns + move->ns;
        return wires->now_ns >= player->due_ns;
    case AWAIT_HIGH:
        return wires->scl || player->ignore_stretch;
    case EXPECT:
        expect(player, wires, move);
        return true;
    case SHIFT_IN:
        shift_in(player, wires, move->value);
        return true;
    case STRETCHING:
        player->ignore_stretch = !move->value;
        return true;
    default:
        pull(player, wires, (enum move)move->kind);
        return true;
    }
}

/*
 * A pull takes effect when the step is over.  So a move that samples the level comes in a step of
 * its own.
 */
static bool must_settle(const struct line_move *made)
{
    return made->kind <= SDA_RELEASE;
}

static void step(struct wires_participant *self, struct wires *wires)
{
    struct line_player *player = (struct line_player *)self;
    watch_sda(player, wires);
    while (player->running) {
        const struct line_move *move = &player->moves[player->at];
        if (player->at == player->count) {
            player->running = false;
            break;
        }
        if (!make_move(player, wires, move)) {
            player->participant.wake_ns = player->due_ns;
            return;
        }
        player->due_ns = WIRES_NEVER;
        player->at++;
        if (must_settle(move)) {
            player->participant.wake_ns = wires->now_ns;
            return;
        }
    }
}

void line_player_open(struct line_player *player, struct wires *wires, uint32_t scl_hz)
{
    const struct bus_timing *timing = i2ctarget_bus_timing_for(scl_hz);
    uint32_t period_ns = 1000000000u / scl_hz, least_ns = timing->low_ns + timing->high_ns;
    uint32_t spare_ns = period_ns > least_ns ? period_ns - least_ns : 0;
    *player = (struct line_player){.participant = {.step = step, .wake_ns = WIRES_NEVER},
                                   .timing = timing,
                                   .bus_low_ns = timing->low_ns + spare_ns / 2,
                                   .bus_high_ns = timing->high_ns + spare_ns / 2,
                                   .moves = malloc(LINE_PLAYER_MOVES_MAX * sizeof *player->moves),
                                   .due_ns = WIRES_NEVER,
                                   .sda = wires->sda,
                                   .sda_before = wires->sda};
    if (!player->moves)
        abort();
    i2ctarget_wires_join(wires, &player->participant);
}

void line_player_close(struct line_player *player, struct wires *wires)
{
    i2ctarget_wires_leave(wires, &player->participant);
    free(player->moves);
    player->moves = NULL;
}

void line_player_start(struct line_player *player, struct wires *wires, const char *script)
{
    player->count = player->at = 0;
    player->byte_count = 0;
    player->error[0] = 0;
    player->low_ns = player->bus_low_ns;
    player->high_ns = player->bus_high_ns;
    player->due_ns = WIRES_NEVER;
    player->scl_low = player->participant.pulls.scl_low;
    player->sda_low = player->participant.pulls.sda_low;
    add_script(player, script);
    player->running = true;
    player->participant.wake_ns = wires->now_ns;
}
