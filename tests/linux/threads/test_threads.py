#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Threads: targets and controllers in one process, on servers of which several processes want something.

With ThreadSanitizer (the step of `make check` that has its name) a data race ends a program with status 66; so may the bus's.
"""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from buses import COMMAND, BusTest

PROGRAM = os.environ["BUILD_DIR"] + "/tests/linux/threads/threads"


class Threads(BusTest):
    def monitor(self, number):
        monitor = subprocess.Popen([COMMAND, "monitor", str(number)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(monitor.communicate)
        self.addCleanup(monitor.kill)
        return monitor

    def test_targets_and_controllers(self):
        buses = [self.start(number=number) for number in (1, 2)]
        monitors = [self.monitor(number) for number in (1, 2)]
        result = subprocess.run([COMMAND, "exec", "--bus", "1", "--bus", "2", "--", PROGRAM, "50"],
                                capture_output=True, text=True, timeout=200)
        self.assertEqual((result.returncode, result.stderr[-6000:]), (0, ""))
        for bus in buses:
            status, _, err = bus.stop()
            self.assertEqual((status, err), (0, ""))
        for monitor in monitors:
            self.assertNotIn("ThreadSanitizer", monitor.stderr.read())


if __name__ == "__main__":
    unittest.main()
