#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The trace of a bus: complete at any time, readable by an independent decoder, and never lost without a
message."""

import os
import re
import resource
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import BusTest


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))


class Trace(BusTest):
    def setUp(self):
        super().setUp()
        self.path = f"{self.directory}/trace.vcd"

    def decode(self):
        """What sigrok decodes from it."""
        sigrok = subprocess.run(["sigrok-cli", "-i", self.path, "-I", "vcd", "-P", "i2c", "-A",
                                 "i2c=start:repeat-start:stop:ack:nack:address-read:address-write:data-read:data-write"],
                                capture_output=True, text=True, timeout=30, check=True)
        found = [line.split(": ", 1)[1] for line in sigrok.stdout.splitlines()]
        return [word for word in found if word not in ("Read", "Write")]

    def test_can_be_read_while_the_bus_runs(self):
        bus = self.start("--trace", self.path)
        controller, target = self.controller(), self.target()
        expected = []
        for byte in 0x00, 0x5A, 0xFF:
            controller.send_read_byte_data(0x40, byte)
            target.commit(target.next_call().serial, count=1)
            target.commit(target.next_call().serial, count=1, data=bytes([byte ^ 0x0F]))
            self.assertEqual(controller.reply()[0], 0)
            expected += ["Start", "Address write: 40", "ACK", f"Data write: {byte:02X}", "ACK", "Start repeat",
                         "Address read: 40", "ACK", f"Data read: {byte ^ 0x0F:02X}", "NACK", "Stop"]
            # The decoder sees an edge only when a later sample follows.  So the very last STOP is still missing.
            found = self.decode()
            self.assertEqual(found, expected[: len(found)])
            self.assertGreaterEqual(len(found), len(expected) - 1)
        self.assertEqual(bus.stop(), (0, "", ""))
        self.assertEqual(self.decode(), expected)

    def test_path_that_can_not_be_written(self):
        for path, reason in ((f"{self.directory}/no/where.vcd", "No such file or directory"),
                             (self.directory, "Is a directory"), ("/dev/full", "No space left on device")):
            bus = self.command("bus", "--trace", path)
            self.assertEqual((bus.returncode, bus.stdout), (1, ""))
            self.assertEqual(bus.stderr, f"i2ctarget bus: cannot write the trace: {path}: {reason}\n")
            self.assertEqual([name for name in os.listdir(self.directory) if name != "trace.vcd"], [])

    def test_full_disk_ends_the_trace_not_the_bus(self):
        bus = self.start("--trace", self.path, preexec_fn=small_files)
        for _ in range(20):
            self.assert_works()
        status, _, err = bus.stop()
        self.assertEqual(status, 1)
        self.assertEqual(err, f"i2ctarget bus: the trace ends here, the bus goes on: {self.path}: File too large\n")
        # The file is a trace, up to an incomplete line.
        with open(self.path) as lines:
            whole = lines.read().rsplit("\n", 1)[0].splitlines()
        self.assertGreater(len(whole), 1000)
        for line in whole[whole.index("$end") + 1 :]:
            self.assertRegex(line, r"^(#\d+|[01][cd]|r[0-9.]+ i)$")

    def test_killed_server_leaves_a_readable_trace(self):
        bus = self.start("--trace", self.path)
        self.assert_works()
        bus.stop(signal.SIGKILL)
        self.assertIn("Data write: 0C", self.decode())


if __name__ == "__main__":
    unittest.main()
