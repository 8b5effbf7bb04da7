#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A Feather M4 Express on a virtual bus."""

import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.environ["SOURCE_DIR"]
sys.path.insert(0, ROOT + "/tests/firmware")
sys.path.insert(0, ROOT + "/tests/emulator/board")
import bridged  # noqa: E402
import emulated  # noqa: E402
import images  # noqa: E402

BOARD, SCL, SDA = "feather_m4_express", "PA13", "PA12"


class Feather:
    def image(self):
        return images.build(BOARD, self.EXAMPLE, chip="samd5x") + ".uf2"

    def program(self, image):
        return [emulated.program("samd5x"), image, SCL, SDA], None


class Tools(Feather, bridged.Tools):
    pass


class Eeprom(Feather, bridged.Eeprom):
    pass


class Refused(unittest.TestCase):
    """What is wrong is said, and nothing hangs."""

    def refused(self, *words):
        done = subprocess.run([emulated.program("samd5x"), *words], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.stdout, done.returncode), ("", 1))
        self.assertEqual(done.stderr.count("\n"), 1)
        return done.stderr

    def setUp(self):
        self.image = images.build(BOARD, "registers", chip="samd5x") + ".uf2"

    def changed(self, change):
        """The path of a copy of the image with other bytes."""
        with tempfile.NamedTemporaryFile(suffix=".uf2", delete=False) as file:
            self.addCleanup(os.unlink, file.name)
            file.write(change(images.read(self.image)))
        return file.name

    def test_another_chip(self):
        image = images.build("raspberry_pi_pico", "registers", images.SPARE_PINS) + ".uf2"
        self.assertIn("made for another chip", self.refused(image, SCL, SDA))

    def test_half_a_file(self):
        self.assertIn("incomplete", self.refused(self.changed(lambda data: data[: 512 * 3]), SCL, SDA))

    def test_a_hole(self):
        self.assertIn("a block is missing", self.refused(self.changed(lambda data: data[:512] + data[1024:]), SCL, SDA))

    def test_no_uf2(self):
        self.assertIn("not a UF2 file", self.refused(self.changed(lambda data: bytes(512)), SCL, SDA))

    def test_no_file(self):
        self.assertIn("cannot be opened", self.refused("/nonexistent.uf2", SCL, SDA))

    def test_no_entry(self):
        """Its table of vectors is zeros."""
        self.assertIn("the boot loader does not start this", self.refused(
            self.changed(lambda data: data[:32] + bytes(8) + data[40:]), SCL, SDA))

    def test_no_pin(self):
        for name in "PE00", "PA32", "PA1x", "GPIO5", "":
            self.assertIn("no such pins", self.refused(self.image, name, SDA))

    def test_no_bus(self):
        self.assertIn("bus-N", self.refused(self.image, SCL, SDA, "/tmp/socket"))
        with tempfile.TemporaryDirectory() as directory:
            self.assertIn("no bus 7", self.refused(self.image, SCL, SDA, directory + "/bus-7"))


class Demo(unittest.TestCase):
    def test_demo(self):
        with tempfile.TemporaryDirectory() as directory:
            environment = dict(os.environ, FIRMWARE=images.DIRECTORY, EMULATOR=os.environ["BUILD_DIR"] + "/emulator",
                               I2CTARGET_DIR=directory)
            done = subprocess.run([ROOT + "/scripts/demo.sh", os.environ["BUILD_DIR"], BOARD], capture_output=True, text=True, timeout=120,
                                  env=environment, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout.count("as expected"), 4)
        self.assertIn("and 110 calls of i2cdetect that nobody answered", done.stdout)


if __name__ == "__main__":
    unittest.main()
