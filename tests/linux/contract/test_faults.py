#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Faults on demand: for each kind, what a client gets (errno or bytes), what the wires show, what is counted; and the next transfer is healthy.

The client is Debian's i2ctransfer, on the shim and as a program whose system calls are supervised."""

import errno
import json
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shim"))
from shimtest import ShimTest
import protocol
from buses import COMMAND

WRITE = "w3@0x20 0x10 0xa5 0x3c"
READ = "w1@0x20 0x10 r2"
GOOD = "0xa5 0x3c"
WRITTEN = "S 20 W + 10 a5 3c + P"
READ_BACK = "S 20 W + 10 + Sr 20 R + a5 3c - P"
TIMEOUT_MS = 400

# The fault, the transfer, errno or what is printed, and what was on the wires.
TABLE = [
    ("0x20 nack once", WRITE, errno.ENXIO, "S 20 W - P"),
    ("0x20 nack once read", READ, errno.ENXIO, "S 20 W + 10 + Sr 20 R - P"),
    ("any nack times 1", WRITE, errno.ENXIO, "S 20 W - P"),
    ("0x20 nack-after 0 once", WRITE, errno.EIO, "S 20 W + 10 - P"),
    ("0x20 nack-after 2 once", WRITE, errno.EIO, "S 20 W + 10 a5 3c - P"),
    ("0x20 stretch 30ms once", READ, GOOD, READ_BACK),
    ("0x20 stretch 30ms at 2.3 read once", READ, GOOD, READ_BACK),
    ("0x20 stretch 30s once", WRITE, errno.ETIMEDOUT, None),
    ("0x20 flip at 1.7 read once", READ, "0x25 0x3c", "S 20 W + 10 + Sr 20 R + 25 3c - P"),
    ("0x20 flip at 2.6 read once", READ, "0xa5 0x7c", "S 20 W + 10 + Sr 20 R + a5 7c - P"),
    ("0x20 flip at 1.ack write once", WRITE, errno.EIO, "S 20 W + 10 - P"),
    ("0x20 flip at 0.ack once", WRITE, errno.ENXIO, "S 20 W - P"),
    ("0x20 lose-arbitration once", WRITE, errno.EAGAIN, None),
    ("0x20 lose-arbitration at 1.7 read once", READ, errno.EAGAIN, None),
    ("0x20 drop once", WRITE, errno.EIO, "S 20 W + 10 - P"),
    ("0x20 drop at 2.6 read once", READ, "0xa5 0x7f", "S 20 W + 10 + Sr 20 R + a5 7f - P"),
    ("0x20 glitch-sda 40ns at 2.7 write once", WRITE, "", None),
    ("0x20 glitch-scl 40ns at 2.3 read once", READ, GOOD, None),
    ("0x20 no-stop once", WRITE, "", "S 20 W + 10 a5 3c +"),
    ("0x20 clock 20000 once", READ, GOOD, READ_BACK),
    ("any hold-scl 30ms", WRITE, "", WRITTEN),
    ("any hold-scl 30s", WRITE, errno.ETIMEDOUT, None),
    ("any hold-sda 30s", WRITE, errno.EAGAIN, None),
    ("0x20 hold-sda 2ms at 2.5 write once", WRITE, errno.EAGAIN, None),
    ("0x20 hold-scl 30ms at 1.ack once", WRITE, "", WRITTEN),
]

# A byte data read with PEC of 0x21; prints errno.
PEC_CLIENT = """
import ctypes, fcntl, os
class Request(ctypes.Structure):
    _fields_ = [("read_write", ctypes.c_uint8), ("command", ctypes.c_uint8), ("size", ctypes.c_uint32), ("data", ctypes.c_void_p)]
device = os.open("/dev/i2c-1", os.O_RDWR)
fcntl.ioctl(device, 0x703, 0x21)
fcntl.ioctl(device, 0x708, 1)
data = ctypes.create_string_buffer(34)
try:
    fcntl.ioctl(device, 0x720, Request(1, 5, 2, ctypes.addressof(data)))
    print(0)
except OSError as error:
    print(error.errno)
"""


