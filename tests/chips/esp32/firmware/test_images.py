#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What is written to the flash of a board with an ESP32: would its ROM start it, what is at which address, what the ROM needs itself; and what
`make firmware` prints."""

import csv
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/firmware")
import images
import rom

BOARDS = {"esp32": "unexpectedmaker_tinypico", "esp32s2": "adafruit_feather_esp32s2", "esp32s3": "adafruit_feather_esp32s3_nopsram",
          "esp32c3": "adafruit_qtpy_esp32c3"}
COUNTS = {"esp32": 7, "esp32s2": 45, "esp32s3": 20, "esp32c3": 8}
TOOLS = {"esp32": "xtensa-lx106-elf-", "esp32s2": "xtensa-lx106-elf-", "esp32s3": "xtensa-lx106-elf-", "esp32c3": "riscv64-unknown-elf-"}
OFFSETS = {"esp32": "0x1000", "esp32s2": "0x1000", "esp32s3": "0x0", "esp32c3": "0x0"}
GPIO, TIMER = 23, 27  # numbers of the cores' interrupts
STACK = 8 * rom.KIB


def chip_of(row):
    return row["mcu"].lower().replace("-", "")


def rows():
    with open(images.SOURCE + "/boards/boards.csv", newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["mcu"].startswith("ESP32")]


def tool(chip, name, *words):
    return subprocess.run([TOOLS[chip] + name, *words], capture_output=True, text=True, check=True).stdout


def symbols(chip, elf):
    """name → address"""
    lines = (line.split() for line in tool(chip, "nm", "--format=posix", elf).splitlines())
    return {name: int(value[0], 16) for name, _, *value in lines if value}


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.paths = {chip: images.build(board, "registers", chip=chip) for chip, board in BOARDS.items()}
        cls.images = {chip: rom.boot(images.read(path + ".bin"), chip) for chip, path in cls.paths.items()}
        cls.symbols = {chip: symbols(chip, path + ".elf") for chip, path in cls.paths.items()}

    def each_chip(self):
        for chip in BOARDS:
            yield chip, self.images[chip], self.symbols[chip]

    def word(self, chip, address):
        for begin, content in self.images[chip].segments:
            if begin <= address < begin + len(content):
                return struct.unpack_from("<I", content, address - begin)[0]
        self.fail(f"nothing is loaded to {address:#x}")
        return None

    def test_is_the_elf_image(self):
        for chip, image, _ in self.each_chip():
            for section, (_, content) in zip((".data", ".text"), image.segments):
                with tempfile.NamedTemporaryFile() as file:
                    tool(chip, "objcopy", "-O", "binary", "-j", section, self.paths[chip] + ".elf", file.name)
                    wanted = images.read(file.name)
                self.assertGreater(len(wanted), 100)
                self.assertEqual(content, wanted.ljust(len(content), b"\0"))

    def test_hash(self):
        for _, image, _ in self.each_chip():
            self.assertTrue(image.has_hash and image.hash_is_right())

    def test_entry(self):
        for chip, image, names in self.each_chip():
            self.assertEqual(image.entry, names["reset"])
            code = image.segments[1]
            self.assertTrue(code[0] <= image.entry < code[0] + len(code[1]))

    def test_nothing_lies_where_the_rom_works(self):
        """Segments, zeroed data and the stack; none of them is the same memory as another."""
        for chip, image, names in self.each_chip():
            facts = rom.CHIPS[chip]
            used = [(address, address + len(content)) for address, content in image.segments]
            used += [(names["bss_begin"], names["bss_end"]), (names["stack_top"] - STACK, names["stack_top"])]
            memories = [(facts.code if facts.code[0] <= begin < facts.code[1] else facts.data) for begin, _ in used]
            for (begin, end), memory in zip(used, memories):
                self.assertTrue(memory[0] <= begin < end <= memory[1], f"{begin:#x} to {end:#x}")
            parts = [(facts.data_address(begin), facts.data_address(end - 1) + 1) for begin, end in used]
            parts += facts.own
            for i, part in enumerate(parts):
                for other in parts[:i]:
                    self.assertFalse(rom.overlaps(part, other), f"{part[0]:#x} to {part[1]:#x}")

    def test_code_alone_is_where_words_alone_can_be_read(self):
        """On the way for instructions a load of a byte is a fault."""
        for chip, _, names in self.each_chip():
            code = rom.CHIPS[chip].code
            listed = re.findall(r"^ *\d+: (\w+) +\d+ (OBJECT|FUNC) .* (\S+)$", tool(chip, "readelf", "-sW", self.paths[chip] + ".elf"), re.MULTILINE)
            self.assertGreater(len(listed), 100)
            wrong = [name for address, kind, name in listed if (code[0] <= int(address, 16) < code[1]) != (kind == "FUNC")]
            self.assertEqual(wrong, [])
            self.assertIn("interrupt_vectors", names)

    def test_vectors_of_xtensa(self):
        """At the offsets of core-isa.h; each jumps there (or saves a0 first: wsr a0, excsaveN)."""
        wanted = {0x180: "serve_level2", 0x1C0: "serve_level3", 0x200: "unexpected", 0x240: "unexpected", 0x280: "unexpected",
                  0x2C0: "unexpected", 0x300: "unexpected", 0x3C0: "unexpected"}
        for chip in "esp32", "esp32s2", "esp32s3":
            with self.subTest(chip):
                names = self.symbols[chip]
                self.assertEqual(names["vectors"] % 1024, 0)
                code = self.images[chip].segments[1][1]
                for offset, name in wanted.items():
                    at = names["vectors"] - self.images[chip].segments[1][0] + offset
                    if name.startswith("serve"):
                        self.assertEqual(code[at : at + 3], bytes([0x00, 0xD0 + int(name[-1]), 0x13]))
                        at, offset = at + 3, offset + 3
                    jump = int.from_bytes(code[at : at + 3], "little")
                    self.assertEqual(jump & 0x3F, 6)
                    distance = (jump >> 6 ^ 1 << 17) - (1 << 17)
                    self.assertEqual(names["vectors"] + offset + 4 + distance, names[name], hex(offset))
                self.assertEqual(names["vector_user"], names["vectors"] + 0x340)

    def test_vectors_of_riscv(self):
        names = self.symbols["esp32c3"]
        self.assertEqual(names["vectors"] % 256, 0)
        for number in range(32):
            at = names["vectors"] + 4 * number
            jump = self.word("esp32c3", at)
            self.assertEqual(jump & 0xFFF, 0x6F)
            distance = (jump >> 21 & 0x3FF) << 1 | (jump >> 20 & 1) << 11 | (jump >> 12 & 0xFF) << 12 | (jump >> 31) << 20
            distance = (distance ^ 1 << 20) - (1 << 20)
            self.assertEqual(at + distance, names["serve_interrupt" if number else "unexpected"])

    def test_handlers(self):
        for chip, _, names in self.each_chip():
            handlers = {GPIO: "i2ctarget_esp32_gpio_irq", TIMER: "i2ctarget_esp32_timer_irq"}
            for number in range(32):
                handler = self.word(chip, names["interrupt_vectors"] + 4 * number)
                self.assertEqual(handler, names[handlers.get(number, "unexpected")], number)

    def test_nothing_of_a_c_library_or_a_vendor(self):
        for _, _, names in self.each_chip():
            self.assertEqual([name for name in names if re.match(r"_?(malloc|free|sbrk|init\b|fini\b|exit\b|printf|esp_|ets_|rom_|xt_)", name)], [])


class Boards(unittest.TestCase):
    def test_all_80_boards(self):
        self.assertEqual(len({row["board_id"] for row in rows()}), 80)
        for chip, count in COUNTS.items():
            ours = [row for row in rows() if chip_of(row) == chip]
            self.assertEqual(len(ours), count)
            done = images.firmware("all", "registers", chip=chip, pins=images.SPARE_PINS)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(done.stdout.count("registers.bin  "), count)
            for row in ours:
                with self.subTest(row["board_id"]):
                    self.judge(row, chip, done.stdout)

    def judge(self, row, chip, said):
        noted = re.search(r"SCL=(GPIO\d+) SDA=(GPIO\d+)", row["notes"])
        scl, sda = (row["scl"], row["sda"]) if row["scl"] else noted.groups() if noted else ("GPIO5", "GPIO4")
        path = f"{images.DIRECTORY}/{chip}/{row['board_id']}/registers.bin"
        self.assertIn(f"  {path}  {os.path.getsize(path)} bytes\n  esptool.py --chip {chip} write_flash {OFFSETS[chip]} {path}\n", said)
        self.assertIn(f"{row['board_id']}  SCL={scl} SDA={sda}  ", said)
        self.assertTrue(rom.boot(images.read(path), chip).hash_is_right())
        header = images.read(f"{images.DIRECTORY}/{chip}/boards/{row['board_id']}/i2ctarget/board.h").decode()
        self.assertIn(f"#define BOARD_SCL I2CTARGET_ESP32_GPIO({scl[4:]})\n#define BOARD_SDA I2CTARGET_ESP32_GPIO({sda[4:]})\n", header)

    def test_every_example_fits(self):
        examples = sorted(name[:-2] for name in os.listdir(images.SOURCE + "/examples") if name.endswith(".c"))
        self.assertIn("eeprom", examples)
        for chip in "esp32", "esp32c3":
            for example in examples:
                done = images.firmware(BOARDS[chip], example, "--quiet", chip="")
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_pins_of_choice(self):
        done = images.firmware("waveshare_esp32s2_pico", "eeprom", pins={"SCL": "GPIO18", "SDA": "GPIO1"}, chip="")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^waveshare_esp32s2_pico  SCL=GPIO18 SDA=GPIO1  \d+ bytes")


class InFolder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="i2ctarget-firmware-")
        cls.addClassCleanup(folder.cleanup)
        cls.directory = folder.name


PROGRAM = """\
#include <stdint.h>
static uint8_t zeroed[BYTES];
int main(void) { return ((volatile uint8_t *)zeroed)[0]; }
"""


class Memory(InFolder):
    """Data has all that the boot ROM does not need, but for the stack's 8 KiB."""

    def firmware(self, chip, kib):
        path = self.directory + "/big.c"
        with open(path, "w", encoding="utf-8") as file:
            file.write(PROGRAM.replace("BYTES", f"{kib} * 1024"))
        return images.firmware(BOARDS[chip], f"--source={path}", "--quiet", chip=chip)

    def test_sizes(self):
        for chip, kib in {"esp32": 182, "esp32s2": 126, "esp32s3": 245, "esp32c3": 225}.items():
            with self.subTest(chip):
                fits = self.firmware(chip, kib)
                self.assertEqual((fits.returncode, fits.stderr), (0, ""))
                does_not = self.firmware(chip, kib + 3)
                self.assertEqual(does_not.returncode, 1)
                self.assertRegex(does_not.stderr, r"region `DRAM' overflowed by \d+ bytes")

    def test_arithmetic_of_64_bits(self):
        """Which no library of the compiler has for these cores."""
        path = self.directory + "/arithmetic.c"
        with open(path, "w", encoding="utf-8") as file:
            file.write("#include <stdint.h>\nvolatile int64_t a = 7, b = 3;\nvolatile uint64_t c = 5;\nvolatile int d = 9, e = 2;\n"
                       "int main(void) { return (int)(a / b + a % b + a * b + (int64_t)(c / 3u + c % 3u)) + d / e + d % e + (int)((unsigned)d / 7u); }\n")
        for chip, board in BOARDS.items():
            done = images.firmware(board, f"--source={path}", "--quiet", chip=chip)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


