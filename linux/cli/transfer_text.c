/* SPDX-License-Identifier: MIT */
/*
 * One line for each transfer, as it was on the wires:
 *
 *     12:01:33.123456  S 40 W + 01 +  Sr 40 R + aa -  P          320 µs  held 48 µs
 *     12:01:34.000217  S 42 W - [no such address]  P             110 µs
 *
 * S, Sr, P are START, repeated START, STOP.  + and - are ACK and NACK; they are shown for the
 * address, for the last byte and for each other NACK.  A dot means that there was no ninth clock.
 * :0110 are the bits of a byte that ended early.  The brackets say why there was a NACK, or why a
 * read went on as ff.  The end of the line shows how long it took on the wires, and how long a
 * target held SCL.  Each address has its own colour, so that the eye can follow the traffic of one
 * device.
 */
#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/transfer.h"

enum {
    BYTES_SHOWN = 16, /* bytes shown of a longer message, unless all are wanted */
    BYTES_SPARED = 4, /* with so few more bytes, all are shown */
    COLUMN = 42,      /* column of the duration */
    LINE_BYTES = 80,
};

static const char dim[] = "\033[2m";
static const char red[] = "\033[31m";
static const char plain[] = "\033[0m";

/*
 * A text, and its width on the screen: colours take no room, and multi-byte characters only one
 * place.
 */
struct line {
    FILE *file;
    const struct transfer_style *style;
    int width;
};

__attribute__((format(printf, 3, 4))) static void put(struct line *line, const char *colour,
                                                      const char *format, ...)
{
    char text[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (const char *at = text; *at; at++)
        line->width += (*at & 0xC0) != 0x80;
    if (line->style->colour && colour)
        fprintf(line->file, "%s%s%s", colour, text, plain);
    else
        fputs(text, line->file);
}

static const char *colour_of(uint8_t address)
{
    static const char *const colours[] = {"\033[1;36m", "\033[1;33m", "\033[1;35m",
                                          "\033[1;32m", "\033[1;34m", "\033[1;37m"};
    return colours[address % (sizeof colours / sizeof *colours)];
}

static const char *name_of_reason(uint8_t reason)
{
    static const char *const names[PROTOCOL_REASON_COUNT] = {
        [PROTOCOL_REASON_NO_ADDRESS] = "no such address",
        [PROTOCOL_REASON_APPLICATION] = "application",
        [PROTOCOL_REASON_CLOSED] = "closed",
        [PROTOCOL_REASON_LIMIT] = "SMBus limit",
        [PROTOCOL_REASON_TIMEOUT] = "controller's time-out",
        [PROTOCOL_REASON_LOST] = "target lost",
        [PROTOCOL_REASON_DEAF] = "target deaf until START",
        [PROTOCOL_REASON_FAULT] = "fault",
    };
    return reason < PROTOCOL_REASON_COUNT ? names[reason] : "?";
}

static void put_time(struct line *line, uint64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / 1000000000u);
    struct tm local;
    char text[16];
    localtime_r(&seconds, &local);
    strftime(text, sizeof text, "%H:%M:%S", &local);
    put(line, dim, "%s.%06" PRIu64, text, wall_ns % 1000000000u / 1000);
}

static void put_ninth(struct line *line, enum transfer_ninth ninth)
{
    put(line, ninth == TRANSFER_NACK ? red : dim, " %c", ninth);
}

static void put_bytes(struct line *line, const struct transfer_message *message)
{
    uint32_t shown = message->moved;
    if (!line->style->full && shown > BYTES_SHOWN + BYTES_SPARED)
        shown = BYTES_SHOWN;
    for (uint32_t i = 0; i < shown; i++) {
        put(line, NULL, " %02x", message->bytes[i]);
        if (i + 1 < message->moved && transfer_ninth(message, i) == TRANSFER_NACK)
            put_ninth(line, TRANSFER_NACK);
    }
    if (shown < message->moved)
        put(line, dim, line->style->unicode ? " …%" PRIu32 " more" : " ...%" PRIu32 " more",
            message->moved - shown);
    if (message->moved > 0)
        put_ninth(line, transfer_ninth(message, message->moved - 1));
}

