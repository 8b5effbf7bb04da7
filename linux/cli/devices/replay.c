/* SPDX-License-Identifier: MIT */
/* `i2ctarget device replay`: the targets of a bus that was recorded (docs/RECORD.md). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/devices/model.h"
#include "cli/replay/by_register.h"
#include "cli/replay/strict.h"

enum { RECORD = MODEL_OPTION, BY_REGISTER, LOOP, SCL, SDA };
enum { ADDRESS_MIN = 0x08, ADDRESS_MAX = 0x77 };

static const struct option options[] = {
    {"record", required_argument, NULL, RECORD}, {"by-register", no_argument, NULL, BY_REGISTER},
    {"loop", no_argument, NULL, LOOP},           {"scl", required_argument, NULL, SCL},
    {"sda", required_argument, NULL, SDA},       {NULL, 0, NULL, 0},
};

static const char help[] =
    "  --record FILE         a VCD: of `i2ctarget bus --trace`, or of a logic analyser; without\n"
    "                        --address, all addresses are served that are acknowledged in it\n"
    "  --by-register         in any order: the bytes that were written last choose the answer\n"
    "  --loop                the record begins anew behind its end\n"
    "  --scl NAME            the signals, if their names are not SCL and SDA\n"
    "  --sda NAME\n";

static const char output[] =
    "  mismatch 1, transfer 2 at 0.001230 s: expected X, got Y; Z\n"
    "                        the controller does what the record does not have\n"
    "  transfer 2 of 7       the answer to \"place\"\n"
    "  end of the record\n";

static union {
    struct i2ctarget_device device;
    struct replay_strict strict;
    struct replay_by_register by_register;
} replay;

static struct record_source source = {.scl = "SCL", .sda = "SDA"};
static struct record record;
static bool served[REPLAY_ADDRESSES];
static uint8_t only; /* 0: all addresses of the record */
static bool is_by_register, loops;

/* ---- what it says ---------------------------------------------------------------------------- */

static void say_end(const struct replay_strict *self)
{
    (void)self;
    puts("end of the record");
}

static uint32_t mismatches(void)
{
    return is_by_register ? replay.by_register.mismatches : replay.strict.mismatches;
}

static uint64_t transfers_to(size_t end)
{
    uint64_t count = 0;
    for (size_t i = 0; i < end; i++)
        count += record_begins_transfer(&record, i);
    return count;
}

/* ---- options and commands -------------------------------------------------------------------- */

static bool take_option(int option, const char *argument)
{
    switch (option) {
    case RECORD:
        source.path = argument;
        break;
    case BY_REGISTER:
        is_by_register = true;
        break;
    case LOOP:
        loops = true;
        break;
    case SCL:
        source.scl = argument;
        break;
    default:
        source.sda = argument;
        break;
    }
    return true;
}

static void take_address(uint8_t address)
{
    only = address;
}

static bool no_words(char **words, const char *form)
{
    if (words[0])
        cli_error(model_word, "%s", form);
    return !words[0];
}

static bool say_place(char **words)
{
    if (!no_words(words, "place"))
        return false;
    if (!is_by_register && replay.strict.begin < record.count)
        printf("transfer %" PRIu64 " of %" PRIu64 "\n", transfers_to(replay.strict.begin) + 1,
               transfers_to(record.count));
    else if (!is_by_register)
        puts("end of the record");
    else
        printf("%" PRIu32 " mismatches\n", mismatches());
    return true;
}

static bool rewind_record(char **words)
{
    if (!no_words(words, "rewind"))
        return false;
    if (is_by_register)
        replay_by_register_rewind(&replay.by_register);
    else
        replay_strict_rewind(&replay.strict);
    return true;
}

static const struct model_command commands[] = {
    {"place", "place", say_place},
    {"rewind", "rewind", rewind_record},
    {NULL, NULL, NULL},
};

/* ---- the record ------------------------------------------------------------------------------ */

/* Returns the first address that is served; negative: there is none, and a message was printed. */
static int choose_addresses(void)
{
    int first = -1;
    for (uint8_t address = ADDRESS_MAX; address >= ADDRESS_MIN; address--) {
        served[address] = (!only || address == only) && record_has(&record, address);
        if (served[address])
            first = address;
    }
    if (first < 0 && only)
        cli_error(model_word, "%s: nobody acknowledges 0x%02x in it", source.path, only);
    else if (first < 0)
        cli_error(model_word, "%s: nobody acknowledges an address in it", source.path);
    return first;
}

static int prepare(void)
{
    if (!source.path) {
        cli_misuse(model_word, "--record is missing");
        return 0;
    }
    if (is_by_register && loops) {
        cli_misuse(model_word, "--loop and --by-register do not go together");
        return 0;
    }
    if (!record_read(&record, &source, model_word))
        return -1;
    int first = choose_addresses();
    record_keep(&record, served);
    return first;
}

static int begin(uint8_t address)
{
    (void)address;
    if (!is_by_register) {
        replay.strict = (struct replay_strict){
            .record = &record, .loops = loops, .say_mismatch = mismatch_print, .say_end = say_end};
        replay_strict_init(&replay.strict);
        return 1;
    }
    struct replay_note *notes = calloc(record.count, sizeof *notes);
    if (!notes) {
        cli_error(model_word, "there is no memory");
        return -1;
    }
    replay.by_register = (struct replay_by_register){
        .record = &record, .notes = notes, .say_mismatch = mismatch_print_by_register};
    replay_by_register_init(&replay.by_register);
    return 1;
}

static unsigned others(uint8_t address, uint8_t *addresses)
{
    unsigned count = 0;
    for (unsigned other = ADDRESS_MIN; other <= ADDRESS_MAX; other++) {
        if (served[other] && other != address)
            addresses[count++] = (uint8_t)other;
    }
    return count;
}

static bool is_busy(void)
{
    return is_by_register ? replay.by_register.is_open : replay.strict.is_open;
}

/* A test wants to know from the exit status that all went as recorded. */
static bool end(void)
{
    uint64_t all = transfers_to(record.count);
    uint64_t left = is_by_register || loops ? 0 : all - transfers_to(replay.strict.begin);
    if (mismatches() > 0)
        cli_error(model_word, "%" PRIu32 " mismatch%s", mismatches(),
                  mismatches() == 1 ? "" : "es");
    if (left > 0)
        cli_error(model_word, "%" PRIu64 " of %" PRIu64 " transfers did not come", left, all);
    return mismatches() == 0 && left == 0;
}

const struct model model_replay = {
    .name = "replay",
    .summary = "the targets of a bus that was recorded, as they answered",
    .help = help,
    .output = output,
    .device = &replay.device,
    .options = options,
    .take_option = take_option,
    .take_address = take_address,
    .prepare = prepare,
    .begin = begin,
    .others = others,
    .commands = commands,
    .is_busy = is_busy,
    .end = end,
};
