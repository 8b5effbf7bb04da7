# SPDX-License-Identifier: MIT
"""What MicroPython's tests have around them; tests/python/bench.py is CPython's."""

import os
import time
import unittest
import _thread

import host
from capabilities import LACKED_BY_MICROPYTHON

PLACE, HUGE, LONG, THIN = "bus 1", 1e300, 8192, 1


def now():
    return time.ticks_us() / 1e6


def needs(capability):
    """A test, or a class of tests, for which MicroPython lacks something: it is listed with its reason."""
    reason = LACKED_BY_MICROPYTHON.get(capability)
    return lambda test: unittest.LeftOut(reason) if reason else test


def _not_here(*arguments, **keywords):
    raise NotImplementedError


events = record = signalled = _not_here


def wait_until(condition, what, seconds=10):
    """Poll a condition until it is true.  Returns its value."""
    end = now() + seconds
    while True:
        value = condition()
        if value:
            return value
        if now() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep_ms(5)


class Bench(unittest.TestCase):
    """The bus servers and controllers are in the process that started MicroPython."""

    def setUp(self):
        self.there = host.root("bus test")
        self.addCleanup(self.there.doCleanups)
        self.there.setUp()
        self.directory = self.there.directory
        os.putenv("I2CTARGET_DIR", self.directory)
        os.unsetenv("I2CTARGET_BUS")

    def start(self, *options, **keywords):
        return self.there.start(*options, **keywords)

    def controller(self, **keywords):
        return self.there.controller(**keywords)

    def assert_works(self, **keywords):
        self.there.assert_works(**keywords)


class Later:
    """Something done by a thread, so that the test can wait for its effect; its exception is raised on leaving."""

    def __init__(self, call, *arguments):
        self.call, self.arguments = call, arguments
        self.error = self.result = None
        self.is_over = False
        self.thread = self

    def is_alive(self):
        return not self.is_over

    def run(self):
        try:
            self.result = self.call(*self.arguments)
        except BaseException as error:
            self.error = error
        self.is_over = True

    def __enter__(self):
        _thread.start_new_thread(self.run, ())
        return self

    def __exit__(self, *exception):
        wait_until(lambda: self.is_over, "the end of the thread", 20)
        if self.error and exception[0] is None:
            raise self.error
