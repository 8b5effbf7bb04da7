# SPDX-License-Identifier: MIT
"""What the tests of tests/python have around them on a chip: the controller is on the chip's own wires, in emulated time."""

import time
import unittest

import host
from capabilities import LACKED_BY_MICROPYTHON, LACKED_ON_A_CHIP

PLACE = "SCL=GPIO5 SDA=GPIO4"
HUGE = 1e30  # floats have 32 bits
LONG = 1500  # what goes over the REPL is in memory several times
THIN = 211


def now():
    return time.ticks_us() / 1e6


def needs(capability):
    reason = LACKED_BY_MICROPYTHON.get(capability) or LACKED_ON_A_CHIP.get(capability)
    return lambda test: unittest.LeftOut(reason)


def _not_here(*arguments, **keywords):
    raise NotImplementedError


Later = events = record = signalled = wait_until = _not_here


class Bench(unittest.TestCase):
    def setUp(self):
        self.there = host.root("bench")
        self.addCleanup(self.there.end)

    def start(self):
        """The bus is there from the beginning."""

    def controller(self):
        return self.there.controller()

    def assert_works(self):
        self.there.assert_works()
