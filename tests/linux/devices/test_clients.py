#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs that people have read what `--file` serves, unchanged."""

import os
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
            device = self.serve(content, "eeprom" if blocks == 1 else "edid")
            # get-edid 3.0.2 does not end a number that ends its argument: now and then it read "1" as 15.
            got = self.read_by("get-edid", "--bus", "1 ")
            self.assertEqual(got, content)
            self.assertIn(f"Display Product Name: 'display {blocks}'", self.decoded(got))
            self.assertEqual(device.end(), (0, "", ""))

    def test_many_blocks_by_segment(self):
        """As DRM does: the segment, the offset, and a block, in one transfer."""
        for blocks in 3, 5:
            content = images.edid(blocks)
            device = self.serve(content, "edid")
            self.assertEqual(device.ready, "edid at 0x50, 0x30 on bus 1 ready")
            got = b""
            for block in range(blocks):
                got += bytes(self.transfer(f"w1@0x30 {block // 2} w1@0x50 {block % 2 * 128} r128"))
            self.assertEqual(got, content)
            self.assertEqual(self.decoded(got).count("CTA-861 Extension Block:\n  Revision"), blocks - 1)
            self.assertEqual(bytes(self.transfer("w1@0x50 0 r256")), content[:256])
            self.assertEqual(device.end(), (0, "", ""))

    def test_the_eeprom_knows_whose_file_it_is(self):
        with open(self.file, "wb") as file:
            file.write(images.edid(3))
        self.assertEqual(self.fails("eeprom", "--file", self.file),
                         (1, f"i2ctarget device eeprom: {self.file} is for another device: i2ctarget device edid --file {self.file}"))

    def test_files_that_are_no_edid(self):
        for content, complaint in ((b"x" * 128, " is no EDID"), (images.edid(1).ljust(32769, b"\0"), " is no EDID"), (b"", " is no EDID"),
                                   (None, ": No such file or directory")):
            if content is None:
                os.unlink(self.file)
            else:
                with open(self.file, "wb") as file:
                    file.write(content)
            self.assertEqual(self.fails("edid", "--file", self.file), (1, f"i2ctarget device edid: {self.file}{complaint}"))
        self.assertEqual(self.refused("edid"), "i2ctarget device edid: --file is missing (i2ctarget device edid --help)")
        self.assertEqual(self.refused("edid", "--address", "0x51"),
                         "i2ctarget device edid: the address of an EDID is 0x50 (i2ctarget device edid --help)")


if __name__ == "__main__":
    unittest.main()