class Faults(ShimTest):
    TARGETS = {"smbus_device": 0x20}
    OPTIONS = []

    def start(self, *options, **keywords):
        self.trace = f"{self.directory}/trace.vcd"
        return super().start("--trace", self.trace, "--timeout", str(TIMEOUT_MS), *options, **keywords)

    def fault(self, *words, status=0):
        result = self.command("fault", *words)
        self.assertEqual((result.returncode, result.stderr), (status, ""))
        return result.stdout

    def transfer(self, words):
        """What i2ctransfer prints, or errno."""
        result = self.exec("/usr/sbin/i2ctransfer", "-y", "1", *words.split())
        if result.returncode == 0:
            self.assertEqual(result.stderr, "")
            return result.stdout.strip()
        complaint = re.fullmatch(r"Error: Sending messages failed: (.*)\n", result.stderr)[1]
        return next(number for number in errno.errorcode if os.strerror(number) == complaint)

    def last_on_the_wires(self):
        shown = subprocess.run([COMMAND, "trace", self.trace], capture_output=True, text=True, check=True).stdout
        last = shown.splitlines()[-1]
        return re.sub(r"\s+", " ", re.sub(r"^\S+\s+|\s\s+[\d.]+ [µm]s.*$", "", last)).strip()

    def assert_healthy(self):
        self.assertEqual(self.transfer(WRITE), "")
        self.assertEqual(self.transfer(READ), GOOD)
        self.assertEqual(self.last_on_the_wires(), READ_BACK)

    def test_table(self):
        self.assert_healthy()
        for number, (fault, transfer, result, wires) in enumerate(TABLE, 1):
            with self.subTest(fault=fault, transfer=transfer):
                self.fault("--clear")
                said = self.fault(*fault.split())
                self.assertRegex(said, rf"^fault {number} on bus 1: ")
                self.assertEqual(self.transfer(transfer), result)
                seen = self.last_on_the_wires()
                if wires:
                    self.assertEqual(seen, wires)
                counted = self.fault("--list").splitlines()
                self.assertEqual(len(counted), 1)
                self.assertRegex(counted[0], rf"^{number} +(0x20|any) .* hit 1 of 1$")
                if fault.startswith("any"):  # a line that is stuck for long
                    self.fault("--clear")
                self.assert_healthy()

    def test_a_slow_bus_is_not_dead(self):
        """A fault that stays does not tire."""
        self.fault("0x20", "nack")
        for _ in range(3):
            self.assertEqual(self.transfer(WRITE), errno.ENXIO)
        self.assertRegex(self.fault("--list"), r"^1 +0x20 nack +hit 3 of 3$")
        self.fault("--clear=1")
        self.assert_healthy()

    def test_a_time_out_lets_go_of_the_line(self):
        """The wires agree: SCL was low for as long as the client has waited, and not for 30 s."""
        self.fault("0x20", "stretch", "30s", "once")
        self.assertEqual(self.transfer(WRITE), errno.ETIMEDOUT)
        shown = subprocess.run([COMMAND, "trace", "--json", self.trace], capture_output=True, text=True, check=True).stdout
        duration_ns = json.loads(shown.splitlines()[-1])["duration_ns"]
        self.assertGreaterEqual(duration_ns, TIMEOUT_MS * 1000000)
        self.assertLess(duration_ns, 20 * 10 ** 9)
        self.assert_healthy()

    def test_a_lost_arbitration_is_tried_again(self):
        with protocol.Controller() as controller:
            self.assertEqual(controller.set(protocol.I2C_RETRIES, 1), 0)
        self.fault("0x20", "lose-arbitration", "once")
        self.assertEqual(self.transfer(WRITE), "")
        self.fault("0x20", "lose-arbitration", "times", "2")
        self.assertEqual(self.transfer(WRITE), errno.EAGAIN)
        self.assert_healthy()

    def test_a_wrong_pec_is_noticed(self):
        def read():
            result = self.exec("/usr/bin/python3", "-c", PEC_CLIENT)
            self.assertEqual(result.stderr, "")
            return int(result.stdout)

        self.assertEqual(read(), 0)
        self.fault("0x21", "wrong-pec", "once")
        self.assertEqual(read(), errno.EBADMSG)
        self.assertRegex(self.fault("--list"), r"hit 1 of 1$")
        self.assertEqual(read(), 0)


class Supervised(Faults):
    OPTIONS = ["--static"]


if __name__ == "__main__":
    unittest.main()
