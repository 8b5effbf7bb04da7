/* SPDX-License-Identifier: MIT */
#include "cli/replay/mismatch.h"

#include <inttypes.h>
#include <stdio.h>

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

static void print_start(bool is_read, uint8_t address, bool is_restart)
{
    printf("%s 0x%02x after %s", is_read ? "a read of" : "a write to", address,
           is_restart ? "Sr" : "S");
}

/* What could have come instead of `got`. */
static void print_expected(const struct replay_mismatch *mismatch)
{
    const struct record_message *expected = mismatch->expected;
    if (!expected)
        printf("nothing");
    else if (mismatch->got.kind == REPLAY_START)
        print_start(expected->is_read, expected->address, expected->is_restart);
    else if (mismatch->byte >= expected->count)
        printf("the end of %s 0x%02x after %" PRIu32 " byte%s",
               expected->is_read ? "the read of" : "the write to", expected->address,
               expected->count, plural(expected->count));
    else if (expected->is_read)
        printf("a read of %" PRIu32 " byte%s of 0x%02x", expected->count, plural(expected->count),
               expected->address);
    else
        printf("0x%02x as byte %" PRIu32 " of the write to 0x%02x", expected->bytes[mismatch->byte],
               mismatch->byte + 1, expected->address);
}

static void print_bytes(const struct replay_step *got)
{
    for (uint32_t i = 0; i < got->count && i < REPLAY_SHOWN_MAX; i++)
        printf(" %02x", got->bytes[i]);
    if (got->count > REPLAY_SHOWN_MAX)
        printf(" ... (%" PRIu32 " bytes)", got->count);
}

static void print_got(const struct replay_step *got)
{
    switch (got->kind) {
    case REPLAY_START:
        print_start(got->is_read, got->address, got->is_restart);
        break;
    case REPLAY_BYTE:
        printf("0x%02x", got->byte);
        break;
    case REPLAY_MORE:
        printf("a read of more than %" PRIu32 " byte%s", got->count, plural(got->count));
        break;
    case REPLAY_END:
        printf("the end after %" PRIu32 " byte%s", got->count, plural(got->count));
        break;
    case REPLAY_WRITE:
        printf("a write to 0x%02x:", got->address);
        print_bytes(got);
        break;
    }
}

static void print_place(const struct record_message *message)
{
    uint64_t us = message->at_ns / 1000;
    printf("transfer %" PRIu64 " at %" PRIu64 ".%06" PRIu64 " s", message->transfer, us / 1000000,
           us % 1000000);
}

void mismatch_print(const struct replay_mismatch *mismatch)
{
    printf("mismatch %" PRIu32 ", ", mismatch->number);
    if (mismatch->expected)
        print_place(mismatch->expected);
    else
        printf("behind the end");
    printf(": expected ");
    print_expected(mismatch);
    printf(", got ");
    print_got(&mismatch->got);
    if (!mismatch->is_refused)
        printf("; goes on in transfer %" PRIu64 "\n", mismatch->next->transfer);
    else if (mismatch->next)
        printf("; refused, waits for transfer %" PRIu64 "\n", mismatch->next->transfer);
    else
        printf("; refused\n");
}

void mismatch_print_by_register(const struct replay_mismatch *mismatch)
{
    printf("mismatch %" PRIu32 ": expected ", mismatch->number);
    if (mismatch->expected) {
        print_expected(mismatch);
        printf(" (");
        print_place(mismatch->expected);
        printf(")");
    } else if (mismatch->got.kind == REPLAY_WRITE) {
        printf("a write that the record has");
    } else {
        printf("a pointer that is read in the record");
    }
    printf(", got ");
    print_got(&mismatch->got);
    printf("; %s\n", mismatch->is_refused ? "refused" : "acknowledged, and forgotten");
}
