/* SPDX-License-Identifier: MIT */
/*
 * bare_cuse: how long an ioctl of a character device takes if another process answers it at once.
 *
 * Such an ioctl goes in rounds: the device asks for the caller's memory piece by piece, and each
 * time the kernel brings the ioctl once more.  The ioctl's number says how many rounds there are
 * and how many bytes are copied back.
 *
 *     bare_cuse serve               /dev/bare, until killed
 *     bare_cuse ask ROUNDS BYTES    a row: its median, in nanoseconds
 */
#define FUSE_USE_VERSION 31
#include <cuse_lowlevel.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../measure.h"

enum { CALLS = 300, PIECE_BYTES = 16, BYTES_MAX = 8192, ROUND_SHIFT = 16 };

static uint8_t answer[BYTES_MAX];

static void on_open(fuse_req_t req, struct fuse_file_info *info)
{
    fuse_reply_open(req, info);
}

static void on_ioctl(fuse_req_t req, int number, void *argument, struct fuse_file_info *info,
                     unsigned flags, const void *in, size_t in_bytes, size_t out_bytes)
{
    unsigned rounds = (unsigned)number >> ROUND_SHIFT,
             bytes = (unsigned)number & (BYTES_MAX * 2 - 1);
    struct iovec piece = {argument, in_bytes + PIECE_BYTES}, back = {argument, bytes};

    (void)info;
    (void)flags;
    (void)in;
    if (in_bytes / PIECE_BYTES + 1 < rounds)
        fuse_reply_ioctl_retry(req, &piece, 1, &back, in_bytes / PIECE_BYTES + 2 == rounds);
    else
        fuse_reply_ioctl(req, 0, answer, out_bytes);
}

static int serve(void)
{
    static const struct cuse_lowlevel_ops operations = {.open = on_open, .ioctl = on_ioctl};
    char program[] = "bare_cuse", foreground[] = "-f", single[] = "-s";
    char *arguments[] = {program, foreground, single, NULL};
    const char *info[] = {"DEVNAME=bare"};
    struct cuse_info cuse = {
        .dev_info_argc = 1, .dev_info_argv = info, .flags = CUSE_UNRESTRICTED_IOCTL};

    return cuse_lowlevel_main(3, arguments, &cuse, &operations, NULL);
}

static int ask(unsigned long rounds, unsigned long bytes)
{
    static uint8_t memory[BYTES_MAX];
    double took_ns[CALLS];
    int fd = open("/dev/bare", O_RDWR);

    for (unsigned i = 0; i < CALLS; i++) {
        uint64_t began_ns = measure_now_ns();
        if (ioctl(fd, rounds << ROUND_SHIFT | bytes, memory) < 0) {
            perror("/dev/bare");
            return 1;
        }
        took_ns[i] = (double)(measure_now_ns() - began_ns);
    }
    printf("cuse rounds_%lu_%lu %.0f\n", rounds, bytes, measure_median(took_ns, CALLS));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "serve") == 0)
        return serve();
    if (argc == 4 && strcmp(argv[1], "ask") == 0)
        return ask(strtoul(argv[2], NULL, 0), strtoul(argv[3], NULL, 0));
    fprintf(stderr, "usage: bare_cuse serve | ask ROUNDS BYTES\n");
    return 2;
}
