/* SPDX-License-Identifier: MIT */
/*
 * Linux: the output line of a part (INT, ALERT, OS, EVENT), for other programs to wait for.
 *
 * A device knows the level of its line: i2ctarget_lm75_os_pin(), for example.  The program that has
 * the device tells each change, and whoever waits finds it at a place:
 *
 *   /tmp/int               a FIFO; it is made if it is not there
 *   fd:5                   an open descriptor of this process: a pipe, a socket, a file
 *   gpio-sim:gpiochip1/3   line 3 of a simulated GPIO chip
 *
 * Such a chip is made by Linux' module gpio-sim.  The kernel's drivers, and programs such as gpiomon,
 * see a line that changes.
 *
 *     struct i2ctarget_interrupt line;
 *     error = i2ctarget_interrupt_open(&line, "/tmp/int", i2ctarget_lm75_os_pin(&lm75));
 *
 * And whenever the device may have changed its line:
 *
 *     i2ctarget_interrupt_set(&line, i2ctarget_lm75_os_pin(&lm75));
 *
 * Levels are those of the wire: an open drain that is released is high, because of its pull-up.
 *
 * In a FIFO, and in a descriptor, a level is a line of text, "0\n" or "1\n".  The first line that a
 * reader gets is the level at that time, and each further line is a change.  End of file means that
 * the line was closed.  A reader of a FIFO that opens it anew begins with the level of that time, not
 * with what a former reader has left.  A FIFO has one reader at a time; two would share the lines.
 *
 * Nothing here ever blocks.  If a reader is so late that its pipe is full (of some 30000 changes), then
 * what happens further is not kept, but the last line that it gets is the level that lasts.  A reader that
 * has opened a FIFO before the line was there may get its first level twice.
 *
 * Task context.  One thread at a time may use a line.
 */
#ifndef I2CTARGET_INTERRUPT_H
#define I2CTARGET_INTERRUPT_H

#include "i2ctarget/i2ctarget.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All members are private. */
struct i2ctarget_interrupt {
    int fd;          /* levels go there */
    int watch_fd;    /* tells of readers of a FIFO; -1: it is none */
    int wait_fd;     /* readable while there is something to do */
    char *made_path; /* the FIFO, if it was made here; else NULL */
    bool is_attribute;
    bool is_high;
    bool was_high;  /* what was told last */
    bool is_behind; /* it was full, and a level is to be told */
};

/*
 * Open a line that has this level.  The struct must not move until close.
 *
 * 0, or: -EINVAL: the place has none of the forms above.  -EEXIST: there is a file of that name, and
 * it is no FIFO.  -EBUSY: another line is at this FIFO; its reader may get the level again.  -EBADF:
 * the descriptor is not open, or can not be written to.  -ENOENT: there is no such simulated line.
 * -EACCES, -EMFILE, -ENOMEM, …: from Linux.  Nothing is left open then.
 */
I2CTARGET_API int i2ctarget_interrupt_open(struct i2ctarget_interrupt *line, const char *place,
                                           bool is_high) I2CTARGET_MUST_USE;

/* The line has this level now.  Tells it if it is a change. */
I2CTARGET_API void i2ctarget_interrupt_set(struct i2ctarget_interrupt *line, bool is_high);

/*
 * A descriptor for poll(), select() and epoll.  It is readable when i2ctarget_interrupt_serve() has
 * something to do: a reader has come, or there is room again.  A program that waits for events of
 * the bus waits for this one, too.  It belongs to the line and lives until close.
 */
I2CTARGET_API int i2ctarget_interrupt_descriptor(const struct i2ctarget_interrupt *line)
    I2CTARGET_MUST_USE;
I2CTARGET_API void i2ctarget_interrupt_serve(struct i2ctarget_interrupt *line);

/*
 * Readers get end of file.  A FIFO that was made here is removed.  A simulated GPIO line keeps its
 * level.  A descriptor that was given as "fd:N" stays open, and is the caller's as before.
 */
I2CTARGET_API void i2ctarget_interrupt_close(struct i2ctarget_interrupt *line);

#ifdef __cplusplus
}
#endif
#endif
