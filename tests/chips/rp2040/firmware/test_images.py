#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What is written to a board: the second stage's checksum, the structure of UF2, what is at which address; and what `make firmware`
prints."""

import csv
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/firmware")
import images

FLASH, SRAM, STACK_TOP = 0x10000000, 0x20000000, 0x20042000
RP2040_FAMILY = 0xE48BFF56


def remainder(message_bits, count):
    """The remainder of a polynomial over GF(2), times x^32, divided by the CRC's: long division as on paper."""
    polynomial = 0x104C11DB7
    value = message_bits << 32
    for bit in range(count + 31, 31, -1):
        if value >> bit & 1:
            value ^= polynomial << (bit - 32)
    return value


def checksum(data):
    """The boot ROM's checksum: starting from all ones is the same as inverting the first 32 bits."""
    count = 8 * len(data)
    return remainder(int.from_bytes(data, "big") ^ 0xFFFFFFFF << (count - 32), count)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = images.build("raspberry_pi_pico", "registers")
        cls.blocks = images.blocks_of(cls.path + ".uf2")
        cls.flash = b"".join(block.payload for block in cls.blocks)

    def test_checksum_of_the_second_stage(self):
        self.assertEqual(checksum(b"123456789"), 0x0376E6E7)  # CRC-32/MPEG-2, the catalogue's check value
        self.assertEqual(struct.unpack("<I", self.flash[252:256])[0], checksum(self.flash[:252]))

    def test_second_stage_reads_by_command_03(self):
        words = struct.unpack("<63I", self.flash[:252])
        self.assertIn(0x18000000, words)  # XIP_SSI
        self.assertIn(0x03000218, words)  # SPI_CTRLR0: command 0x03, 8 bits of it, 24 of address
        self.assertIn(0x001F0300, words)  # CTRLR0: frames of 32 bits, first send, then receive
        self.assertIn(FLASH + 0x100, words)

    def test_uf2_blocks(self):
        for i, block in enumerate(self.blocks):
            self.assertEqual((block.magic0, block.magic1, block.magic2), (0x0A324655, 0x9E5D5157, 0x0AB16F30), f"block {i}")
            self.assertEqual((block.flags, block.family), (0x2000, RP2040_FAMILY), f"block {i}")
            self.assertEqual((block.number, block.count), (i, len(self.blocks)), f"block {i}")
            self.assertEqual((block.address, block.size), (FLASH + 256 * i, 256), f"block {i}")
            self.assertEqual(block.data[256:], bytes(220), f"block {i}")

    def test_uf2_is_the_elf_image(self):
        with tempfile.NamedTemporaryFile() as file:
            images.tool("objcopy", "-O", "binary", self.path + ".elf", file.name)
            image = images.read(file.name)
        self.assertGreater(len(image), 1024)
        self.assertEqual(self.flash[: len(image)], image)
        self.assertEqual(self.flash[len(image) :], bytes(-len(image) % 256))

    def test_entry_and_vectors(self):
        symbols = images.symbols(self.path + ".elf")
        stack, entry = struct.unpack("<2I", self.flash[256:264])
        self.assertEqual((stack, entry & 1), (STACK_TOP, 1))
        self.assertEqual(entry & ~1, symbols["reset"][0])
        sram = self.flash[symbols["sram_image"][0] - FLASH :]
        vectors = struct.unpack("<48I", sram[:192])
        self.assertEqual(vectors[0], STACK_TOP)
        self.assertEqual(vectors[1], entry)
        self.assertTrue(all(vector & 1 for vector in vectors[1:]), vectors)
        self.assertEqual(symbols["vectors"][0] % 256, 0)  # VTOR has no lower bits (Armv6-M ARM, B3.2.5)

    def test_only_the_way_to_main_runs_from_flash(self):
        in_flash = {name.split(".")[0] for name, (address, kind) in images.symbols(self.path + ".elf").items()
                    if kind in "tT" and FLASH + 256 <= address < SRAM and not name.endswith("_veneer")}
        start_up = {"entry", "reset", "chip_begin", "copy", "clear", "clocks_start", "wait_for", "select", "start_crystal", "start_pll", "start_timer"}
        self.assertEqual(in_flash - start_up, set())

    def test_documented_size(self):
        pattern = r"`registers` for the Pico: ([\d.]+) KiB of flash, almost as much of SRAM for the copy, (\d+) bytes of zeroed RAM"
        images.assert_sizes_are_documented(self, "firmware/rp2040/README.md", pattern, self.path + ".elf")

    def test_nothing_of_a_c_library_or_a_vendor(self):
        names = images.symbols(self.path + ".elf")
        strangers = [name for name in names if re.match(r"_?(malloc|free|sbrk|init\b|fini\b|exit\b|printf|runtime|irq_|hw_)", name)]
        self.assertEqual(strangers, [])


