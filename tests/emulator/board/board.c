/* SPDX-License-Identifier: MIT */
#include "emulator/board/board.h"

#include <inttypes.h>

/* ---- running --------------------------------------------------------------------------------- */

/* Asked after everything that may have changed something: the clock, too. */
static bool goes_on(struct core *core)
{
    struct board *board = core->owner;
    uint32_t hz = board_chip.clock_hz();
    if (hz != core->setup.hz)
        core_set_clock(core, hz);
    board->has_ended = board->is_done && board->is_done(board);
    return !board->has_ended && board->alarm.wake_ns != WIRES_NEVER;
}

bool board_run_until(struct board *board, bool (*is_done)(struct board *board), uint64_t most_ns)
{
    board->is_done = is_done;
    board->has_ended = false;
    board->trouble[0] = 0;
    board->alarm.wake_ns = board->wires.now_ns + most_ns;
    core_look_again(board->core); /* at what was planned since the last run */
    const char *why = core_run(board->core);
    board->alarm.wake_ns = WIRES_NEVER;
    if (!board->has_ended)
        snprintf(board->trouble, sizeof board->trouble, "%s at %08" PRIx32,
                 why ? why : "it takes too long", core_serving(board->core)->pc);
    return board->has_ended;
}

void board_run(struct board *board, uint64_t ns)
{
    board_run_until(board, NULL, ns);
}

bool board_is_asleep(struct board *board)
{
    return core_serving(board->core)->is_asleep;
}

bool board_listens(struct board *board)
{
    enum { START_NS = 10000000 };
    return board->watches ? board->wires.now_ns >= START_NS : board_is_asleep(board);
}

/* Its coming alone ends a run: goes_on() sees that it has none to wait for. */
static void on_alarm(struct wires_participant *self, struct wires *wires)
{
    (void)self;
    (void)wires;
}

/* ---- controllers ----------------------------------------------------------------------------- */

static bool is_over(struct board *board)
{
    return !i2ctarget_controller_line_busy(&board->controller);
}

enum controller_result board_transfer(struct board *board, struct controller_message *messages,
                                      size_t count)
{
    enum { MOST_NS = 100000000 };
    i2ctarget_controller_line_start(&board->controller, &board->wires, messages, count);
    board_run_until(board, is_over, MOST_NS);
    return board->controller.result;
}

const char *board_result_name(enum controller_result result)
{
    static const char *const names[] = {
        [CONTROLLER_DONE] = "done",
        [CONTROLLER_RUNNING] = "running",
        [CONTROLLER_ADDRESS_NACK] = "address NACK",
        [CONTROLLER_DATA_NACK] = "data NACK",
        [CONTROLLER_ARBITRATION_LOST] = "arbitration lost",
        [CONTROLLER_BAD_LENGTH] = "bad length",
        [CONTROLLER_ABORTED] = "aborted",
    };
    return names[result];
}

static bool is_hand_done(struct board *board)
{
    return !board->hand.busy;
}

static void run_hand(struct board *board)
{
    enum { MOST_S = 2 };
    board_run_until(board, is_hand_done, UINT64_C(1000000000) * MOST_S);
}

void board_hand_start(struct board *board)
{
    hand_start(&board->hand, &board->wires);
    run_hand(board);
}

void board_hand_stop(struct board *board)
{
    hand_stop(&board->hand, &board->wires);
    run_hand(board);
}

bool board_hand_clock(struct board *board, bool bit)
{
    hand_clock(&board->hand, &board->wires, bit);
    run_hand(board);
    return board->hand.sampled;
}

bool board_hand_write(struct board *board, uint8_t byte)
{
    for (int bit = 7; bit >= 0; bit--)
        board_hand_clock(board, byte >> bit & 1);
    return !board_hand_clock(board, true);
}

uint8_t board_hand_read_bits(struct board *board)
{
    unsigned byte = 0;
    for (int bit = 0; bit < 8; bit++)
        byte = byte << 1 | board_hand_clock(board, true);
    return (uint8_t)byte;
}

/* ---- coming and going ------------------------------------------------------------------------ */

static bool fail(struct board *board, const char *what)
{
    snprintf(board->trouble, sizeof board->trouble, "%s", what);
    return false;
}

static void connect(struct board *board, const struct wires_participant *pads, uint32_t scl_hz)
{
    board->alarm = (struct wires_participant){
        .step = on_alarm, .wake_ns = WIRES_NEVER, .ignores = WIRES_ALL_EDGES};
    i2ctarget_wires_join(&board->wires, &board->alarm);
    i2ctarget_controller_line_init(&board->controller, &board->wires, scl_hz);
    hand_init(&board->hand, &board->wires, scl_hz);
    i2ctarget_checker_init(&board->checker, &board->wires, scl_hz, 0);
    i2ctarget_checker_watch(&board->checker, pads, true);
}

bool board_init(struct board *board, const char *image, int scl, int sda, uint32_t scl_hz)
{
    const struct wires_participant *pads = NULL;
    *board = (struct board){.is_done = NULL};
    if (scl < 0 || sda < 0 || scl == sda)
        return fail(board, "the chip has no such pins");
    i2ctarget_wires_init(&board->wires);
    board->core = board_chip.power_on(&board->wires, (unsigned)scl, (unsigned)sda, &pads);
    if (!board->core)
        return fail(board, "there is no memory for it");
    board->core->owner = board;
    board->core->goes_on = goes_on;
    connect(board, pads, scl_hz);
    const char *trouble = board_chip.start(board->core, image);
    return !trouble || fail(board, trouble);
}

int board_trace(struct board *board, const char *path)
{
    enum { TICK_NS = 10, IDLE_NS = 1000000 };
    int status = i2ctarget_vcd_open(&board->vcd, &board->wires, path, TICK_NS, IDLE_NS);
    board->has_trace = status == 0;
    return status;
}

void board_free(struct board *board)
{
    if (board->has_trace)
        i2ctarget_vcd_close(&board->vcd, &board->wires);
    if (board->core)
        core_free(board->core);
}
