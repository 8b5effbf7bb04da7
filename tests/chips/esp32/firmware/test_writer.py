#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""firmware/esp_image.py, and what it reads: ELF files that this test makes."""

import os
import struct
import subprocess
import tempfile
import unittest

import rom

WRITER = os.environ["SOURCE_DIR"] + "/firmware/esp_image.py"
CODE, DATA = 0x40380000, 0x3FC90000


def elf(segments, entry=CODE, magic=b"\x7fELF\x01\x01\x01"):
    """`segments`: (address, bytes, bytes of zeros behind them)."""
    count = len(segments)
    at = 52 + 32 * count
    headers = content = b""
    for address, data, zeros in segments:
        headers += struct.pack("<8I", 1, at + len(content), address, address, len(data), len(data) + zeros, 7, 4)
        content += data
    head = magic.ljust(16, b"\0") + struct.pack("<HHIIIIIHHHHHH", 2, 243, 1, entry, 52, 0, 0, 52, 32, count, 40, 0, 0)
    return head + headers + content


class Writer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, data, chip="esp32c3"):
        with open(self.folder + "/in.elf", "wb") as file:
            file.write(data)
        return subprocess.run(["/usr/bin/python3", WRITER, chip, "in.elf", "out.bin"], cwd=self.folder, capture_output=True, text=True, check=False)

    def image(self, data, chip="esp32c3"):
        done = self.write(data, chip)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        with open(self.folder + "/out.bin", "rb") as file:
            return rom.boot(file.read(), chip)

    def assert_refused(self, words, data, chip="esp32c3"):
        done = self.write(data, chip)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, f"esp_image.py: {words}\n")
        self.assertFalse(os.path.exists(self.folder + "/out.bin"))

    def test_header_of_each_chip(self):
        for chip in rom.CHIPS:
            image = self.image(elf([(CODE, b"code", 0)], entry=CODE + 2), chip)
            self.assertEqual((image.entry, image.count), (CODE + 2, 1))
            self.assertEqual((image.lowest, image.lowest_full, image.highest_full), (0, 0, 0xFFFF))
            self.assertEqual((image.flash_mode, image.flash_speed, image.flash_size, image.wp_pin), (2, 0, 2, 0xEE))
            self.assertEqual(image.has_hash, 1)

    def test_segments_by_address(self):
        image = self.image(elf([(CODE, b"codecode", 0), (DATA, b"data", 100)]))
        self.assertEqual(image.segments, [(DATA, b"data"), (CODE, b"codecode")])

    def test_whole_words(self):
        for length in range(1, 9):
            image = self.image(elf([(CODE, b"\xff" * length, 0)]))
            self.assertEqual(image.segments, [(CODE, (b"\xff" * length).ljust(-(-length // 4) * 4, b"\0"))])

    def test_checksum_ends_a_row(self):
        """Whatever is in front of it; the hash follows, and nothing else."""
        for words in range(1, 9):
            image = self.image(elf([(CODE, bytes(range(4 * words)), 0)]))
            self.assertEqual(image.padding, bytes(len(image.padding)))
            self.assertLess(len(image.padding), 16)
            self.assertEqual((image.end % 16, len(image.data) - image.end), (0, 32))
            self.assertTrue(image.hash_is_right())

    def test_zeroed_data_is_not_in_it(self):
        self.assertEqual(len(self.image(elf([(CODE, b"code", 0), (DATA, b"", 4096)])).segments), 1)

    def test_16_segments(self):
        parts = [(CODE + 16 * i, b"code", 0) for i in range(17)]
        self.assertEqual(self.image(elf(parts[:16])).count, 16)
        os.unlink(self.folder + "/out.bin")
        self.assert_refused("17 segments, the boot ROM loads 16 at most", elf(parts))

    def test_what_is_no_image(self):
        self.assert_refused("not a little-endian ELF file of 32 bits", b"MZ")
        self.assert_refused("not a little-endian ELF file of 32 bits", elf([(CODE, b"code", 0)], magic=b"\x7fELF\x02\x01\x01"))
        self.assert_refused("the image is empty", elf([(DATA, b"", 4)]))
        self.assert_refused("segments overlap", elf([(CODE, b"codecode", 0), (CODE + 4, b"data", 0)]))
        self.assert_refused("a segment begins at 0x40380002: the boot ROM copies words", elf([(CODE + 2, b"code", 0)]))
        self.assert_refused("the entry 0x40380000 is in none of the segments", elf([(DATA, b"data", 0)]))
        self.assert_refused("no chip esp32c6; there are: esp32, esp32c3, esp32s2, esp32s3", elf([(CODE, b"code", 0)]), "esp32c6")


if __name__ == "__main__":
    unittest.main()
