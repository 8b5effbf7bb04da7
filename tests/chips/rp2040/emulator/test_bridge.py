#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A Pico on a virtual bus, executed by rp2040js and by our own core."""

import os
import subprocess
import sys
import tempfile
import unittest

import emulator
import images

sys.path.insert(0, emulator.ROOT + "/tests/emulator/board")
import bridged  # noqa: E402
import emulated  # noqa: E402

PINS = {"SCL": "GPIO5", "SDA": "GPIO4"}


class Rp2040js:
    def image(self):
        emulator.make()
        return images.build("raspberry_pi_pico", self.EXAMPLE, PINS) + ".uf2"

    def program(self, image):
        return ["node", emulator.SOURCE + "/bridge.js", image, "5", "4"], emulator.environment()


class OurCore:
    def image(self):
        return images.build("raspberry_pi_pico", self.EXAMPLE, PINS) + ".uf2"

    def program(self, image):
        return [emulated.program("rp2040"), image, *PINS.values()], None


class Tools(Rp2040js, bridged.Tools):
    pass


class Eeprom(Rp2040js, bridged.Eeprom):
    pass


class ToolsOnOurCore(OurCore, bridged.Tools):
    pass


class EepromOnOurCore(OurCore, bridged.Eeprom):
    pass


class Demo(unittest.TestCase):
    def test_demo(self):
        with tempfile.TemporaryDirectory() as directory:
            environment = dict(os.environ, FIRMWARE=images.DIRECTORY, EMULATOR=emulator.BUILD, I2CTARGET_DIR=directory, **PINS)
            done = subprocess.run([emulator.ROOT + "/scripts/demo.sh", os.environ["BUILD_DIR"], "raspberry_pi_pico"], capture_output=True,
                                  text=True, timeout=120, env=environment, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout.count("as expected"), 4)
        self.assertIn("and 110 calls of i2cdetect that nobody answered", done.stdout)


if __name__ == "__main__":
    unittest.main()
