#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The seed's program, unmodified, in MicroPython on the chip: asked on its wires, and by Debian's i2c-tools.

The checker watches the wires all the time: each test ends with a look at what it found.
"""

import re
import subprocess
import sys
import unittest

from served import BEGIN, REGISTERS, Board
import emulator  # noqa: E402

sys.path.insert(1, f"{emulator.ROOT}/tests/linux")
from buses import COMMAND, BusTest  # noqa: E402

# Sixteen registers, and garbage all the time.
GARBAGE = BEGIN + """
import gc
registers = bytearray(16)
with I2CTarget(board.SCL, board.SDA, (0x40, 0x41)) as device:
    while True:
        rubbish = [bytes(50) for n in range(20)]
        gc.collect()
        request = device.request()
        if request:
            with request:
                if request.is_read:
                    request.write(registers[chosen : chosen + 1])
                else:
                    data = request.read(2)
                    if data:
                        chosen = data[0]
                        registers[chosen : chosen + 1] = data[1:] or registers[chosen : chosen + 1]
"""


class Served(unittest.TestCase, Board):
    def setUp(self):
        self.begin()

    def tearDown(self):
        self.judge()

    def test_the_seed_s_program(self):
        self.serve(REGISTERS)
        self.assertEqual(self.get(1), 0)
        self.put(1, 0xAA)
        self.assertEqual((self.get(1), self.get(2)), (0xAA, 0))
        self.assertEqual(self.found(), [0x40, 0x41])
        self.assertEqual(self.get(1), 0xAA)

    def test_garbage_is_collected_meanwhile(self):
        self.serve(GARBAGE)
        for register in range(16):
            self.put(register, register * 17 ^ 0x5A)
        self.assertEqual([self.get(register) for register in range(16)], [register * 17 ^ 0x5A for register in range(16)])
        self.assertEqual(self.found(), [0x40, 0x41])

    def test_the_program_is_pasted(self):
        """In the paste mode of the prompt, as a person does it."""
        self.board.type("\x05")
        self.board.wait("=== ")
        self.board.type(REGISTERS.replace("\n", "\r") + "\x04")
        self.board.attend()
        self.put(3, 0x77)
        self.assertEqual(self.get(3), 0x77)
        self.board.interrupt()
        self.assertIn("KeyboardInterrupt", self.board.wait(">>> "))
        self.assertFalse(self.answers())


class Tools(BusTest, Board):
    """Debian's i2c-tools, over a virtual bus."""

    def setUp(self):
        super().setUp()
        self.begin()
        self.start()

    def tearDown(self):
        self.judge()

    def serve_on_a_bus(self, program):
        self.serve(program)
        self.board.bridge(self.directory + "/bus-1")

    def ask(self, command):
        done = subprocess.run([COMMAND, "exec", "--", *command.split()], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual((done.stderr, done.returncode), ("", 0), command)
        return done.stdout

    def found(self):
        return re.findall(r"\b[0-9a-f]{2}\b(?!:)", self.ask("i2cdetect -y 1").split("\n", 1)[1])

    def test_the_three_commands(self):
        self.serve_on_a_bus(REGISTERS)
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01"), "0x00\n")
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x01 0xaa"), "")
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x01"), "0xaa\n")
        self.assertEqual(self.found(), ["40", "41"])

    def test_i2cdetect_while_garbage_is_collected(self):
        self.serve_on_a_bus(GARBAGE)
        self.assertEqual(self.found(), ["40", "41"])


if __name__ == "__main__":
    unittest.main()
