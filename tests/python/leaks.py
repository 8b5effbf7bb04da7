# SPDX-License-Identifier: MIT
"""What a test case leaves behind.

A case is run many times over in one process, and what it leaves is counted after each time: blocks of Python's allocator and of the C
library's, objects, descriptors, and references to what outlives every case, above all the extension's own classes.  What a case leaves
once is a cache; what grows every time is a leak.
"""

import array
import contextlib
import ctypes
import gc
import os
import sys
import tempfile
import unittest
from unittest import mock

import i2ctarget
import i2ctarget._pins
from microcontroller import pin

# How often a case is run before the first count, and how often it is counted.  What seems to grow in the first look gets the second one:
# a cache may grow twice in a row, but not so many times.
WARM_UP, LOOKS = 1, (3, 12)

# The C library counts what its threads keep for the next malloc() as being in use, so the count goes up and down without a leak.  It reads
# its settings when a program begins, so this one begins once more.
EXACT = "glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1"
if os.environ.get("GLIBC_TUNABLES") != EXACT:
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "GLIBC_TUNABLES": EXACT})


class Mallinfo2(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
                                                     "fordblks", "keepcost")]


mallinfo2 = ctypes.CDLL(None).mallinfo2
mallinfo2.restype = Mallinfo2

# What a forgotten reference would hold: each is there before and after every case.
REFERRED = {
    **{name: getattr(i2ctarget, name) for name in ("I2CTarget", "I2CTargetRequest", "Counters", "End")},
    **{str(end): end for end in i2ctarget.End},
    **{f"the int {n}": n for n in range(-5, 257)},
    **{repr(thing): thing for thing in (None, True, False, (), b"", "", pin.SCL1, pin.SDA1)},
    **{module.__name__: module for module in (i2ctarget, i2ctarget._pins)},
    "bus_of": i2ctarget._pins.bus_of,
}


NAMES = ("blocks", "objects", "descriptors", "bytes of malloc()", *(f"references to {name}" for name in REFERRED))


class Counts:
    """What there is after each time, in arrays that are there from the start: to count must not leave anything itself."""

    def __init__(self, times):
        self.columns = [array.array("q", [0] * times) for _ in NAMES]

    def take(self, time):
        gc.collect()
        sys._clear_type_cache()  # it keeps every name that was looked up
        heap = mallinfo2()
        self.columns[0][time] = sys.getallocatedblocks()
        self.columns[1][time] = len(gc.get_objects())
        self.columns[2][time] = len(os.listdir("/proc/self/fd"))
        self.columns[3][time] = heap.uordblks + heap.hblkhd
        for column, thing in zip(self.columns[4:], REFERRED.values()):
            column[time] = sys.getrefcount(thing)

    def growing(self):
        """What is more each time than the time before: {what: [how many]}"""
        columns = dict(zip(NAMES, self.columns))
        return {what: list(column) for what, column in columns.items() if all(a < b for a, b in zip(column, column[1:]))}


def left_by(work):
    """What this leaves more of each time: {what: [how many there were]}.  What seems to grow is looked at once more."""
    suspected = NAMES
    for times in LOOKS:
        left = Counts(times)
        for time in range(-WARM_UP, times):
            work()
            left.take(max(time, 0))
        grown = {what: column for what, column in left.growing().items() if what in suspected}
        if not grown:
            break
        suspected = tuple(grown)
    return grown


class Failed(Exception):
    """The case itself has failed, and has said so."""


def same_directory(prefix=""):
    """For tempfile.mkdtemp(): what is put into the environment is kept for good by the C library, but only once if it is the same."""
    path = f"{tempfile.gettempdir()}/{prefix}{os.getpid()}"
    os.mkdir(path, mode=0o700)
    return path


class Repeated:
    """A mix-in for a unittest.TestCase, to be named before it: each case is run many times over, and must leave nothing."""

    def run(self, result=None):
        def once():
            troubles = len(result.failures) + len(result.errors)
            type(self)(self._testMethodName).run_once(result)
            if len(result.failures) + len(result.errors) > troubles:
                raise Failed

        with contextlib.suppress(Failed):
            leaks = left_by(once)
            if leaks:
                result.addFailure(self, (AssertionError, AssertionError(f"it leaves more each time: {leaks}"), None))
        return result

    def run_once(self, result):
        with mock.patch.object(tempfile, "mkdtemp", same_directory):
            super().run(result)


def repeated(module, **attributes):
    """The module's test classes, each with Repeated."""
    classes = [thing for thing in vars(module).values()
               if isinstance(thing, type) and issubclass(thing, unittest.TestCase) and thing.__module__ == module.__name__]
    return {case.__name__: type(case.__name__, (Repeated, case), {"__module__": "__main__", **attributes}) for case in classes}
