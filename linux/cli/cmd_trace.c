/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/output_file.h"
#include "cli/trace/frame.h"
#include "cli/trace/svg.h"
#include "cli/transfer.h"
#include "waveform/waveform.h"

static const char word[] = "trace";

static const char help[] =
    "usage: i2ctarget trace [OPTION]... FILE\n"
    "\n"
    "Decode the two wires in FILE, a VCD: a trace of `i2ctarget bus --trace`, or of a logic\n"
    "analyser.  One line a transfer, as i2ctarget monitor shows it; times begin with the trace.\n"
    "\n"
    "  --text           one line a transfer (default)\n"
    "  --json           one JSON object a line; man i2ctarget has the keys\n"
    "  --full           all bytes of long messages\n"
    "  --svg FILE       draw the transfers into FILE instead: START, addresses, bytes, ACK;\n"
    "                   - is standard output\n"
    "  --transfers A-B  only these, counted from 1; --svg draws 8 at most if it is not given\n"
    "  --scl NAME       the signals, if their names are not SCL and SDA\n"
    "  --sda NAME\n"
    "  --help           this text\n"
    "\n"
    "held: SCL was low for so much longer than in the shortest bit of the transfer.  The wires\n"
    "do not tell who held it.\n"
    "\n"
    "Exit status: 0; 1 if FILE cannot be read or has no transfer; 2 for wrong usage.\n";

enum {
    TEXT = 'x',
    JSON = 'j',
    FULL = 'f',
    SVG = 's',
    TRANSFERS = 't',
    SCL = 'c',
    SDA = 'd',
    HELP = 'h'
};

enum { DRAWN_MAX = 8, NUMBER_MAX = 1000000000 };

