#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A board with an ESP32-C3 on a virtual bus; and images that its ROM would not start."""

import hashlib
import os
import struct
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

CHIP, BOARD, SCL, SDA = "esp32c3", "adafruit_qtpy_esp32c3", "GPIO6", "GPIO5"
HEADER, HASH = 24, 32


class QtPy:
    def image(self):
        return images.build(BOARD, self.EXAMPLE, chip=CHIP) + ".bin"

    def program(self, image):
        return [emulated.program(CHIP), image, SCL, SDA], None


class Tools(QtPy, bridged.Tools):
    pass


class Eeprom(QtPy, bridged.Eeprom):
    pass


def with_hash(data):
    """The image again, after a change before its hash."""
    return data[:-HASH] + hashlib.sha256(data[:-HASH]).digest()


def put(data, at, new):
    return data[:at] + new + data[at + len(new):]


class Refused(unittest.TestCase):
    """What is wrong is said, and nothing hangs."""

    def setUp(self):
        self.path = images.build(BOARD, "registers", chip=CHIP) + ".bin"

    def refused(self, *words):
        done = subprocess.run([emulated.program(CHIP), *words], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.stdout, done.returncode), ("", 1))
        self.assertEqual(done.stderr.count("\n"), 1)
        return done.stderr

    def copy(self, change):
        """The path of a copy of the image with other bytes."""
        with tempfile.NamedTemporaryFile(suffix=".bin", delete=False) as file:
            self.addCleanup(os.unlink, file.name)
            file.write(change(images.read(self.path)))
        return file.name

    def changed(self, change):
        """What is said of it."""
        return self.refused(self.copy(change), SCL, SDA)

    def test_no_image(self):
        self.assertIn("not an image for an ESP32", self.changed(lambda data: b""))
        self.assertIn("not an image for an ESP32", self.changed(lambda data: put(data, 0, b"\xff")))

    def test_no_file(self):
        self.assertIn("cannot be opened", self.refused("/nonexistent.bin", SCL, SDA))

    def test_another_chip(self):
        self.assertIn("made for another chip", self.changed(lambda data: put(data, 12, b"\x09")))

    def test_segments(self):
        self.assertIn("segments", self.changed(lambda data: put(data, 1, b"\x00")))
        self.assertIn("segments", self.changed(lambda data: put(data, 1, b"\x11")))

    def test_cut_off(self):
        size = len(images.read(self.path))
        for left in HEADER, HEADER + 7, 1000, size - HASH - 1, size - 1:
            self.assertIn("incomplete", self.changed(lambda data, left=left: data[:left]))

    def test_a_segment_in_the_flash(self):
        self.assertIn("a segment is not in the chip's memory",
                      self.changed(lambda data: put(data, HEADER, struct.pack("<I", 0x3C000000))))

    def test_a_wrong_byte(self):
        self.assertIn("its checksum is wrong", self.changed(lambda data: put(data, 100, bytes([data[100] ^ 1]))))

    def test_a_wrong_hash(self):
        self.assertIn("its SHA-256 is wrong", self.changed(lambda data: data[:-1] + bytes([data[-1] ^ 1])))
        self.assertIn("its SHA-256 is wrong", self.changed(lambda data: put(data, 2, bytes([data[2] ^ 1]))))

    def test_no_entry(self):
        self.assertIn("its entry is not in the memory",
                      self.changed(lambda data: with_hash(put(data, 4, struct.pack("<I", 0x42000000)))))

    def test_no_vectors(self):
        """It begins with an instruction that is none, and there are no vectors yet."""
        image = self.copy(lambda data: with_hash(put(data, 4, struct.pack("<I", 0x403D0000))))
        self.assertIn("its vector is not in memory, at", emulated.probe(CHIP, image, SCL, SDA)["error"])

    def test_no_pin(self):
        for name in "GPIO54", "GPIO1x", "IO5", "5", "":
            self.assertIn("no such pins", self.refused(self.path, name, SDA))


class Demo(unittest.TestCase):
    def run_demo(self, board):
        """What `make demo` prints.  It compiles the emulator itself."""
        with tempfile.TemporaryDirectory() as directory:
            environment = dict(os.environ, FIRMWARE=images.DIRECTORY, EMULATOR=os.environ["BUILD_DIR"] + "/emulator", I2CTARGET_DIR=directory)
            done = subprocess.run([ROOT + "/scripts/demo.sh", os.environ["BUILD_DIR"], board], capture_output=True, text=True,
                                  timeout=120, env=environment, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(done.stdout.count("as expected"), 4)
        self.assertIn("and 110 calls of i2cdetect that nobody answered", done.stdout)
        return done.stdout

    def test_a_board_that_names_no_pins(self):
        self.assertIn("$ make firmware BOARD=espressif_esp32c3_devkitm_1_n4 SCL=GPIO5 SDA=GPIO4\n", self.run_demo("espressif_esp32c3_devkitm_1_n4"))

    def test_a_board_with_two_cores(self):
        self.assertIn("$ make firmware BOARD=unexpectedmaker_tinypico\n", self.run_demo("unexpectedmaker_tinypico"))


if __name__ == "__main__":
    unittest.main()
