/* SPDX-License-Identifier: MIT */
/*
 * A connection to a bus server: where the sockets are, the handshake, whole frames in and out.
 *
 * Directory: the first of $I2CTARGET_DIR, $XDG_RUNTIME_DIR/i2ctarget (if that directory is ours),
 * /run/i2ctarget (root), /tmp/i2ctarget-UID (0700, owner checked).  Under sudo "ours" and UID mean
 * the user who called sudo.  In it bus-N (stream socket, protocol.h), i2c-N (FILE socket),
 * bus-N.lock (held by the server) and sys/ (what `i2cdetect -l` scans).
 *
 * Errors are negative errno values.
 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "link/protocol.h"

#define LINK_BUS_MAX 65535

#define LINK_PATH_MAX 108 /* sun_path */

#define LINK_PATIENCE_US INT64_C(10000000) /* with a server that does not answer */

/*
 * The directory's path into `path`.  0; -ENAMETOOLONG; -EPERM: it exists, and is another user's, or
 * group or others can write it (in /tmp: it is not ours alone). `create`: make it if missing (its
 * parent must exist), with mode 0700; then also mkdir()'s -errno.  Under sudo: only as the owner
 * (bus/owner.h).
 */
int i2ctarget_link_directory(char path[LINK_PATH_MAX], bool create);
/* "bus", 1 → "…/bus-1".  0 or as i2ctarget_link_directory(). */
int i2ctarget_link_path(char path[LINK_PATH_MAX], const char *stem, unsigned bus);
/*
 * Whom directory and sockets belong to: the effective user, or, for root under sudo, the one who
 * called sudo ($SUDO_UID; of no meaning unless the real user is root, too).
 */
uid_t i2ctarget_link_user(void);

struct link {
    int fd; /* -1: closed */
    unsigned bus;
    uint32_t scl_hz;   /* of the bus, from WELCOME */
    char refusal[128]; /* what the server said when it refused */
    /* Bytes read and not yet consumed. */
    uint8_t *buffer;
    size_t capacity, begin, end;
    int *descriptor; /* where one that comes in goes; NULL: nobody wants it, the kernel closes it */
};

struct link_frame {
    uint16_t type;
    uint32_t length;
    const uint8_t *payload; /* inside the link's buffer: valid until the next link_ call */
};

/*
 * Connect and shake hands (10 s at most, else -ETIMEDOUT).  `name`: who we are, for the monitor;
 * NULL: the program's name.  0; -ENOENT: no server runs for this bus (no socket, or a dead one);
 * -EACCES: not for us, or the server is neither ours nor root's; -EPERM, -ENAMETOOLONG
 * (i2ctarget_link_directory()); -EPROTO: other protocol version; what the server refused with;
 * other -errno.  The descriptor is CLOEXEC.
 */
int i2ctarget_link_open(struct link *link, unsigned bus, enum protocol_role role, const char *name);
/* The same, in a directory found earlier. */
int i2ctarget_link_open_in(struct link *link, const char *directory, unsigned bus,
                           enum protocol_role role, const char *name);
/*
 * As PROTOCOL_ADAPTER: the server gets a duplicate of `stream_fd`.
 */
int i2ctarget_link_open_adapter(struct link *link, unsigned bus, const char *name, int stream_fd);
void i2ctarget_link_close(struct link *link);

/*
 * One sentence for people about a i2ctarget_link_open() failure, how to mend it included, without a
 * newline: "no bus 1: start it with …".
 */
const char *i2ctarget_link_explain(const struct link *link, int error, char *text, size_t size);

/*
 * Send one frame: header, then `head` and `tail` (either may be empty).  Blocks, through signals.
 * 0 or -errno (-EPIPE: the server is gone; no SIGPIPE).  -EMSGSIZE: over PROTOCOL_PAYLOAD_MAX.
 */
int i2ctarget_link_send(struct link *link, uint16_t type, const void *head, size_t head_bytes,
                        const void *tail, size_t tail_bytes);
/*
 * The same of up to LINK_PARTS_MAX parts.  -EFAULT: a part is not readable; the link is of no use
 * any more.
 */
#define LINK_PARTS_MAX 44
int i2ctarget_link_send_parts(struct link *link, uint16_t type, const struct iovec *parts,
                              size_t count);

/* The next frame if an earlier read has brought it: 1; 0: it has not; -EPROTO.  No system call. */
int i2ctarget_link_next(struct link *link, struct link_frame *frame);

/*
 * The next frame if it is here already: 1; 0: not yet; -EPIPE: the server is gone; -EPROTO:
 * nonsense; -ENOMEM.  Never blocks.
 */
int i2ctarget_link_poll(struct link *link, struct link_frame *frame);

/*
 * The next frame, waiting for it until `deadline_us` of CLOCK_MONOTONIC (INT64_MAX: for ever).
 * 1, -ETIMEDOUT, -EINTR (a signal handler ran; with SA_RESTART, too), -EPIPE, -EPROTO, -ENOMEM.
 */
int i2ctarget_link_receive(struct link *link, struct link_frame *frame, int64_t deadline_us);

/*
 * The same, through signals, for a frame that brings a descriptor along: *descriptor is the
 * caller's from here on, whatever is returned; -1: none came.  Nothing may have been read ahead.
 */
int i2ctarget_link_receive_descriptor(struct link *link, struct link_frame *frame,
                                      int64_t deadline_us, int *descriptor);

int64_t i2ctarget_link_now_us(void); /* CLOCK_MONOTONIC */

#endif