static void put_start(struct line *line, const struct transfer_message *message)
{
    if (message->flags & PROTOCOL_MESSAGE_NO_START)
        put(line, dim, "  ...");
    else
        put(line, dim, message->flags & PROTOCOL_MESSAGE_RESTART ? "  Sr" : "  S");
}

static void put_address(struct line *line, const struct transfer_message *message)
{
    bool is_acked = message->flags & PROTOCOL_MESSAGE_ADDRESS_ACK;
    put(line, colour_of(message->address), " %02x", message->address);
    put(line, NULL, message->flags & PROTOCOL_MESSAGE_READ ? " R" : " W");
    put_ninth(line, is_acked ? TRANSFER_ACK : TRANSFER_NACK);
}

static void put_freeing(struct line *line, uint32_t clocks)
{
    if (clocks > 0)
        put(line, red, " [%" PRIu32 " clocks to free SDA]", clocks);
}

static void put_message(struct line *line, const struct transfer_message *message,
                        uint32_t timeout_ms)
{
    char bits[TRANSFER_CUT_CHARS];
    put_start(line, message);
    if (message->flags & PROTOCOL_MESSAGE_CALLED)
        put_address(line, message);
    put_bytes(line, message);
    transfer_write_cut(message, bits);
    if (message->cut_bits > 0)
        put(line, NULL, " :%s", bits);
    if (message->reason == PROTOCOL_REASON_TIMEOUT)
        put(line, red, " [%s after %" PRIu32 " ms]", name_of_reason(message->reason), timeout_ms);
    else if (message->reason != PROTOCOL_REASON_NONE)
        put(line, red, " [%s]", name_of_reason(message->reason));
    put_freeing(line, message->recovery_clocks);
    if (message->flags & PROTOCOL_MESSAGE_STOP)
        put(line, dim, "  P");
}

/* "%6s" would count bytes, not columns.  So the unit comes after the number. */
static void put_duration(struct line *line, const char *before, int width, uint64_t time_us)
{
    const char *us = line->style->unicode ? "µs" : "us";
    if (time_us < 10000)
        put(line, dim, "%s%*" PRIu64 " %s", before, width, time_us, us);
    else if (time_us < 10000000)
        put(line, dim, "%s%*.1f ms", before, width, (double)time_us / 1e3);
    else
        put(line, dim, "%s%*.1f s", before, width, (double)time_us / 1e6);
}

/* Writes the result, if the messages do not show it. */
static void put_verdict(struct line *line, const struct transfer *transfer)
{
    if (transfer->result == -EAGAIN)
        put(line, red, "  [arbitration lost]");
    else if (transfer->result == -EPROTO)
        put(line, red, "  [block count over 32]");
}

/* The clocks that were made before the first START. */
static uint32_t clocks_before(struct transfer transfer)
{
    struct transfer_message message;
    while (transfer_next(&transfer, &message))
        transfer.recovery_clocks -= message.recovery_clocks;
    return transfer.recovery_clocks;
}

static void put_missed(struct line *line, uint32_t missed)
{
    if (missed == 0)
        return;
    put(line, red, "%" PRIu32 " transfer%s missed: more than could be written", missed,
        missed == 1 ? "" : "s");
    fputc('\n', line->file);
    line->width = 0;
}

void transfer_choose_style(struct transfer_style *style)
{
    const char *no_color = getenv("NO_COLOR");
    setlocale(LC_CTYPE, "");
    style->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    style->colour = isatty(STDOUT_FILENO) && !(no_color && no_color[0]);
}

void transfer_write_text(struct transfer *transfer, FILE *file, const struct transfer_style *style)
{
    struct line line = {.file = file, .style = style};
    struct transfer_message message;
    uint64_t stretch_us = 0;
    put_missed(&line, transfer->missed);
    put_time(&line, transfer->wall_ns);
    put_freeing(&line, clocks_before(*transfer));
    while (transfer_next(transfer, &message)) {
        put_message(&line, &message, transfer->timeout_ms);
        stretch_us += message.stretch_us;
    }
    put_verdict(&line, transfer);
    put(&line, NULL, "%*s", line.width < COLUMN + 15 ? COLUMN + 15 - line.width : 0, "");
    put_duration(&line, "  ", 6, transfer->duration_ns / 1000);
    if (stretch_us > 0)
        put_duration(&line, "  held ", 0, stretch_us);
    fputc('\n', file);
}
