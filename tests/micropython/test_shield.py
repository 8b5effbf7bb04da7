#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Ctrl-C at the moment when a call begins, which is a jump out of the signal's handler: the call was not entered, or is left.

No program can hit that moment.  So early_interrupt.c, which is preloaded, raises the signal there.
"""

import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(1, f"{os.environ['SOURCE_DIR']}/tests/linux")
from buses import BusTest

import run

CALLS = 6
PROGRAM = f"""
from i2ctarget import I2CTarget
from microcontroller import pin
device, interrupts = None, 0
for _ in range({CALLS}):
    try:
        device = device or I2CTarget(pin.SCL1, pin.SDA1, (0x40,))
        device.request()
        device.counters
    except KeyboardInterrupt:
        interrupts += 1
device.deinit()
print(interrupts)
"""


class Shield(BusTest):
    def said(self, when):
        """What the program says if the signal comes at the n-th time."""
        done = subprocess.run([run.PROGRAM, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20, check=False,
                              env=os.environ | {"MICROPYPATH": ":".join(run.PATH), "LD_PRELOAD": os.environ["EARLY_INTERRUPT_LIBRARY"],
                                                "EARLY_INTERRUPT": str(when)},
                              preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        return done.stdout

    def test_each_call(self):
        self.start()
        self.assertEqual(self.said(0), "0\n")
        for when in range(1, CALLS + 1):
            with self.subTest(when=when):
                self.assertEqual(self.said(when), "1\n")


if __name__ == "__main__":
    unittest.main()
