/* SPDX-License-Identifier: MIT */
#include "emulator/board/probe.h"

#include <inttypes.h>

enum { TARGET = 0x40, FIRST = 0x08, LAST = 0x77 };

/* ---- i2c-tools ------------------------------------------------------------------------------- */

/* As `i2cget` does it; -1: not so. */
static int get(struct board *board, uint8_t number)
{
    uint8_t value = 0;
    struct controller_message messages[] = {
        {.address = TARGET, .length = 1, .buffer = &number},
        {.address = TARGET, .flags = CONTROLLER_READ, .length = 1, .buffer = &value},
    };
    return board_transfer(board, messages, 2) == CONTROLLER_DONE ? value : -1;
}

static enum controller_result set(struct board *board, uint8_t number, uint8_t value)
{
    uint8_t bytes[] = {number, value};
    struct controller_message message = {.address = TARGET, .length = 2, .buffer = bytes};
    return board_transfer(board, &message, 1);
}

/* How many of the 16 registers hold what was written before into all of them. */
static unsigned count_right(struct board *board)
{
    enum { REGISTERS = 16 };
    unsigned right = 0;
    for (uint8_t number = 0; number < REGISTERS; number++)
        set(board, number, (uint8_t)(number * 17 ^ 0x5A));
    for (uint8_t number = 0; number < REGISTERS; number++)
        right += get(board, number) == (number * 17 ^ 0x5A);
    return right;
}

/* A quick write, or a read of one byte where that could harm an EEPROM or a clock chip. */
static enum controller_result detect(struct board *board, uint8_t address, uint64_t *stretch_ns)
{
    uint8_t byte;
    bool reads = (address >= 0x30 && address <= 0x37) || (address >= 0x50 && address <= 0x5F);
    struct controller_message message = {
        .address = address, .flags = reads ? CONTROLLER_READ : 0, .length = reads, .buffer = &byte};
    enum controller_result result = board_transfer(board, &message, 1);
    *stretch_ns = message.stretch_ns;
    return result;
}

static bool is_acknowledged(struct board *board, uint8_t address)
{
    struct controller_message message = {.address = address};
    return board_transfer(board, &message, 1) == CONTROLLER_DONE;
}

/*
 * Messages after pauses of every length: behind one for us, and behind one for nobody.  How many of
 * those for us were not acknowledged?
 */
static unsigned count_missed(struct board *board, unsigned *false_count)
{
    enum { STEP_NS = 300, MOST_NS = 27000, STRANGER = 0x45 };
    unsigned missed = 0;
    for (uint64_t pause_ns = 0; pause_ns < MOST_NS; pause_ns += STEP_NS) {
        board_run(board, pause_ns);
        missed += !is_acknowledged(board, TARGET);
        board_run(board, pause_ns);
        *false_count += is_acknowledged(board, STRANGER);
        board_run(board, pause_ns);
        missed += !is_acknowledged(board, TARGET);
    }
    return missed;
}

/* ---- report ---------------------------------------------------------------------------------- */

static void detect_all(struct board *board, FILE *file)
{
    unsigned others = 0;
    uint64_t stretch_ns = 0, strangers_ns = 0;
    const char *comma = "";
    fprintf(file, "\"found\": [");
    for (uint8_t address = FIRST; address <= LAST; address++) {
        enum controller_result result = detect(board, address, &stretch_ns);
        if (result == CONTROLLER_ADDRESS_NACK && stretch_ns > strangers_ns)
            strangers_ns = stretch_ns;
        others += result != CONTROLLER_DONE && result != CONTROLLER_ADDRESS_NACK;
        if (result != CONTROLLER_DONE)
            continue;
        fprintf(file, "%s%u", comma, address);
        comma = ", ";
    }
    fprintf(file, "], \"unclear\": %u, \"strangersStretchNs\": %" PRIu64 ", ", others,
            strangers_ns);
}

static void report_findings(FILE *file)
{
    char text[128];
    fprintf(file, "\"findings\": [");
    for (unsigned i = 0; i < board_chip.finding_count(); i++) {
        board_chip.finding(i, text, sizeof text);
        fprintf(file, "%s\"%s\"", i ? ", " : "", text);
    }
    fprintf(file, "], ");
}

static void report_violations(const struct board *board, FILE *file)
{
    fprintf(file, "\"violations\": [");
    for (unsigned i = 0; i < board->checker.violation_count && i < CHECKER_VIOLATIONS_MAX; i++) {
        const struct checker_violation *violation = &board->checker.violations[i];
        fprintf(file, "%s\"%s at %" PRIu64 " ns\"", i ? ", " : "",
                i2ctarget_checker_rule_name(violation->rule), violation->at_ns);
    }
    fprintf(file, "], ");
}

/* What the core that does not serve the bus has done since then, from these on. */
static void report_other_core(const struct board *board, uint64_t before, uint64_t before_ns,
                              FILE *file)
{
    if (core_serving(board->core) != board->core)
        fprintf(file, ", \"otherCore\": {\"instructions\": %" PRIu64 ", \"ns\": %" PRIu64 "}",
                board->core->instructions - before, board->wires.now_ns - before_ns);
}

static bool is_listening(struct board *board, FILE *file)
{
    enum { MOST_NS = 20000000 };
    if (!board_run_until(board, board_listens, MOST_NS)) {
        fprintf(file, "{\"error\": \"it does not listen: %s\"}\n", board->trouble);
        return false;
    }
    fprintf(file, "{\"listening\": {\"hz\": %" PRIu32 ", \"ns\": %" PRIu64 ", \"violations\": %u, ",
            board->core->setup.hz, board->wires.now_ns, board->checker.violation_count);
    board_chip.report_pins(file);
    fprintf(file, "}, ");
    return true;
}

bool probe(struct board *board, FILE *file)
{
    if (!is_listening(board, file))
        return false;
    uint64_t instructions = board->core->instructions, ns = board->wires.now_ns;
    edges_watch(&board->edges, board);
    int before = get(board, 1);
    enum controller_result result = set(board, 1, 0xAA);
    int after = get(board, 1);
    fprintf(file, "\"before\": %d, \"set\": \"%s\", \"after\": %d, ", before,
            board_result_name(result), after);
    fprintf(file, "\"registers\": %u, ", count_right(board));
    unsigned false_count = 0, missed = count_missed(board, &false_count);
    fprintf(file, "\"missed\": %u, \"falselyAcknowledged\": %u, ", missed, false_count);
    detect_all(board, file);
    report_findings(file);
    report_violations(board, file);
    board_chip.report_pins(file);
    report_other_core(board, instructions, ns, file);
    edges_report(&board->edges, file);
    fprintf(file,
            ", \"faults\": %u, \"longestHandler\": %" PRIu64 ", \"longestStretchNs\": %" PRIu64
            ", \"trouble\": \"%s\"}\n",
            core_faults(board->core), core_serving(board->core)->longest_interrupt,
            board->checker.longest_stretch_ns, board->trouble);
    return true;
}
