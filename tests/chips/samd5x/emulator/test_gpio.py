#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A device on two pins that no SERCOM has, executed: up to which SCL it is read right, and how long it is seen to stretch.
The figures of ports/gpio/README.md that are marked "emulator" are printed."""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/firmware")
sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/emulator/board")
import emulated
import images

HERE = os.environ["SOURCE_DIR"] + "/tests/chips/samd5x/emulator"
PROGRAM = os.environ["BUILD_DIR"] + "/tests/chips/samd5x/emulator/emulate_samd5x_hat"


def read_hat(image, hz, manner):
    done = subprocess.run([PROGRAM, image + ".uf2", "PA19", "PA18", str(hz), manner], capture_output=True, text=True, timeout=120, check=True)
    print(f"  {hz // 1000} kHz, controller {manner}: {done.stdout.strip()}")
    return json.loads(done.stdout)


class Gpio(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.image = images.build("feather_m4_express", f"{HERE}/gpio.c", chip="samd5x")

    def test_with_waiting(self):
        for hz in 10000, 50000, 100000, 150000, 200000, 300000, 400000:
            report = read_hat(self.image, hz, "waits")
            self.assertEqual(report["right"], report["of"])
            self.assertLess(report["stretch_ns"], 5000)
            self.assertEqual(report["stranger_ns"], 0)

    def test_without_waiting(self):
        for hz in 10000, 50000, 100000:
            report = read_hat(self.image, hz, "ignores")
            self.assertEqual(report["right"], report["of"])
            self.assertEqual(report["stretch_ns"], 0)

    def test_cycles_of_a_clock(self):
        """From SCL's fall to its release.  564 cycles of the core are the low phase of Standard-mode, 156 that of Fast-mode."""
        report = read_hat(self.image, 100000, "waits")
        self.assertTrue(0 < report["bit_cycles"] < 400)
        self.assertTrue(0 < report["event_cycles"] < 564)

    def test_too_fast_is_silent(self):
        """What cannot be followed is not answered: no byte is wrong, because none is read, and nothing is held."""
        report = read_hat(self.image, 1000000, "waits")
        self.assertEqual(report["right"], 0)
        self.assertEqual(report["stretch_ns"], 0)


class Requests(unittest.TestCase):
    """examples/registers.c on two pins that no SERCOM has."""

    @classmethod
    def setUpClass(cls):
        cls.image = images.build("metro_m4_express", "registers", pins={"SCL": "PA19", "SDA": "PA18"}, chip="samd5x")

    def probe(self, hz):
        seen = emulated.probe("samd5x", self.image + ".uf2", "PA19", "PA18", hz)
        self.assertNotIn("error", seen)
        self.assertEqual((seen["findings"], seen["violations"], seen["trouble"]), ([], [], ""))
        self.assertEqual((seen["falselyAcknowledged"], seen["unclear"], seen["strangersStretchNs"]), (0, 0, 0))
        self.assertLessEqual(set(seen["found"]), {0x40, 0x41})
        print(f"  requests, {hz // 1000} kHz: missed {seen['missed']}, longest stretch {seen['longestStretchNs']} ns")
        return seen

    def test_all_are_served(self):
        for hz in 50000, 100000, 150000, 200000:
            seen = self.probe(hz)
            self.assertEqual((seen["before"], seen["set"], seen["after"]), (0, "done", 0xAA))
            self.assertEqual((seen["registers"], seen["found"], seen["missed"]), (16, [0x40, 0x41], 0))

    def test_cycles_of_an_edge(self):
        emulated.assert_edges(self, self.probe(100000), {"quiet": 110, "moved": 309, "event": 2667})

    def test_quicker_does_no_harm(self):
        """A START that comes too soon behind a STOP is missed: the controller gets a NACK, and nobody else notices."""
        for hz in 400000, 1000000:
            self.assertGreater(self.probe(hz)["missed"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
