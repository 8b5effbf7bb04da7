#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What is copied to a board with SAM D5x/E5x: would its boot loader take and start it, what is at which address; and what `make firmware`
prints."""

import csv
import os
import re
import struct
import sys
import tempfile
import unittest

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/firmware")
import images

APPLICATION, SRAM = 0x4000, 0x20000000
KIB = 1024
# DS60001507 §9.2: flash and SRAM by the last two digits of a chip's name.
SIZES = {"18": (256 * KIB, 128 * KIB), "19": (512 * KIB, 192 * KIB), "20": (1024 * KIB, 256 * KIB)}
SAMD51_FAMILY = 0x55114460  # uf2families.json; the boot loaders of SAME51 and SAME54 have the same
TIMERS = (107, 109, 111, 113)  # TC0, TC2, TC4, TC6
FOUR_GROUPS, TWO_GROUPS = "aloriumtech_evo_m51", "feather_m4_express"  # SAMD51P19A, SAMD51J19A


def build(board, example="registers", **keywords):
    return images.build(board, example, chip="samd5x", **keywords)


def sizes_of(mcu):
    return SIZES[re.fullmatch(r"SAM[DE]5\d[GJP](\d\d)A", mcu)[1]]


def rows():
    with open(images.SOURCE + "/boards/boards.csv", newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["mcu"].startswith("SAM")]


def boot(blocks, flash_size, family=SAMD51_FAMILY):
    """What the UF2 boot loader (adafruit/uf2-samdx1, src/fat.c and src/main.c) makes of a file: the flash, and what it starts; None: it
    stays in itself."""
    flash = bytearray(b"\xff" * flash_size)
    for block in blocks:
        is_uf2 = (block.magic0, block.magic1, block.magic2) == (0x0A324655, 0x9E5D5157, 0x0AB16F30)
        is_mine = not block.flags & 0x2000 or block.family == family
        is_for_flash = not block.flags & 1 and block.size == 256 and block.address % 256 == 0 and APPLICATION <= block.address < flash_size
        if is_uf2 and is_mine and is_for_flash:
            flash[block.address : block.address + 256] = block.payload
    stack, entry = struct.unpack_from("<2I", flash, APPLICATION)
    return flash, (stack, entry) if APPLICATION <= entry <= flash_size else None


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = build(TWO_GROUPS)
        cls.blocks = images.blocks_of(cls.path + ".uf2")
        cls.flash = b"".join(block.payload for block in cls.blocks)
        cls.symbols = images.symbols(cls.path + ".elf")

    def test_uf2_blocks(self):
        for i, block in enumerate(self.blocks):
            self.assertEqual((block.magic0, block.magic1, block.magic2), (0x0A324655, 0x9E5D5157, 0x0AB16F30), f"block {i}")
            self.assertEqual((block.flags, block.family), (0x2000, SAMD51_FAMILY), f"block {i}")
            self.assertEqual((block.number, block.count), (i, len(self.blocks)), f"block {i}")
            self.assertEqual((block.address, block.size), (APPLICATION + 256 * i, 256), f"block {i}")
            self.assertEqual(block.data[256:], bytes(220), f"block {i}")

    def test_uf2_is_the_elf_image(self):
        with tempfile.NamedTemporaryFile() as file:
            images.tool("objcopy", "-O", "binary", self.path + ".elf", file.name)
            image = images.read(file.name)
        self.assertGreater(len(image), 1024)
        self.assertEqual(self.flash, image.ljust(-(-len(image) // 256) * 256, b"\0"))

    def test_another_family_is_not_taken(self):
        """The judge, judged: a boot loader of a SAMD21 writes nothing."""
        self.assertIsNone(boot(self.blocks, 512 * KIB, family=0x68ED2B88)[1])

    def test_vectors(self):
        sram = self.flash[self.symbols["sram_image"][0] - APPLICATION :]
        vectors = struct.unpack_from("<153I", sram)
        at = {name: address | 1 for name, (address, _) in self.symbols.items()}
        unexpected = at["unexpected"]
        self.assertEqual(vectors[:2], (self.symbols["stack_top"][0], at["reset"]))
        self.assertEqual(vectors[2:16], (unexpected,) * 14)
        for number, vector in enumerate(vectors[16:]):
            if 46 <= number < 78:
                wanted = at[f"i2ctarget_samd5x_sercom{(number - 46) // 4}_irq"]
            elif 12 <= number < 28:
                wanted = at["i2ctarget_samd5x_eic_irq"]
            else:
                wanted = at["i2ctarget_samd5x_timer_irq"] if number in TIMERS else unexpected
            self.assertEqual(vector, wanted, f"interrupt {number}")

    def test_vtor_can_point_to_the_vectors(self):
        """153 words: at a multiple of 1024 bytes (Armv7-M ARM §B3.2.5)."""
        self.assertEqual(self.symbols["vectors"][0] % 1024, 0)
        self.assertEqual(self.symbols["interrupts"][0], self.symbols["vectors"][0] + 64)

    def test_only_the_way_to_main_runs_from_flash(self):
        in_flash = {name.split(".")[0] for name, (address, kind) in self.symbols.items()
                    if kind in "tT" and APPLICATION <= address < SRAM and not name.endswith("_veneer")}
        self.assertIn("chip_begin", in_flash)
        start_up = {"entry", "reset", "copy", "clear", "chip_begin", "silence_interrupts", "switch_fpu_on", "clocks_start", "wait_for",
                    "wait_until_synchronised", "wait_for_dfll", "set_generator", "start_dfll", "switch_dfll_on", "stop_others", "start_pll",
                    "start_32k", "set_wait_states", "start_cache"}
        self.assertEqual(in_flash - start_up, set())

    def test_way_to_main_calls_nothing_in_sram_before_it_is_there(self):
        """All calls out of the flash go through veneers: main() and halt() only."""
        veneers = {name for name in self.symbols if name.endswith("_veneer")}
        self.assertEqual(veneers, {"__main_veneer", "__halt_veneer"})

    def test_floats_are_in_registers(self):
        """In a new folder: CMake keeps the compiler's options of an old one."""
        with tempfile.TemporaryDirectory() as directory:
            done = images.firmware(TWO_GROUPS, "registers", "--quiet", directory=directory, chip="samd5x")
            self.assertEqual(done.returncode, 0, done.stderr)
            attributes = images.tool("readelf", "-A", f"{directory}/samd5x/{TWO_GROUPS}/registers.elf")
        self.assertIn("Tag_ABI_VFP_args: VFP registers", attributes)

    def test_documented_size(self):
        pattern = r"`registers` for the Feather M4 Express: ([\d.]+) KiB of flash, almost as much of SRAM for the copy, (\d+) bytes of zeroed RAM"
        images.assert_sizes_are_documented(self, "firmware/samd5x/README.md", pattern, self.path + ".elf")

    def test_nothing_of_a_c_library_or_a_vendor(self):
        strangers = [name for name in self.symbols if re.match(r"_?(malloc|free|sbrk|init\b|fini\b|exit\b|printf|System|NVIC_|hri_)", name)]
        self.assertEqual(strangers, [])

    def test_all_groups_of_pins_are_released(self):
        """The number of groups is that of the package: 48 and 64 pins have PA and PB, 128 have PA to PD."""
        self.assertEqual(self.symbols["pin_groups"][0], 2)
        self.assertEqual(images.symbols(build(FOUR_GROUPS) + ".elf")["pin_groups"][0], 4)


