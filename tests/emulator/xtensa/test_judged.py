#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Debian's stock QEMU and our interpreter execute the same programs, and have the same registers before each instruction.

lx106 is the core that the compiler is for; sample_controller is an LX7 with the interrupt levels and vectors of the ESP chips."""

import collections
import unittest

import judged
import programs

# What no core of QEMU executes here: the chips' own, and BREAK, which ends a run.
OURS_ALONE = {
    "esp32": {"break", "break.n"},
    "esp32s2": {"break", "break.n", "get_gpio_in", "wr_mask_gpio_out", "set_bit_gpio_out", "clr_bit_gpio_out", "rur.gpio_out", "wur.gpio_out"},
    "esp32s3": {"break", "break.n", "ee.get_gpio_in", "ee.wr_mask_gpio_out", "ee.set_bit_gpio_out", "ee.clr_bit_gpio_out", "rur.gpio_out",
                "wur.gpio_out"},
}
CORES = ["lx106", "sample_controller"]


class Judged(unittest.TestCase):
    def judge(self, kind, seed, count, states):
        """The opcodes that were executed, by how often they were."""
        opcodes = collections.Counter()
        for core in CORES:
            with self.subTest(core, seed=seed):
                image = judged.build(f"{core}-{kind.__name__}-{seed}", kind(core, seed, count).text())
                compared = judged.compare(core, image)
                self.assertGreater(compared["states"], states)
                self.assertGreater(compared["values"], 30 * states)
                opcodes.update(compared["opcodes"])
        return opcodes

    def test_opcodes(self):
        """Each of them, a number of times, with random operands and such at the edge."""
        opcodes = self.judge(programs.each_opcode, 1, 50, 14000) + self.judge(programs.exceptions, 1, 60, 6000)
        for chip, alone in OURS_ALONE.items():
            has = set(judged.opcodes_of(chip))
            self.assertLessEqual(alone, has)
            self.assertEqual(has - alone - set(opcodes), set())
        for name, executed in opcodes.items():
            self.assertGreater(executed, 40, name)

    def test_mixed(self):
        """Arithmetic, branches, loops, calls, loads and stores in any order."""
        for seed in range(3):
            self.judge(programs.mixed, seed, 1500, 5000)

    def test_exceptions(self):
        """Faults of all kinds in user mode, kernel mode and inside of other exceptions; software's interrupts, masked and not; WAITI."""
        for seed in range(2, 4):
            self.judge(programs.exceptions, seed, 60, 6000)

    def test_timers(self):
        """CCOMPARE meets CCOUNT: while the core is busy, waits, has it masked; or it is written before.  What comes out is compared."""
        for core in CORES:
            with self.subTest(core):
                image = judged.build(f"{core}-timers", programs.timers(core, 1, 8).text())
                compared = judged.compare_end(core, image)
                self.assertEqual(compared["states"], 3)
                self.assertGreater(compared["instructions"], 5000)


if __name__ == "__main__":
    unittest.main()
