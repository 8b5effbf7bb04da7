#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Exceptions, judged: an image that tortures them says the same in QEMU and in our harness; and work comes to the same results, however often
and wherever it is interrupted."""

import os
import sys
import unittest

import judged

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/emulator/torture")
from said import scenarios  # noqa: E402

class Torture(unittest.TestCase):
    maxDiff = None

    def judge(self, core, kinds, count, tail_chained):
        image = judged.build("torture", core)
        wanted = scenarios(judged.in_qemu(image, core))
        self.assertEqual(list(wanted)[-1], "end")
        self.assertEqual(len(wanted), count)
        for kind in kinds:
            text, counted = judged.in_harness(image, kind)
            said = scenarios(text)
            self.assertEqual(list(said), list(wanted))
            for title, lines in wanted.items():
                with self.subTest(kind, title=title):
                    self.assertEqual(said[title], lines)
            self.assertGreaterEqual(counted["tail_chained"], tail_chained)

    def test_v6(self):
        self.judge("v6", ["m0", "m0plus"], 18, 25)

    def test_v7(self):
        self.judge("v7", ["m4"], 35, 30)

    def test_v8(self):
        """A Cortex-M33 that stays in its secure state."""
        self.judge("v8", ["m33"], 35, 30)


class Interrupts(unittest.TestCase):
    """Four interrupts at random moments; their handlers nest."""

    def judge(self, core, kind, kinds):
        image = judged.build("work", core)
        wanted, _ = judged.in_harness(image, kind)
        wanted = scenarios(wanted)
        self.assertEqual(wanted["interrupts"], ["handled 00000000"])
        for seed in 1, 2:
            text, counted = judged.in_harness(image, kind, seed, 2000)
            said = scenarios(text)
            self.assertEqual(said[""], wanted[""])
            handled = int(said["interrupts"][0].split()[1], 16)
            self.assertEqual(handled, counted["taken"])
            self.assertLessEqual(counted["raised"] - handled, 4)  # the image masks them at its end
            self.assertGreater(handled, 100000)
            self.assertGreater(counted["late"], 1000)
            self.assertGreaterEqual(counted["kinds"], kinds)  # upper bytes of opcodes that were interrupted

    def test_m0(self):
        self.judge("v6", "m0", 50)

    def test_m0plus(self):
        self.judge("v6", "m0plus", 50)

    def test_m4(self):
        self.judge("v7", "m4", 45)

    def test_m33(self):
        self.judge("v8", "m33", 45)


if __name__ == "__main__":
    unittest.main()
