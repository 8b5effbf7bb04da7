#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How long Python takes to answer on the chip, at 125 MHz: the figures of docs/MICROPYTHON.md.

They are the emulator's: one cycle for most instructions, and none for what the flash's cache lacks.  A real chip is slower.
"""

import os
import re
import subprocess
import unittest

from served import BEGIN, FIRMWARE, REGISTERS, Board
import emulator  # noqa: E402

TURNS = 25

# A target that only waits for requests.
WAITING = BEGIN + """
with I2CTarget(board.SCL, board.SDA, [0x40]) as device:
    while True:
        with device.request(timeout=0) as request:
            if request.is_read:
                request.write(b"\\x5a")
            else:
                request.read(1)
"""


def us(ns):
    return round(ns / 1000)


class Figures(unittest.TestCase, Board):
    def tearDown(self):
        self.judge()

    def held(self, what, *messages):
        """Prints the shortest and the longest time for which SCL was held in one message, of many of the same."""
        held = []
        for _ in range(TURNS):
            result = self.board.transfer(*messages)
            self.assertEqual(result["result"], "done")
            held.append(us(result["stretchNs"]))
            self.board.run(0.001)
        print(f"  {what}: SCL is held for {min(held)} to {max(held)} us in a message")

    def serve_and_hold(self, program):
        self.begin(400000)
        self.serve(program)
        self.board.run(0.01)

    def test_a_waiting_program(self):
        self.serve_and_hold(WAITING)
        self.held("request(timeout=0), a byte is written", {"address": 0x40, "write": [1]})
        self.held("request(timeout=0), a byte is read", {"address": 0x40, "read": 1})

    def test_the_seed_s_program(self):
        self.serve_and_hold(REGISTERS)
        self.held("the seed's program, a register is written", {"address": 0x40, "write": [1, 0xAA]})
        self.held("the seed's program, a register is read", {"address": 0x40, "write": [1]}, {"address": 0x40, "read": 1})
        state = self.judge()
        print(f"  the seed's program: longest stretch {us(state['longestStretchNs'])} us")


class Size(unittest.TestCase):
    def test_size(self):
        """Of the firmware, with the module and without; the document says it twice."""
        sizes = []
        for path in FIRMWARE, os.environ["STOCK"]:
            done = subprocess.run(["arm-none-eabi-size", "-A", path.removesuffix(".uf2") + ".elf"], capture_output=True, text=True, check=True)
            section = {name: int(size) for name, size in re.findall(r"^(\.\w+) +(\d+)", done.stdout, re.MULTILINE)}
            sizes.append((section[".text"] + section[".rodata"] + section[".data"], section[".data"] + section[".bss"]))
        flash, ram = (a - b for a, b in zip(*sizes))
        print(f"  the module: {flash} bytes of flash, {ram} of RAM")
        with open(f"{os.environ['SOURCE_DIR']}/docs/MICROPYTHON.md", encoding="utf-8") as file:
            said = re.findall(r"([\d.]+) KB of flash(?:,| and) ([\d.]+) KB of RAM", file.read())
        self.assertEqual(len(said), 2)
        for said_flash, said_ram in said:
            self.assertAlmostEqual(flash / 1000, float(said_flash), delta=0.5)
            self.assertAlmostEqual(ram / 1000, float(said_ram), delta=0.5)


if __name__ == "__main__":
    unittest.main()