class SecondCore(InFolder):
    """CORE=1: main() is on the second core."""

    def firmware(self, chip, core):
        return images.firmware(BOARDS[chip], "registers", directory=self.directory, chip=chip, pins={"CORE": core})

    def symbols(self, chip):
        return symbols(chip, f"{self.directory}/{chip}/{BOARDS[chip]}/registers.elf")

    def test_image(self):
        for chip in "esp32", "esp32s3":
            with self.subTest(chip):
                done = self.firmware(chip, "1")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                names = self.symbols(chip)
                # The second stack is in zeroed data, where no ROM works; the first core sleeps.
                self.assertTrue(names["bss_begin"] + STACK <= names["second_stack_top"] <= names["bss_end"])
                self.assertEqual((names["second_stack_top"] % 16, names["i2ctarget_board_other_core"]), (0, names["chip_sleep"]))
                image = rom.boot(images.read(f"{self.directory}/{chip}/{BOARDS[chip]}/registers.bin"), chip)
                code = image.segments[1]
                self.assertTrue(code[0] <= names["second_reset"] < code[0] + len(code[1]))
                self.assertEqual(image.entry, names["reset"])

    def test_first_core(self):
        for core in "1", "0", "":
            with self.subTest(core):
                self.assertEqual(self.firmware("esp32", core).returncode, 0)
                self.assertEqual("second_reset" in self.symbols("esp32"), core == "1")

    def test_nothing_else_is_taken(self):
        for core in "2", "yes":
            done = self.firmware("esp32s3", core)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", f"CORE is 0 or 1, not {core}\n"))

    def test_another_chip(self):
        for chip, board in {**BOARDS, "rp2040": "raspberry_pi_pico", "samd5x": "feather_m4_express"}.items():
            if chip in ("esp32", "esp32s3"):
                continue
            done = images.firmware(board, "registers", directory=self.directory, chip="", pins={"CORE": "1"})
            words = f"CORE=1 is for the second core of ESP32 and ESP32-S3 alone, not for CHIP={chip}\n"
            self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", words))