static const struct option long_options[] = {
    {"text", no_argument, NULL, TEXT},
    {"json", no_argument, NULL, JSON},
    {"full", no_argument, NULL, FULL},
    {"svg", required_argument, NULL, SVG},
    {"transfers", required_argument, NULL, TRANSFERS},
    {"scl", required_argument, NULL, SCL},
    {"sda", required_argument, NULL, SDA},
    {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

struct request {
    const char *path, *svg, *scl, *sda;
    bool text, json;
    unsigned long first, last; /* last: 0 is no limit */
    struct transfer_style style;
};

/* What is done with each transfer.  Functions that return false have printed a message. */
struct output {
    const struct request *request;
    struct trace_frame frame;
    struct trace_svg svg;
};

/* ---- what comes out -------------------------------------------------------------------------- */

static bool fail_for_memory(void)
{
    cli_error(word, "there is no memory");
    return false;
}

static bool write_line(struct output *output, const struct waveform *waveform)
{
    struct transfer transfer;
    if (!trace_frame_make(&output->frame, waveform))
        return fail_for_memory();
    transfer_begin(&transfer, output->frame.payload, output->frame.length);
    if (output->request->json)
        transfer_write_json(&transfer, stdout);
    else
        transfer_write_text(&transfer, stdout, &output->request->style);
    if (!ferror(stdout))
        return true;
    cli_error(word, "cannot write: %s", strerror(errno));
    return false;
}

static bool show(struct output *output, const struct waveform *waveform)
{
    if (!output->request->svg)
        return write_line(output, waveform);
    return trace_svg_add(&output->svg, waveform) || fail_for_memory();
}

static bool begin(struct output *output)
{
    return !output->request->svg || trace_svg_begin(&output->svg) || fail_for_memory();
}

/* The file is made only when there is something to write into it. */
static bool write_picture(struct output *output)
{
    struct output_file file;
    if (!output_file_open(&file, word, output->request->svg)) {
        trace_svg_drop(&output->svg);
        return false;
    }
    trace_svg_end(&output->svg, output->request->path, file.stream);
    return output_file_close(&file);
}

/* ---- the trace ------------------------------------------------------------------------------- */

static bool is_wanted(const struct request *request, uint64_t number)
{
    return number >= request->first && (request->last == 0 || number <= request->last);
}

/* Returns how many transfers there are.  False in `is_right`: a message has been printed. */
static uint64_t show_all(struct waveform_reader *reader, struct output *output, bool *is_right)
{
    const struct request *request = output->request;
    int got = 1;
    *is_right = true;
    while (*is_right && (got = waveform_next(reader)) == 1) {
        if (is_wanted(request, reader->waveform.number))
            *is_right = show(output, &reader->waveform);
    }
    if (got < 0) {
        cli_error(word, "%s: %s", request->path, reader->file.problem);
        *is_right = false;
    }
    return reader->waveform.number;
}

static bool check_count(const struct request *request, uint64_t count)
{
    if (count == 0)
        cli_error(word, "%s: there is no START in it", request->path);
    else if (count < request->first)
        cli_error(word, "%s: it has %lu transfers", request->path, (unsigned long)count);
    return count >= request->first;
}

static bool run_on(struct waveform_reader *reader, const struct request *request)
{
    struct output output = {.request = request};
    bool is_right;
    if (!begin(&output))
        return false;
    uint64_t count = show_all(reader, &output, &is_right);
    is_right = is_right && check_count(request, count);
    if (request->svg && is_right)
        is_right = write_picture(&output);
    else if (request->svg)
        trace_svg_drop(&output.svg);
    trace_frame_free(&output.frame);
    return is_right;
}

static int run(struct request *request)
{
    struct waveform_reader reader;
    /* The trace's time is no time of day: it is written as it is. */
    setenv("TZ", "UTC0", 1);
    tzset();
    transfer_choose_style(&request->style);
    if (!waveform_open(&reader, request->path, request->scl, request->sda)) {
        cli_error(word, "%s: %s", request->path, reader.file.problem);
        return CLI_FAILED;
    }
    bool is_right = run_on(&reader, request);
    waveform_close(&reader);
    return is_right ? CLI_OK : CLI_FAILED;
}

/* ---- arguments ------------------------------------------------------------------------------- */

/* "3", "3-5". */
static bool take_transfers(struct request *request, const char *text)
{
    char first[16];
    const char *dash = strchr(text, '-');
    size_t length = dash ? (size_t)(dash - text) : strlen(text);
    snprintf(first, sizeof first, "%.*s", (int)length, text);
    return length < sizeof first && cli_number(first, 1, NUMBER_MAX, &request->first) &&
           cli_number(dash ? dash + 1 : first, request->first, NUMBER_MAX, &request->last);
}

/* -1: go on. */
static int take_option(struct request *request, int option, char **argv)
{
    switch (option) {
    case TEXT:
        request->text = true;
        return -1;
    case JSON:
        request->json = true;
        return -1;
    case FULL:
        request->style.full = true;
        return -1;
    case SVG:
        request->svg = optarg;
        return -1;
    case TRANSFERS:
        if (!take_transfers(request, optarg))
            return cli_misuse(word, "--transfers %s: a number from 1 on, or two: 3-5", optarg);
        return -1;
    case SCL:
        request->scl = optarg;
        return -1;
    case SDA:
        request->sda = optarg;
        return -1;
    case HELP:
        fputs(help, stdout);
        return CLI_OK;
    default:
        return cli_bad_option(word, option, argv);
    }
}

int cmd_trace(int argc, char **argv)
{
    struct request request = {.scl = "SCL", .sda = "SDA", .first = 1};
    int option, status = -1;
    while (status < 0 && (option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1)
        status = take_option(&request, option, argv);
    if (status >= 0)
        return status;
    if (optind == argc)
        return cli_misuse(word, "a VCD file is missing");
    if (optind + 1 < argc)
        return cli_misuse(word, "\"%s\" is too much", argv[optind + 1]);
    if (request.text + request.json + (request.svg != NULL) > 1)
        return cli_misuse(word, "--text, --json and --svg do not go together");
    if (request.svg && request.last == 0)
        request.last = request.first + DRAWN_MAX - 1;
    request.path = argv[optind];
    return run(&request);
}