class Boards(unittest.TestCase):
    def header(self, board):
        return images.read(f"{images.DIRECTORY}/samd5x/boards/{board}/i2ctarget/board.h").decode()

    def test_all_35_boards(self):
        """35 names in the table; two pairs of them are one board with one firmware."""
        done = images.firmware("all", "registers", chip="samd5x")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((len(rows()), len({row["board_id"] for row in rows()})), (35, 33))
        for row in rows():
            with self.subTest(row["board_id"]):
                self.judge(row, done.stdout)

    def judge(self, row, said):
        board = row["board_id"]
        image = f"{images.DIRECTORY}/samd5x/{board}/registers"
        self.assertIn(f"  {image}.uf2  {os.path.getsize(image + '.uf2')} bytes\n", said)
        self.judge_pins(row)
        flash_size, sram_size = sizes_of(row["mcu"])
        blocks = images.blocks_of(image + ".uf2")
        self.assertTrue(all(APPLICATION <= block.address < flash_size for block in blocks))
        flash, started = boot(blocks, flash_size)
        self.assertEqual(flash[:APPLICATION], b"\xff" * APPLICATION)
        self.assertIsNotNone(started)
        stack, entry = started
        symbols = images.symbols(image + ".elf")
        self.assertEqual(entry, symbols["reset"][0] | 1)
        # The last word is the boot loader's (inc/uf2.h: DBL_TAP_PTR), and a stack is aligned to 8 bytes.
        self.assertEqual(stack, SRAM + sram_size - 8)
        self.assertLessEqual(symbols["bss_end"][0], stack - 4 * KIB + 8)

    def judge_pins(self, row):
        pins = [row["scl"], row["sda"]] if row["scl"] else re.search(r"SCL=(\w+) SDA=(\w+)", row["notes"]).groups()
        scl, sda = (rf"I2CTARGET_SAMD5X_{pin[:2]}\({int(pin[2:])}\)" for pin in pins)
        self.assertRegex(self.header(row["board_id"]), rf"#define BOARD_SCL {scl}\n#define BOARD_SDA {sda}\n")

    def test_chip_is_the_board_s(self):
        done = images.firmware("itsybitsy_m4_express", "eeprom", chip="")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(f"  {images.DIRECTORY}/samd5x/itsybitsy_m4_express/eeprom.uf2  ", done.stdout)

    def test_names_of_the_board(self):
        """Each pin that the board names and that can serve, as a macro."""
        build("grandcentral_m4_express")
        header = self.header("grandcentral_m4_express")
        self.assertIn("#define BOARD_SCL I2CTARGET_SAMD5X_PB(21)\n", header)
        self.assertIn("#define BOARD_SCL1 I2CTARGET_SAMD5X_PC(17)\n", header)
        self.assertIn("#define BOARD_A0 I2CTARGET_SAMD5X_PA(2)\n", header)  # a pad of no SERCOM

    def test_pins_of_choice(self):
        done = images.firmware("grandcentral_m4_express", "registers", pins={"SCL": "PC17", "SDA": "PC16"}, chip="samd5x")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^grandcentral_m4_express  SCL=PC17 SDA=PC16  \d+ bytes")


