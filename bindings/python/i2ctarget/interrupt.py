# SPDX-License-Identifier: MIT
"""The output line of a device (INT, ALERT, OS), for a program that waits for it.

    from i2ctarget.interrupt import Interrupt

    with Interrupt("/tmp/os") as line:                      # i2ctarget device lm75 --interrupt /tmp/os
        line.wait(False)                                    # until the device pulls it low

A PrivateBus has lines for the devices that it starts: PrivateBus.interrupt().
"""

import os
import select
import stat
import time

__all__ = ["Interrupt"]

READ_BYTES = 65536


class Interrupt:
    """The reading end of a line at a FIFO, which is made if it is not there.

    The device may begin before or after it.  One at a time may read a FIFO.

    place    the path, for --interrupt
    level    True: high; False: low; None: the device has not begun.  It is what changes() or wait() found last

    Raises OSError: the FIFO can not be made or opened.  FileExistsError: the file is no FIFO.
    """

    def __init__(self, place):
        self.place = os.fspath(place)
        self.level = None
        self._pending = b""
        self._fd = -1
        self._made = _make(self.place)
        self._fd = os.open(self.place, os.O_RDONLY | os.O_NONBLOCK)

    def fileno(self):
        """For select, selectors and event loops: readable while changes() has something to tell, and when the device has ended."""
        if self._fd < 0:
            raise ValueError("this Interrupt is closed")
        return self._fd

    def changes(self):
        """The levels since the last call, oldest first; it never waits.  The first of all is the level at the beginning.

        Raises EOFError: the device has ended, and all of its changes were told.
        """
        levels = []
        while True:
            try:
                data = os.read(self.fileno(), READ_BYTES)
            except BlockingIOError:
                break
            if not data:
                if self._has_hung_up() and not levels:
                    raise EOFError("the device has ended")
                break
            *lines, self._pending = (self._pending + data).split(b"\n")
            levels += [line == b"1" for line in lines]
            self.level = levels[-1] if levels else self.level
        return levels

    def _has_hung_up(self):
        """For read() a device that has gone, maybe without a word, is one that has not come."""
        end = select.poll()
        end.register(self, 0)
        return bool(end.poll(0))

    def wait(self, level, timeout=10.0):
        """Return when the line has had this level since the last call of changes() or wait(), or has it now.

        Raises TimeoutError: not within so many seconds.  EOFError: the device has ended.
        """
        until = time.monotonic() + timeout
        waiter = select.poll()  # select.select() takes no descriptor from 1024 on
        waiter.register(self, select.POLLIN)
        while True:
            if level in self.changes() or self.level == level:
                return
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"the line was not {'high' if level else 'low'} within {timeout} s")
            waiter.poll(left * 1000)

    def close(self):
        """A FIFO that was made here is removed."""
        if self._fd < 0:
            return
        os.close(self._fd)
        self._fd = -1
        if self._made:
            try:
                os.unlink(self.place)
            except FileNotFoundError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


def _make(place):
    try:
        os.mkfifo(place, 0o600)
        return True
    except FileExistsError:
        if not stat.S_ISFIFO(os.stat(place).st_mode):
            raise
        return False
