#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""esptool, Espressif's own tool, judges the images of all boards.  It is Debian 13's (scripts/debian13.sh), for `make check-micropython`."""

import csv
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/firmware")
import images
import rom

MODULES = os.environ["DEBIAN13"] + "/esptool/usr/lib/python3/dist-packages"


def esptool(*words):
    return subprocess.run(["/usr/bin/python3", "-m", "esptool", *words], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": MODULES})


class Judged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(images.SOURCE + "/boards/boards.csv", newline="", encoding="utf-8") as file:
            cls.rows = [row for row in csv.DictReader(file) if row["mcu"].startswith("ESP32")]
        for chip in rom.CHIPS:
            done = images.firmware("all", "registers", "--quiet", chip=chip, pins=images.SPARE_PINS)
            assert done.returncode == 0, done.stderr

    @staticmethod
    def path_of(row):
        return f"{images.DIRECTORY}/{row['mcu'].lower().replace('-', '')}/{row['board_id']}/registers.bin"

    def judge(self, chip, path):
        done = esptool("--chip", chip, "image_info", path)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def test_all_80_boards(self):
        self.assertEqual(len(self.rows), 80)
        for row in self.rows:
            with self.subTest(row["board_id"]):
                chip = row["mcu"].lower().replace("-", "")
                said = self.judge(chip, self.path_of(row))
                self.assertRegex(said, r"Checksum: \w\w \(valid\)")
                self.assertRegex(said, r"Validation Hash: \w{64} \(valid\)")
                self.assertNotIn("Unexpected chip id", said)
                kinds = re.findall(r"Segment \d+: len \w+ load \w+ file_offs \w+ \[(.*)\]", said)
                self.assertEqual([("DRAM" in kind, "IRAM" in kind) for kind in kinds], [(True, False), (False, True)])

    def test_the_judge(self):
        """It sees one bit that is wrong, and an image of another chip."""
        row = next(row for row in self.rows if row["mcu"] == "ESP32-S3")
        image = bytearray(images.read(self.path_of(row)))
        with tempfile.NamedTemporaryFile(suffix=".bin") as file:
            image[200] ^= 1
            file.write(image)
            file.flush()
            said = self.judge("esp32s3", file.name)
        self.assertRegex(said, r"Checksum: \w\w \(invalid")
        self.assertRegex(said, r"Validation Hash: \w{64} \(invalid\)")
        self.assertIn("Unexpected chip id in image. Expected 2 but value was 9", self.judge("esp32s2", self.path_of(row)))


if __name__ == "__main__":
    unittest.main()