class Mistakes(InFolder):
    """Each gives one line that says what to do."""

    def assert_says(self, text, board, scl="", sda="", chip=""):
        done = images.firmware(board, "registers", chip=chip, pins={"SCL": scl, "SDA": sda})
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(text, done.stderr)

    def test_pins_that_can_not_serve(self):
        board = BOARDS["esp32"]
        self.assert_says("GPIO34 of ESP32 is an input only: a target must be able to pull it low", board, "GPIO34", "GPIO21")
        self.assert_says("ESP32 has no pin GPIO6 that can be SDA (flash in most modules)", board, "GPIO22", "GPIO6")
        self.assert_says("ESP32-S2 has no pin GPIO46 that can be SCL (input only and strapping)", BOARDS["esp32s2"], "GPIO46", "GPIO1")
        self.assert_says("ESP32-S3 has no pin GPIO26 that can be SDA (flash)", BOARDS["esp32s3"], "GPIO1", "GPIO26")
        self.assert_says("ESP32-C3 has no pin GPIO22 that can be SCL", BOARDS["esp32c3"], "GPIO22", "GPIO1")
        self.assert_says("GPIO1 can not be SCL and SDA at once", BOARDS["esp32c3"], "GPIO1", "GPIO1")

    def test_board_without_names(self):
        self.assert_says("espressif_esp32c3_devkitm_1_n4 has no pins called SCL and SDA; say which to use, for example: SCL=GPIO5 SDA=GPIO4",
                         "espressif_esp32c3_devkitm_1_n4")

    def test_board_of_another_chip(self):
        self.assert_says("adafruit_feather_esp32s2 has the chip ESP32-S2; its firmware is that of CHIP=esp32s2", "adafruit_feather_esp32s2",
                         chip="esp32")

    def test_unknown_chip(self):
        self.assert_says("there is no firmware for the chip esp32c6; there is for: esp32, esp32c3, esp32s2, esp32s3, rp2040, samd5x",
                         "adafruit_feather_esp32s2", chip="esp32c6")


if __name__ == "__main__":
    unittest.main()
