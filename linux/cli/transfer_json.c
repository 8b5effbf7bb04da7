/* SPDX-License-Identifier: MIT */
/*
 * The keys are documented in the manual page and do not change.  New ones may be added.  Bytes are
 * one string of hex digits.  A JSON number has only 53 bits: so the wall-clock time, which needs
 * more, is a string; nanoseconds since the bus began stay far below that and are numbers.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/transfer.h"

static const char *in_json(bool value)
{
    return value ? "true" : "false";
}

static const char *name_of_reason(uint8_t reason)
{
    static const char *const names[PROTOCOL_REASON_COUNT] = {
        [PROTOCOL_REASON_NONE] = "null",
        [PROTOCOL_REASON_NO_ADDRESS] = "\"no address\"",
        [PROTOCOL_REASON_APPLICATION] = "\"application\"",
        [PROTOCOL_REASON_CLOSED] = "\"closed\"",
        [PROTOCOL_REASON_LIMIT] = "\"limit\"",
        [PROTOCOL_REASON_TIMEOUT] = "\"timeout\"",
        [PROTOCOL_REASON_LOST] = "\"lost\"",
        [PROTOCOL_REASON_DEAF] = "\"deaf\"",
        [PROTOCOL_REASON_FAULT] = "\"fault\"",
    };
    return reason < PROTOCOL_REASON_COUNT ? names[reason] : "\"unknown\"";
}

static const char *start_of(uint8_t flags)
{
    if (flags & PROTOCOL_MESSAGE_NO_START)
        return "";
    return flags & PROTOCOL_MESSAGE_RESTART ? "Sr" : "S";
}

static const char *ack_of_address(uint8_t flags)
{
    if (!(flags & PROTOCOL_MESSAGE_CALLED))
        return "null";
    return in_json(flags & PROTOCOL_MESSAGE_ADDRESS_ACK);
}

static const char *last_ack(const struct transfer_message *message)
{
    if (message->moved == 0 || message->flags & PROTOCOL_MESSAGE_NO_NINTH)
        return "null";
    return in_json(transfer_ninth(message, message->moved - 1) == TRANSFER_ACK);
}

static void write_bytes(FILE *file, const struct transfer_message *message)
{
    fputs("\"data\":\"", file);
    for (uint32_t i = 0; i < message->moved; i++)
        fprintf(file, "%02x", message->bytes[i]);
    fputs("\",\"acks\":\"", file);
    for (uint32_t i = 0; i < message->moved; i++)
        fputc((int)transfer_ninth(message, i), file);
    fprintf(file, "\",\"last_ack\":%s,", last_ack(message));
}

static void write_cut(FILE *file, const struct transfer_message *message)
{
    char bits[TRANSFER_CUT_CHARS];
    transfer_write_cut(message, bits);
    if (message->cut_bits == 0)
        fputs("\"cut\":null,", file);
    else
        fprintf(file, "\"cut\":{\"of\":\"%s\",\"bits\":\"%s\"},",
                transfer_has_cut_address(message) ? "address" : "data", bits);
}

static void write_message(FILE *file, const struct transfer_message *message)
{
    fprintf(file, "{\"start\":\"%s\",\"address\":%u,\"read\":%s,\"ack\":%s,",
            start_of(message->flags), message->address,
            in_json(message->flags & PROTOCOL_MESSAGE_READ), ack_of_address(message->flags));
    write_bytes(file, message);
    write_cut(file, message);
    fprintf(file, "\"recovery_clocks\":%u,\"reason\":%s,\"stretch_us\":%" PRIu32 ",\"stop\":%s}",
            message->recovery_clocks, name_of_reason(message->reason), message->stretch_us,
            in_json(message->flags & PROTOCOL_MESSAGE_STOP));
}

static void write_time(FILE *file, uint64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / 1000000000u);
    struct tm utc;
    char text[32];
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    fprintf(file, "\"time\":\"%s.%09" PRIu64 "Z\"", text, wall_ns % 1000000000u);
}

/*
 * The name of a negative errno.  The value comes from a socket, so it may be any number, even the
 * one that can not be negated.
 */
static const char *name_of_error(int32_t result)
{
    const char *name = result > -4096 ? strerrorname_np(-result) : NULL;
    return name ? name : "unknown";
}

static void write_error(FILE *file, int32_t result)
{
    if (result == 0)
        fputs("null", file);
    else
        fprintf(file, "\"%s\"", name_of_error(result));
}

void transfer_write_json(struct transfer *transfer, FILE *file)
{
    struct transfer_message message;
    const char *separator = "";
    fprintf(file, "{\"number\":%" PRIu64 ",", transfer->number);
    write_time(file, transfer->wall_ns);
    fprintf(file, ",\"virtual_ns\":%" PRIu64 ",\"duration_ns\":%" PRIu64 ",\"error\":",
            transfer->virtual_ns, transfer->duration_ns);
    write_error(file, transfer->result);
    fprintf(file,
            ",\"recovery_clocks\":%" PRIu32 ",\"missed\":%" PRIu32 ",\"timeout_ms\":%" PRIu32
            ",\"messages\":[",
            transfer->recovery_clocks, transfer->missed, transfer->timeout_ms);
    while (transfer_next(transfer, &message)) {
        fputs(separator, file);
        write_message(file, &message);
        separator = ",";
    }
    fputs("]}\n", file);
}