PROGRAM = """\
#include <i2ctarget/board.h>
static volatile char big[BYTES];
int main(void)
{
    big[1] = 1;
    return big[0];
}
"""


class InFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="i2ctarget-firmware-")
        self.addCleanup(folder.cleanup)
        self.directory = folder.name


class Memory(InFolder):
    """A program has the memory of its board's chip, and no more: 4 KiB of it are the stack's."""

    def firmware(self, board, kib):
        path = self.directory + "/big.c"
        with open(path, "w", encoding="utf-8") as file:
            file.write(PROGRAM.replace("BYTES", f"{kib} * 1024"))
        return images.firmware(board, f"--source={path}", chip="samd5x")

    def test_what_fits(self):
        for board, kib in ("feather_m4_express", 160), ("pyportal", 224):
            done = self.firmware(board, kib)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_does_not(self):
        for board, kib in ("feather_m4_express", 186), ("pyportal", 250):
            done = self.firmware(board, kib)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, r"region `SRAM' overflowed by \d+ bytes")

    def test_a_table_in_the_flash(self):
        path = self.directory + "/table.c"
        with open(path, "w", encoding="utf-8") as file:
            file.write('__attribute__((section(".flash.table"))) const volatile char table[300 * 1024] = {1};\nint main(void) { return table[2]; }\n')
        done = images.firmware("feather_m4_express", f"--source={path}", chip="samd5x")
        self.assertEqual(done.returncode, 0, done.stderr)
        address = images.symbols(images.DIRECTORY + "/samd5x/feather_m4_express/table.elf")["table"][0]
        self.assertTrue(APPLICATION <= address < 512 * KIB, address)


class OtherPins(InFolder):
    """Two pins that no SERCOM has: the image is made, and a line says who serves them."""

    def notes(self, scl, sda):
        done = images.firmware("feather_m4_express", "registers", chip="samd5x", pins={"SCL": scl, "SDA": sda})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"SCL={scl} SDA={sda}", done.stdout)
        return done.stderr

    def test_the_processor_serves_them(self):
        self.assertEqual(self.notes("PA19", "PA18"),
                         "boards: no SERCOM has SCL=PA19 SDA=PA18 of SAMD51J19A: the processor serves them, more slowly (ports/samd5x/README.md)\n")

    def test_swapped(self):
        self.assertIn("(ports/samd5x/README.md); SCL=PA01 SDA=PA00 are those of SERCOM1\n", self.notes("PA00", "PA01"))

    def test_pins_of_a_sercom(self):
        self.assertEqual(self.notes("PA01", "PA00"), "")


