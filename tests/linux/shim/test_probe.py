#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The probe programs: every entry point of the C library, under `i2ctarget exec`."""

import os
import subprocess
import unittest

from shimtest import TARGETS, ShimTest, wait_until


class Probe(ShimTest):
    TARGETS = {"smbus_device": 0x20, "silent": 0x22}

    def run_probe(self, name):
        self.assertEqual(self.exec("test", "-c", "/dev/i2c-1").returncode, 0)
        before = self.bus.descriptors()
        result = self.exec(f"{TARGETS}/{name}", env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "STDOUT"}, timeout=100)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("[  PASSED  ]", result.stdout + result.stderr)
        wait_until(lambda: self.bus.descriptors() == before, "all its connections are gone with it")

    def test_probe(self):
        self.run_probe("probe")

    def test_corners(self):
        self.run_probe("corners")

    def test_tree(self):
        self.run_probe("tree")

    def test_bystander(self):
        """Whoever has nothing to do with I2C notices nothing: the same is right with the shim and without."""
        alone = subprocess.run([f"{TARGETS}/bystander"], capture_output=True, text=True, timeout=60)
        self.assertEqual(alone.returncode, 0, alone.stdout + alone.stderr)
        self.run_probe("bystander")

    def test_fortified_probe(self):
        self.run_probe("probe_fortified")


if __name__ == "__main__":
    unittest.main()
