/* SPDX-License-Identifier: MIT */
/*
 * A bus server without any logic: a thread that shakes hands, keeps the last REQUEST, and gives the
 * answer that the test has set.
 */
#ifndef FAKE_SERVER_H
#define FAKE_SERVER_H

#include <pthread.h>
#include <stdatomic.h>

#include "link/link.h"

enum fake_mood {
    FAKE_ANSWERS,
    FAKE_HANGS_UP,     /* closes the connection that sent the request */
    FAKE_SPEAKS_WRONG, /* sends another frame type */
    FAKE_WAITS,        /* sends nothing until the mood changes */
    FAKE_ECHOES,       /* the result is the first byte of the request's data */
};

struct fake_server {
    char directory[40];
    unsigned bus;
    _Atomic int mood;
    atomic_int links, files; /* connections that are open now */
    atomic_int all_links;    /* connections since the start */
    atomic_int requests;
    _Atomic int32_t file_answer;           /* its answer to the hello of a FILE */
    uint64_t cookie;                       /* of the last FILE */
    uint8_t request[PROTOCOL_PAYLOAD_MAX]; /* payload of the last REQUEST */
    size_t request_bytes;
    int32_t result;
    uint8_t reply[PROTOCOL_PAYLOAD_MAX]; /* behind the result */
    size_t reply_bytes;
    char packet[64]; /* the last packet on a FILE after its hello */
    atomic_int packets;

    pthread_t thread;
    int stop_pipe[2];
    int stream_fd, file_fd;
};

/* In the directory $I2CTARGET_DIR. */
void fake_server_start(struct fake_server *server, unsigned bus);
void fake_server_stop(struct fake_server *server);

#endif