class SercomOnly(InFolder):
    """SERCOM_ONLY leaves the code for other pins out of an image."""

    def firmware(self, **pins):
        return images.firmware("feather_m4_express", "registers", directory=self.directory, chip="samd5x", pins={"SERCOM_ONLY": "1", **pins})

    def test_image(self):
        done = self.firmware()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        path = self.directory + "/samd5x/feather_m4_express/registers"
        symbols = images.symbols(path + ".elf")
        self.assertEqual([name for name in symbols if "_gpio" in name or "_eic" in name], [])
        flash = b"".join(block.payload for block in images.blocks_of(path + ".uf2"))
        vectors = struct.unpack_from("<153I", flash, symbols["sram_image"][0] - APPLICATION)
        self.assertEqual(vectors[16 + 12 : 16 + 28], (symbols["unexpected"][0] | 1,) * 16)
        with_it = images.read(build("feather_m4_express") + ".uf2")
        self.assertLess(len(images.read(path + ".uf2")) // 2, len(with_it) // 2 - 8 * KIB)  # a block of 512 bytes has 256 of the image
        pattern = r"With `SERCOM_ONLY=1` it is ([\d.]+) KiB, and (\d+) bytes of zeroed RAM"
        images.assert_sizes_are_documented(self, "firmware/samd5x/README.md", pattern, path + ".elf")

    def test_other_pins(self):
        done = self.firmware(SCL="PA19", SDA="PA18")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("the processor serves them, more slowly (ports/samd5x/README.md); SERCOM_ONLY leaves that out\n", done.stderr)

    def test_zero_is_off(self):
        done = self.firmware(SERCOM_ONLY="0", SCL="PA19", SDA="PA18")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("i2ctarget_samd5x_gpio_port", images.symbols(self.directory + "/samd5x/feather_m4_express/registers.elf"))

    def test_nothing_else_is_taken(self):
        done = self.firmware(SERCOM_ONLY="no")
        self.assertEqual((done.returncode, done.stderr), (1, "SERCOM_ONLY is 1 or 0, not no\n"))

    def test_another_chip(self):
        done = images.firmware("raspberry_pi_pico", "registers", directory=self.directory, pins={"SERCOM_ONLY": "1"})
        self.assertEqual((done.returncode, done.stderr), (1, "SERCOM_ONLY=1 is for SAM D5x/E5x alone, not for CHIP=rp2040\n"))


class Mistakes(InFolder):
    """Each gives one line that says what to do."""

    def assert_says(self, text, board, scl="", sda=""):
        done = images.firmware(board, "registers", chip="samd5x", pins={"SCL": scl, "SDA": sda})
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(text, done.stderr)

    def test_pins_with_one_extint(self):
        self.assert_says("PB02 and PA02 of SAMD51J19A are not pad 1 and pad 0 of one SERCOM, and both have EXTINT2", "feather_m4_express", "PB02", "PA02")

    def test_a_pin_without_extint(self):
        self.assert_says("PA08 and PB02 of SAMD51J19A are not pad 1 and pad 0 of one SERCOM, and PA08 has no EXTINT", "feather_m4_express", "PA08", "PB02")

    def test_swapped(self):
        self.assert_says("scl and sda are swapped: PC16 is a clock pin and PA08 a data pin of SAME54P20A", "same54_xplained", "PA08", "PC16")

    def test_one_pin_for_both(self):
        self.assert_says("PA18 can not be SCL and SDA at once", "feather_m4_express", "PA18", "PA18")

    def test_pin_of_a_larger_package(self):
        self.assert_says("SAMD51G19A has no pin PB30 that can be SCL", "itsybitsy_m4_express", "PB30", "PB31")
        self.assert_says("SAMD51J19A has no pin PC17 that can be SCL", "feather_m4_express", "PC17", "PC16")

    def test_half_the_pins(self):
        self.assert_says("SCL and SDA go together; say which to use, for example: SCL=PA13 SDA=PA12", "feather_m4_express", "PA13")

    def test_misspelt_board(self):
        self.assert_says("there is no board feather_m4; do you mean feather_m4_", "feather_m4")
        self.assert_says("All of them: i2ctarget boards sam", "feather_m4")

    def test_board_of_another_chip(self):
        self.assert_says("raspberry_pi_pico has the chip RP2040; its firmware is that of CHIP=rp2040", "raspberry_pi_pico")


if __name__ == "__main__":
    unittest.main()
