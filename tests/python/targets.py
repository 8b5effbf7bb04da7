# SPDX-License-Identifier: MIT
"""I2CTargets in the test's own process, asked by a controller that is no part of the project's library (tests/linux/protocol.py).

A call of the controller has two halves, so one thread can play both ends: send, serve, look at the reply.

CPython and MicroPython run this file and the tests that use it.  What is different is in the module bench; of a test that one of the two
can not run, capabilities.py says why.
"""

import os
import sys

getenv = getattr(os, "getenv", lambda name: None)  # a chip has no environment
BUILD = getenv("BUILD_DIR")
SOURCE = getenv("SOURCE_DIR")
PYTHON_PATH = [f"{BUILD}/python", f"{BUILD}/python/i2ctarget/fallback"]
if sys.implementation.name == "cpython":
    sys.path[1:1] = [f"{SOURCE}/tests/linux"] + PYTHON_PATH

from bench import HUGE, LONG, PLACE, THIN, Bench, Later, events, needs, now, record, signalled, wait_until  # noqa: F401 (for the tests)
from i2ctarget import End, I2CTarget, I2CTargetRequest  # noqa: F401
from microcontroller import pin

EIO, ENXIO, ETIMEDOUT = -5, -6, -110


class TargetTest(Bench):
    """A bus 1, and what hangs on it."""

    def setUp(self):
        super().setUp()
        self.bus = self.start()

    def device(self, addresses=(0x40,), smbus=False, number=1):
        device = I2CTarget(getattr(pin, f"SCL{number}"), getattr(pin, f"SDA{number}"), addresses, smbus)
        self.addCleanup(device.deinit)
        return device

    def both(self, addresses=(0x40,), **keywords):
        """A target, and a controller that has begun nothing yet."""
        return self.device(addresses, **keywords), self.controller()

    def writes(self, data, address=0x40):
        """A target whose controller writes these bytes to it: (request, controller)."""
        device, controller = self.both((address,))
        controller.send_transfer([(address, bytes(data))])
        request = device.request(timeout=5)
        self.asked = device  # a target that is collected leaves the bus
        return request, controller

    def reads(self, count, address=0x40):
        """A target whose controller reads that many bytes from it."""
        device, controller = self.both((address,))
        controller.send_transfer([(address, count)])
        request = device.request(timeout=5)
        self.asked = device
        return request, controller

    def settle(self, controller):
        """The server tells a controller first, its targets right after: a further transfer shows that they have been told."""
        for _ in range(2):
            controller.send_transfer([(0x3F, b"")])
            self.assertEqual(controller.transfer_reply()[0], ENXIO)

    def raises(self, error_number, call, *arguments, **keywords):
        """The OSError with this errno; its message."""
        with self.assertRaises(OSError) as raised:
            call(*arguments, **keywords)
        self.assertEqual(raised.exception.errno, error_number)
        return raised.exception.args[1]
