/* SPDX-License-Identifier: MIT */
/*
 * Executes the image of a board.  Without a socket: tries it, and prints a line of JSON (probe.h).
 * With the socket of a virtual bus ("…/bus-1"): puts the board on that bus until it ends.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/board/bridge.h"
#include "emulator/board/probe.h"

enum { NORMAL_HZ = 100000, FASTEST_HZ = 1000000 };

static struct board board;
static volatile int stops;

static int complain(const char *who, const char *what)
{
    fprintf(stderr, "emulate: %s: %s\n", who, what);
    return 1;
}

static void on_signal(int number)
{
    stops = number;
}

/* "…/bus-1": the directory, whose name ends where the last / was, and 1.  False: it is none. */
static bool split(char *socket, unsigned *number)
{
    int end = 0;
    char *slash = strrchr(socket, '/');
    if (!slash || sscanf(slash, "/bus-%u%n", number, &end) != 1 || slash[end])
        return false;
    *slash = 0;
    return true;
}

static int serve(char *socket, const char *trace)
{
    enum { MOST_NS = 20000000 };
    char text[256] = "";
    unsigned number = 0;
    if (!split(socket, &number))
        return complain(socket, "not the socket of a bus, which is called bus-N");
    if (trace) {
        int status = board_trace(&board, trace);
        if (status < 0)
            return complain(trace, strerror(-status));
    }
    if (!board_run_until(&board, board_listens, MOST_NS))
        return complain("the program does not listen", board.trouble);
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    int status = bridge_serve(&board, socket, number, &stops, text, sizeof text);
    return status < 0 ? complain(socket, text) : 0;
}

static int usage(void)
{
    fprintf(stderr,
            "usage: emulate_%s IMAGE SCL SDA [--hz=HZ] [--watches]\n"
            "       emulate_%s IMAGE SCL SDA SOCKET [TRACE.vcd] [--watches]\n",
            board_chip.name, board_chip.name);
    return 2;
}

int main(int count, char **words)
{
    bool watches = count > 4 && strcmp(words[count - 1], "--watches") == 0;
    count -= watches;
    if (count < 4 || count > 6)
        return usage();
    bool has_speed = count == 5 && strncmp(words[4], "--hz=", 5) == 0;
    uint32_t scl_hz = has_speed ? (uint32_t)strtoul(words[4] + 5, NULL, 10) : NORMAL_HZ;
    if (scl_hz == 0 || scl_hz > FASTEST_HZ)
        return usage();
    int status;
    bool is_on =
        board_init(&board, words[1], board_chip.pin(words[2]), board_chip.pin(words[3]), scl_hz);
    board.watches = watches;
    if (!is_on)
        status = complain(words[1], board.trouble);
    else if (count == 4 || has_speed)
        status = !probe(&board, stdout);
    else
        status = serve(words[4], count == 6 ? words[5] : NULL);
    board_free(&board);
    return status;
}
