/* SPDX-License-Identifier: MIT */
/*
 * A connection to a bus server: where the sockets are, the handshake, and whole frames in and out.
 *
 * The directory is the first of $I2CTARGET_DIR, $XDG_RUNTIME_DIR/i2ctarget (if that directory is
 * ours), /run/i2ctarget (root), /tmp/i2ctarget-UID (0700, owner checked).  Under sudo "ours" and
 * UID mean the user who called sudo.  The directory contains bus-N (stream socket, protocol.h),
 * i2c-N (FILE socket), bus-N.lock (held by the server) and sys/ (which `i2cdetect -l` scans).
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

#define LINK_PATIENCE_US INT64_C(10000000) /* how long to wait for a server that does not answer */

/*
 * Writes the directory's path into `path`.  0; -ENAMETOOLONG; -EPERM: it exists, but another user
 * owns it, or group or others can write in it (in /tmp: or others have any access).  `create`: make
 * it if it is missing, with mode 0700 (its parent must exist); then also -errno of mkdir().  Under
 * sudo, call this only as the owner (server/owner.h).
 */
int i2ctarget_link_directory(char path[LINK_PATH_MAX], bool create);
/* "bus", 1 → "…/bus-1".  0, or an error of i2ctarget_link_directory(). */
int i2ctarget_link_path(char path[LINK_PATH_MAX], const char *stem, unsigned bus);
/*
 * The owner of directory and sockets: the effective user, or, for root under sudo, the user who
 * called sudo ($SUDO_UID, which is ignored unless the real user is root, too).
 */
uid_t i2ctarget_link_user(void);

struct link {
    int fd; /* -1: closed */
    unsigned bus;
    uint32_t scl_hz;   /* of the bus, from WELCOME */
    char refusal[128]; /* what a server said when it refused */
    /* Bytes read and not yet consumed. */
    uint8_t *buffer;
    size_t capacity, begin, end;
    int *descriptor; /* for a received one; NULL: the kernel closes it */
};

struct link_frame {
    uint16_t type;
    uint32_t length;
    const uint8_t *payload; /* inside the link's buffer: valid until the next link_ call */
};

/*
 * Connect and shake hands (10 s at most, else -ETIMEDOUT).  `name`: our name, for the monitor;
 * NULL: the program's name.  0; -ENOENT: no server runs for this bus (no socket, or one that a
 * server left behind); -EACCES: no permission, or the server is neither ours nor root's; -EPERM,
 * -ENAMETOOLONG (i2ctarget_link_directory()); -EPROTO: other protocol version; the errno with which
 * the server refused; other -errno.  The descriptor is CLOEXEC.
 */
int i2ctarget_link_open(struct link *link, unsigned bus, enum protocol_role role, const char *name);
/* Like i2ctarget_link_open(), in a directory that was found earlier. */
int i2ctarget_link_open_in(struct link *link, const char *directory, unsigned bus,
                           enum protocol_role role, const char *name);
void i2ctarget_link_close(struct link *link);

/*
 * One sentence for people about a failure of i2ctarget_link_open(), with what to do about it,
 * without a newline: "no bus 1: start it with …".
 */
const char *i2ctarget_link_explain(const struct link *link, int error, char *text, size_t size);

/*
 * Send one frame: header, then `head` and `tail` (each may be empty).  Blocks; a signal does not
 * interrupt it.  0 or -errno (-EPIPE: the server is gone; no SIGPIPE).  -EMSGSIZE: above
 * PROTOCOL_PAYLOAD_MAX.
 */
int i2ctarget_link_send(struct link *link, uint16_t type, const void *head, size_t head_bytes,
                        const void *tail, size_t tail_bytes);
/*
 * Like i2ctarget_link_send(), with up to LINK_PARTS_MAX parts.  The first one must be readable.
 * -EFAULT: another part is not; the link can not be used any more.
 */
#define LINK_PARTS_MAX 44
int i2ctarget_link_send_parts(struct link *link, uint16_t type, const struct iovec *parts,
                              size_t count);

/*
 * The next frame, if an earlier read has brought it: 1; 0: it has not; -EPROTO.  Makes no system
 * call.
 */
int i2ctarget_link_next(struct link *link, struct link_frame *frame);

/*
 * The next frame, if it has arrived: 1; 0: not yet; -EPIPE: the server is gone; -EPROTO: invalid
 * bytes; -ENOMEM.  Never blocks.
 */
int i2ctarget_link_poll(struct link *link, struct link_frame *frame);

/*
 * Waits for the next frame until `deadline_us` of CLOCK_MONOTONIC (INT64_MAX: for ever).  1,
 * -ETIMEDOUT, -EINTR (a signal handler ran, with SA_RESTART or without), -EPIPE, -EPROTO, -ENOMEM.
 */
int i2ctarget_link_receive(struct link *link, struct link_frame *frame, int64_t deadline_us);

/*
 * Like i2ctarget_link_receive(), but not interrupted by signals, for a frame that brings a
 * descriptor.  *descriptor belongs to the caller, whatever is returned; -EPROTO: none was sent;
 * -EMFILE: this process may have no more.  No bytes may have been read ahead.
 */
int i2ctarget_link_receive_descriptor(struct link *link, struct link_frame *frame,
                                      int64_t deadline_us, int *descriptor);

int64_t i2ctarget_link_now_us(void); /* CLOCK_MONOTONIC */

#endif
