#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Memory on the chip: it answers in the interrupt, so SCL is not held, whatever Python does.  Prints figures of docs/MICROPYTHON.md.

They are the emulator's: it knows no misses of the flash's cache.  So another test looks where the code is.
"""

import re
import subprocess
import unittest

from served import BEGIN, FIRMWARE, Board

TURNS = 20

MEMORY = BEGIN + """
import gc, time
from i2ctarget import EEPROM, Memory

def tell(begin, end):
    print("written", begin, end, list(data[begin:end]))

data = bytearray(range(16))
memory = Memory(data, read_only=range(2), on_write=tell)
target = I2CTarget(board.SCL, board.SDA, [0x40, 0x41])
target.attach(memory, [0x40])
"""
ASLEEP = MEMORY + "while True: time.sleep_ms(100)\n"
BUSY = MEMORY.replace("print(", "len(str(") .replace("[begin:end]))", "[begin:end])))") + """
while True:
    waste = [bytearray(64) for _ in range(50)]
    text = ",".join(str(len(one)) for one in waste)
    gc.collect()
"""
IN_CALLS = MEMORY + """
while True:
    if target.request(timeout=-1): pass
    time.sleep_ms(1)
"""
# What answers, and the tables that it looks into.
ANSWERING = ("i2ctarget_raise_event", "addressed", "received", "requested", "ended", "ops")


class MemoryTest(unittest.TestCase, Board):
    def serve_at(self, scl_hz, program):
        self.begin(scl_hz)
        self.serve(program)
        self.board.run(0.05)

    def tearDown(self):
        self.judge()

    def stretches(self, **options):
        """The longest stretch of each of many transfers, in ns; each gives what it should."""
        longest = 0
        for turn in range(TURNS):
            for messages, expected in (
                (({"address": 0x40, "write": [4, turn, turn + 1]},), []),
                (({"address": 0x40, "write": [3]}, {"address": 0x40, "read": 4}), [3, turn, turn + 1, 6]),
                (({"address": 0x40, "read": 2},), [7, 8]),
            ):
                done = self.board.transfer(*messages, **options)
                self.assertEqual((done["result"], (done["read"][-1] or [])), ("done", expected))
                longest = max(longest, done["stretchNs"])
                self.board.run(0.0003 * (turn % 7))
        return longest


class Everywhere(MemoryTest):
    def test_nothing_is_stretched_while_python_sleeps(self):
        for scl_hz in 100000, 400000:
            with self.subTest(scl_hz=scl_hz):
                self.serve_at(scl_hz, ASLEEP)
                self.assertEqual(self.stretches(), 0)
                self.assertEqual(self.judge()["longestStretchNs"], 0)

    def test_a_controller_that_ignores_stretching(self):
        self.serve_at(400000, ASLEEP)
        self.assertEqual(self.stretches(ignoreStretch=True), 0)

    def test_how_long_while_python_works(self):
        for scl_hz in 100000, 400000:
            with self.subTest(scl_hz=scl_hz):
                self.serve_at(scl_hz, BUSY)
                longest = self.stretches()
                print(f"  Memory while Python works and collects garbage, {scl_hz // 1000} kHz: longest stretch {longest:.0f} ns")
                self.assertLess(longest, 10000)

    def test_soft_reset(self):
        """The bus is free, and nothing answers from memory that is someone else's by now."""
        self.violations = ("data valid too late",)  # its bit, which the reset has cut
        self.serve_at(400000, ASLEEP)
        self.board.hand("Start")
        self.assertEqual(self.board.hand("Write", 0x81), 1)
        self.board.interrupt()
        self.board.finish()
        self.board.soft_reset()
        self.board.hand("Stop")
        self.assertFalse(self.answers())
        self.assertEqual(self.board.state()["driving"], 0)
        self.serve(ASLEEP)
        self.assertEqual(self.stretches(), 0)

    def test_all_that_the_program_forgets(self):
        """The target keeps its devices, and these their buffers."""
        self.serve_at(400000, MEMORY + "del data, memory, tell\nwhile True:\n    gc.collect()\n    waste = [bytearray(16) for _ in range(99)]\n")
        self.assertEqual(self.board.transfer({"address": 0x40, "write": [3]}, {"address": 0x40, "read": 3})["read"][1], [3, 4, 5])

    def test_on_write_inside_calls(self):
        self.serve_at(400000, IN_CALLS)
        self.board.transfer({"address": 0x40, "write": [4, 0xAA, 0xBB]})
        self.assertEqual(self.board.wait_for_line(), "written 4 6 [170, 187]")


class BuiltIn(MemoryTest):
    def test_on_write_while_the_program_does_something_else(self):
        self.serve_at(400000, MEMORY + "while True: pass\n")
        self.board.transfer({"address": 0x40, "write": [4, 0xAA, 0xBB]})
        self.assertEqual(self.board.wait_for_line(), "written 4 6 [170, 187]")
        self.board.transfer({"address": 0x40, "write": [1, 0xCC]})
        self.board.transfer({"address": 0x40, "write": [15, 1]})
        self.assertEqual(self.board.wait_for_line(), "written 15 16 [1]")

    def test_several_messages_in_one_call(self):
        """Interrupts go on while the VM has no turn."""
        self.serve_at(400000, MEMORY + "numbers = [1] * 9000\nwhile True: sum(numbers)\n")
        for offset in 9, 3, 5:
            self.board.transfer({"address": 0x40, "write": [offset, 0x77]})
        told = set()
        for _ in range(2):  # the second if the first came between two of them
            begin, end = map(int, self.board.wait_for_line().split()[1:3])
            told |= set(range(begin, end))
            if told >= {3, 5, 9}:
                break
        self.assertLessEqual({3, 5, 9}, told)


class Code(unittest.TestCase):
    def test_where_it_is(self):
        """In SRAM: a miss in the flash's cache takes longer than an answer may."""
        listed = subprocess.run(["arm-none-eabi-nm", FIRMWARE.removesuffix(".uf2") + ".elf"], capture_output=True, text=True, check=True).stdout
        names = [(int(at, 16), name) for at, name in re.findall(r"^([0-9a-f]{8}) \w (\S+)$", listed, re.MULTILINE)]
        found = {}
        for at, name in names:
            base = name.split(".")[0]
            if base in ANSWERING:
                found.setdefault(base, []).append(at)
        self.assertEqual(sorted(found), sorted(ANSWERING))
        for name, places in found.items():
            if name != "ops":  # other modules have tables of this name
                self.assertTrue(all(0x20000000 <= at < 0x20042000 for at in places), (name, list(map(hex, places))))
        self.assertGreaterEqual(sum(0x20000000 <= at for at in found["ops"]), 2)


if __name__ == "__main__":
    unittest.main()
