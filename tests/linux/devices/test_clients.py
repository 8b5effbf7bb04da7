#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs that people have read what `--file` serves, unchanged."""

import subprocess
import unittest

import images
from device import COMMAND, TOOLS, DeviceTest


class Served(DeviceTest):
    def setUp(self):
        super().setUp()
        self.start()
        self.file = f"{self.directory}/image"

    def serve(self, content, device="eeprom", *arguments):
        with open(self.file, "wb") as file:
            file.write(content)
        return self.device(device, "--file", self.file, *arguments)

    def read_by(self, *command):
        """What a program on the bus prints, byte for byte."""
        done = subprocess.run([COMMAND, "exec", "--", *command], capture_output=True, timeout=60, check=False,
                              env={**TOOLS, "I2CTARGET_DIR": self.directory})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class Display(Served):
    @staticmethod
    def decoded(content):
        """What edid-decode makes of it; it must conform."""
        done = subprocess.run(["edid-decode", "--check"], input=content, capture_output=True, timeout=60, check=False)
        text = done.stdout.decode()
        assert "EDID conformity: PASS" in text, text
        return text

    def test_get_edid(self):
        for blocks in 1, 2:
            content = images.edid(blocks, f"display {blocks}")
            device = self.serve(content)
            got = self.read_by("get-edid", "--bus", "1")
            self.assertEqual(got, content)
            self.assertIn(f"Display Product Name: 'display {blocks}'", self.decoded(got))
            self.assertEqual(device.end(), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
