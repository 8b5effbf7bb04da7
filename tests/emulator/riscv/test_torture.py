#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Traps, judged: an image that tortures them says the same in QEMU and in our harness; and work comes to the same results, however often and
wherever it is interrupted."""

import os
import sys
import unittest

import judged

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/emulator/torture")
from said import scenarios  # noqa: E402


class Torture(unittest.TestCase):
    maxDiff = None

    def test_torture(self):
        image = judged.build("torture")
        wanted = scenarios(judged.in_qemu(image))
        self.assertEqual((list(wanted)[-1], len(wanted)), ("end", 30))
        text, counted = judged.in_harness(image)
        said = scenarios(text)
        self.assertEqual(list(said), list(wanted))
        for title, lines in wanted.items():
            with self.subTest(title=title):
                self.assertEqual(said[title], lines)
        self.assertEqual(counted["taken"], 11)


class Interrupts(unittest.TestCase):
    """Four interrupts at random moments; their handlers nest."""

    def test_work(self):
        image = judged.build("work")
        wanted = scenarios(judged.in_harness(image)[0])
        self.assertEqual(wanted["interrupts"], ["handled 00000000", "deepest 00000000"])
        for seed in 1, 2:
            text, counted = judged.in_harness(image, seed, 8000)
            said = scenarios(text)
            self.assertEqual(said[""], wanted[""])
            handled, deepest = (int(line.split()[1], 16) for line in said["interrupts"])
            self.assertEqual(handled, counted["taken"])
            self.assertLessEqual(counted["raised"] - handled, 4)  # the image masks them at its end
            self.assertGreater(handled, 30000)
            self.assertGreaterEqual(deepest, 3)
            self.assertGreaterEqual(counted["kinds"], 45)  # lower bytes of opcodes that were interrupted


if __name__ == "__main__":
    unittest.main()