class Boards(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(images.SOURCE + "/boards/boards.csv", newline="", encoding="utf-8") as file:
            cls.rows = [row for row in csv.DictReader(file) if row["mcu"] == "RP2040"]

    def header(self, board):
        return images.read(f"{images.DIRECTORY}/rp2040/boards/{board}/i2ctarget/board.h").decode()

    def test_all_52_boards(self):
        done = images.firmware("all", "registers", pins=images.SPARE_PINS)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.rows), 52)
        for row in self.rows:
            with self.subTest(row["board_id"]):
                uf2 = f"{images.DIRECTORY}/rp2040/{row['board_id']}/registers.uf2"
                self.assertIn(f"  {uf2}  {os.path.getsize(uf2)} bytes\n", done.stdout)
                self.assertTrue(os.path.exists(uf2.replace(".uf2", ".elf")))
                noted = re.search(r"SCL=GPIO(\d+) SDA=GPIO(\d+)", row["notes"]) if not row["scl"] else None
                scl, sda = noted.groups() if noted else (row["scl"][4:] or "5", row["sda"][4:] or "4")
                self.assertRegex(self.header(row["board_id"]), rf"#define BOARD_SCL \w+\({scl}\)\n#define BOARD_SDA \w+\({sda}\)\n")

    def test_names_of_the_board(self):
        """Each pin that the board names, as a macro; what is no pin of the chip is not there."""
        self.assertEqual(images.firmware("raspberry_pi_pico_w", "registers", pins=images.SPARE_PINS).returncode, 0)
        header = self.header("raspberry_pi_pico_w")
        self.assertIn("#define BOARD_GP5 I2CTARGET_RP2040_GPIO(5)\n", header)
        self.assertIn("#define BOARD_GP26_A0 I2CTARGET_RP2040_GPIO(26)\n", header)
        self.assertNotIn("BOARD_LED", header)  # a pin of the radio
        self.assertNotIn("BOARD_STEMMA_I2C", header)
        self.assertEqual(images.firmware("adafruit_feather_rp2040", "registers").returncode, 0)
        self.assertEqual(self.header("adafruit_feather_rp2040").count("#define BOARD_SCL "), 1)

    def test_pins_of_choice(self):
        done = images.firmware("seeeduino_xiao_rp2040", "eeprom", pins={"SCL": "GPIO29", "SDA": "GPIO0"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^seeeduino_xiao_rp2040  SCL=GPIO29 SDA=GPIO0  \d+ bytes")


MAIN = """\
#include <i2ctarget/board.h>
int serve(void);
int main(void)
{
    int unused;
    return i2ctarget_board_fail(serve());
}
"""
SERVE = """\
#include "mine.h"
int serve(void);
int serve(void) { return MINE; }
"""


class InFolder(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="i2ctarget-firmware-")
        self.addCleanup(shutil.rmtree, self.directory)

    def write(self, path, text):
        path = f"{self.directory}/{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class OwnProgram(InFolder):
    """Programs of somebody else's, anywhere."""

    def build(self, path):
        done = images.firmware("raspberry_pi_pico", f"--source={path}", directory=self.directory + "/out put")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def test_one_file(self):
        path = self.write("a place/my target.c", SERVE.replace('#include "mine.h"', "#define MINE -5") + MAIN)
        done = self.build(path)
        image = f"{self.directory}/out put/rp2040/raspberry_pi_pico/my target"
        self.assertIn(f"  {image}.uf2  {os.path.getsize(image + '.uf2')} bytes\n", done.stdout)
        self.assertEqual(images.symbols(image + ".elf")["main"][1], "T")
        self.assertIn("unused variable", done.stderr)  # said, and no error

    def test_folder(self):
        self.write("many files/main.c", MAIN)
        self.write("many files/serve.c", SERVE)
        self.write("many files/mine.h", "#define MINE -7\n")
        self.write("many files/old/main.c", MAIN)
        image = f"{self.directory}/out put/rp2040/raspberry_pi_pico/many files.elf"
        self.build(self.directory + "/many files")
        before = images.read(image)
        self.write("many files/mine.h", "#define MINE -8\n")
        self.build(self.directory + "/many files")
        self.assertNotEqual(images.read(image), before)

    def test_make_takes_a_relative_path(self):
        path = self.write("a place/mine.c", SERVE.replace('#include "mine.h"', "#define MINE -5") + MAIN)
        done = subprocess.run(["make", "-C", images.SOURCE, "firmware", "BOARD=raspberry_pi_pico", f"BUILD={self.directory}/out",
                               f"SOURCE={os.path.relpath(path, images.SOURCE)}"], capture_output=True, text=True, timeout=240, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(os.path.exists(self.directory + "/out/firmware/rp2040/raspberry_pi_pico/mine.uf2"))


class Mistakes(InFolder):
    """Each gives one line that says what to do."""

    def assert_says(self, text, *words, **keywords):
        done = images.firmware(*words, **keywords)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(text, done.stderr)

    def test_misspelt_board(self):
        self.assert_says("there is no board raspbery_pi_pico; do you mean raspberry_pi_pico or ", "raspbery_pi_pico", "registers")

    def test_board_of_another_chip(self):
        self.assert_says("feather_m4_can has the chip SAME51J19A; its firmware is that of CHIP=samd5x", "feather_m4_can", "registers")
        self.assert_says("adafruit_esp32s2_camera has the chip ESP32-S2; its firmware is that of CHIP=esp32s2", "adafruit_esp32s2_camera",
                         "registers")

    def test_board_without_pins(self):
        self.assert_says("weact_studio_pico has no pins called SCL and SDA; say which to use, for example: SCL=GPIO5 SDA=GPIO4",
                         "weact_studio_pico", "registers")

    def test_half_the_pins(self):
        self.assert_says("SCL and SDA go together", "weact_studio_pico", "registers", pins={"SCL": "GPIO5"})

    def test_pins_that_are_none(self):
        self.assert_says("RP2040 has no pin GPIO30 that can be SCL", "weact_studio_pico", "registers",
                         pins={"SCL": "GPIO30", "SDA": "GPIO4"})
        self.assert_says("GPIO4 can not be SCL and SDA at once", "weact_studio_pico", "registers", pins={"SCL": "GPIO4", "SDA": "GPIO4"})

    def test_unknown_example(self):
        self.assert_says("There is no example register; there are: ", "raspberry_pi_pico", "register")

    def test_no_source(self):
        self.assert_says("There is no file or folder ../none.c (a relative path begins at /)", "raspberry_pi_pico", "--source=../none.c")
        path = self.write("program.cpp", MAIN)
        self.assert_says("program.cpp is no C file: its name does not end in .c", "raspberry_pi_pico", f"--source={path}")
        self.assert_says("There is no C file in the folder " + self.directory, "raspberry_pi_pico", f"--source={self.directory}")
        path = self.write("a;b/program.c", MAIN)
        self.assert_says("no part of a path may have any of the characters ;", "raspberry_pi_pico", f"--source={path}")

    def test_error_of_the_compiler(self):
        path = self.write("program.c", MAIN.replace("int unused", "ant unused"))
        done = images.firmware("raspberry_pi_pico", f"--source={path}")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"program.c:\d+:\d+: error: .*ant")

    def test_unknown_chip(self):
        self.assert_says("there is no firmware for the chip rp2350; there is for: esp32, esp32c3, esp32s2, esp32s3, rp2040, samd5x", "raspberry_pi_pico", "registers", chip="rp2350")


class SecondStage(unittest.TestCase):
    def test_too_long(self):
        with tempfile.TemporaryDirectory() as directory:
            with open(directory + "/code", "wb") as file:
                file.write(bytes(253))
            done = subprocess.run(["/usr/bin/python3", images.SOURCE + "/firmware/rp2040/boot2.py", directory + "/code", directory + "/block"],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, os.path.exists(directory + "/block")), (1, False))
            self.assertIn("253 bytes, 252 at most", done.stderr)


if __name__ == "__main__":
    unittest.main()
