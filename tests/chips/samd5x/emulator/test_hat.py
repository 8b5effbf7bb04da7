#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A device on a SERCOM, executed: is it read right by a controller that does not wait for a held SCL, and how long are the stretches?
The figures of ports/samd5x/README.md that are marked "emulator" are printed."""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/firmware")
import images

HERE = os.environ["SOURCE_DIR"] + "/tests/chips/samd5x/emulator"
PROGRAM = os.environ["BUILD_DIR"] + "/tests/chips/samd5x/emulator/emulate_samd5x_hat"
BOARD = "feather_m4_express"


def read_hat(image, hz, manner="waits"):
    done = subprocess.run([PROGRAM, image + ".uf2", "PA13", "PA12", str(hz), manner], capture_output=True, text=True, timeout=60, check=True)
    print(f"  {os.path.basename(image)}, {hz // 1000} kHz, controller {manner}: {done.stdout.strip()}")
    return json.loads(done.stdout)


class Hat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.image = images.build(BOARD, "hat_eeprom", chip="samd5x")

    def test_100k_without_waiting(self):
        for hz in 100000, 150000:
            report = read_hat(self.image, hz, "ignores")
            self.assertEqual(report["right"], report["of"])
            self.assertEqual(report["stretch_ns"], 0)

    def test_faster_it_has_to_be_waited_for(self):
        """The other way round, so that the test above shows something."""
        for hz in 200000, 400000:
            self.assertGreater(read_hat(self.image, hz)["stretch_ns"], 0)
            self.assertLess(read_hat(self.image, hz, "ignores")["right"], 20)

    def test_with_waiting(self):
        for hz in 100000, 400000:
            report = read_hat(self.image, hz)
            self.assertEqual(report["right"], report["of"])
            self.assertLess(report["stretch_ns"], 2000)

    def test_strangers_do_not_stop_here(self):
        for hz in 100000, 400000, 1000000:
            self.assertEqual(read_hat(self.image, hz)["stranger_ns"], 0)


class HearAll(unittest.TestCase):
    def test_strangers_are_let_go_within_2_us(self):
        """SCL's low phase, 500 ns at 1 MHz, comes on top of what is seen."""
        image = images.build(BOARD, f"{HERE}/hear_all.c", chip="samd5x")
        report = read_hat(image, 1000000)
        self.assertGreater(report["stranger_ns"], 0)
        self.assertLess(report["stranger_ns"] + 500, 2000)
        for hz in 100000, 400000:
            self.assertEqual(read_hat(image, hz)["stranger_ns"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
