#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The assembler for PIO: encodings, round trips, mistakes, and the check of a header."""

import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.environ["SOURCE_DIR"] + "/tests/chips/rp2040/model")
import pioasm  # pylint: disable=wrong-import-position

PROGRAM = os.environ["SOURCE_DIR"] + "/tests/chips/rp2040/model/pioasm.py"

SOURCE = """
.define PUBLIC BITS 8           ; a comment
.program blink /* over
two lines */
.side_set 1 opt pindirs
.define LAST (BITS - 1)
public entry:
    set x, LAST   [2]
loop: jmp x-- loop side 1       // and another
.wrap_target
    wait 1 irq 3 rel
    mov y, ::osr side 0 [7]
.wrap
    jmp entry
"""
WORDS = [0xE227, 0x1841, 0x20D3, 0xB757, 0x0000]


def words(text, directives=""):
    return pioasm.assemble(f".program p\n{directives}\n{text}")[0].words


class Encoding(unittest.TestCase):
    # RP2040 datasheet §3.4: each field, by hand.
    CASES = {
        "jmp 7": 0x0007, "jmp !x 7": 0x0027, "jmp x-- 7": 0x0047, "jmp !y 7": 0x0067, "jmp y-- 7": 0x0087, "jmp x!=y 7": 0x00A7,
        "jmp x != y, 7": 0x00A7, "jmp pin 31": 0x00DF, "jmp !osre 0": 0x00E0, "jmp x --, 7": 0x0047,
        "wait 0 gpio 29": 0x201D, "wait 1 gpio 0": 0x2080, "wait 1 pin 3": 0x20A3, "wait 0 irq 7": 0x2047, "wait 1 irq 2 rel": 0x20D2,
        "in pins, 1": 0x4001, "in x, 32": 0x4020, "in y, 31": 0x405F, "in null, 24": 0x4078, "in isr, 8": 0x40C8, "in osr, 5": 0x40E5,
        "out pins, 8": 0x6008, "out x, 5": 0x6025, "out y, 32": 0x6040, "out null, 3": 0x6063, "out pindirs, 1": 0x6081,
        "out pc, 5": 0x60A5, "out isr, 9": 0x60C9, "out exec, 16": 0x60F0,
        "push": 0x8020, "push block": 0x8020, "push noblock": 0x8000, "push iffull": 0x8060, "push iffull noblock": 0x8040,
        "pull": 0x80A0, "pull block": 0x80A0, "pull noblock": 0x8080, "pull ifempty": 0x80E0, "pull ifempty noblock": 0x80C0,
        "mov pins, x": 0xA001, "mov x, !y": 0xA02A, "mov x, ~y": 0xA02A, "mov y, ::osr": 0xA057, "mov exec, isr": 0xA086,
        "mov pc, null": 0xA0A3, "mov isr, status": 0xA0C5, "mov osr, pins": 0xA0E0, "mov osr, ! null": 0xA0EB, "nop": 0xA042,
        "irq 0": 0xC000, "irq set 3": 0xC003, "irq nowait 3": 0xC003, "irq wait 1": 0xC021, "irq clear 7": 0xC047,
        "irq wait 2 rel": 0xC032, "irq 2 rel": 0xC012,
        "set pins, 1": 0xE001, "set x, 31": 0xE03F, "set y, 0": 0xE040, "set pindirs, 3": 0xE083,
        "nop [31]": 0xBF42, ".word 0xabcd": 0xABCD, "set x, 3*(2+1)-4": 0xE025, "SET X, 0b101": 0xE025,
    }

    def test_instructions(self):
        for text, word in self.CASES.items():
            with self.subTest(text):
                self.assertEqual(words(text), [word])

    def test_side_set(self):
        self.assertEqual(words("nop side 1 [15]", ".side_set 1"), [0xBF42])
        self.assertEqual(words("nop side 2 [1]", ".side_set 2"), [0xB142])
        self.assertEqual(words("nop side 31", ".side_set 5"), [0xBF42])
        self.assertEqual(words("nop [7]\nnop side 1\nnop side 0 [7]", ".side_set 1 opt"), [0xA742, 0xB842, 0xB742])
        program = pioasm.assemble(".program p\n.side_set 2 opt pindirs\nnop")[0]
        self.assertEqual((program.side_count, program.side_optional, program.side_pindirs), (3, True, True))

    def test_program(self):
        program = pioasm.assemble(SOURCE)[0]
        self.assertEqual(program.words, WORDS)
        self.assertEqual((program.wrap_target, program.wrap, program.labels, program.public), (2, 3, {"entry": 0, "loop": 1}, ["entry"]))

    def test_two_programs_are_apart(self):
        one, two = pioasm.assemble(".program one\na: jmp a\n.program two\nnop\na: jmp a\n")
        self.assertEqual((one.words, two.words), ([0], [0xA042, 1]))
        self.assertEqual((one.wrap_target, one.wrap, two.wrap), (0, 0, 1))

    def test_mistakes(self):
        for text in ("jmp nowhere", "jmp 32", "set x, 32", "in x, 0", "in x, 33", "out status, 1", "mov x", "wait 2 gpio 1", "wait 1 irq 8",
                     "wait 1 gpio 3 rel", "irq 8", "push ifempty", "pull block noblock", "fly x, 1", "nop [32]", "nop side 1", ".thing 3",
                     "a: nop\na: nop", "set x, __import__", "nop\n" * 33):
            with self.subTest(text), self.assertRaises(pioasm.Trouble):
                words(text)
        with self.assertRaises(pioasm.Trouble):
            words("nop", ".side_set 1")  # is not optional
        with self.assertRaises(pioasm.Trouble):
            words("nop side 2", ".side_set 1")
        with self.assertRaises(pioasm.Trouble):
            words("nop side 1 [16]", ".side_set 1")


class Disassembly(unittest.TestCase):
    def test_there_and_back(self):
        """Every word that is an instruction comes back from its text."""
        generator = random.Random(1)
        count = 0
        for _ in range(20000):
            word, side = generator.randrange(0x10000), generator.randrange(6)
            optional = bool(side) and generator.random() < 0.5
            text = pioasm.disassemble(word, side, optional)
            is_moot = optional and not word & 0x1000 and word >> (13 - side) & ((1 << (side - 1)) - 1)  # bits that have no effect
            relative = word >> 13 in (1, 6) and word & 0x08 and (word >> 13 == 6 or word >> 5 & 3 == 2)
            ends = word >> 13 == 4 and word & 0x1F or word >> 13 == 6 and (word & 0x80 or word & 0x60 == 0x60)
            if "reserved" in text or is_moot or relative or ends:
                continue
            directives = f".side_set {side - optional}{' opt' if optional else ''}" if side else ""
            self.assertEqual(words(text, directives), [word], text)
            count += 1
        self.assertGreater(count, 8000)

    def test_command(self):
        done = subprocess.run(["/usr/bin/python3", PROGRAM, "--side-set", "2 opt", "--disassemble", "0x1841", "0xb757"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout, "jmp x-- 1 side 2\nmov y, ::osr side 1 [3]\n", done.stderr)


class Check(unittest.TestCase):
    HEADER = """#define blink_wrap_target 2
#define BLINK_WRAP 3
enum { blink_offset_entry = 0 };
static const uint16_t blink_program_instructions[] = {
    0xe227, /*  0: set x, 7 */
    0x1841, // 1: jmp x-- 1
    0x20d3, 0xb757, 0x0000,
};
"""

    def check(self, header):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in ("p.pio", SOURCE), ("p.h", header):
                with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                    file.write(text)
            return subprocess.run(["/usr/bin/python3", PROGRAM, f"{folder}/p.pio", "--check", f"{folder}/p.h"],
                                  capture_output=True, text=True, check=False)

    def test_equal(self):
        self.assertEqual(self.check(self.HEADER).returncode, 0)

    def test_different(self):
        for old, new, complaint in (("0xe227", "0xe226", "blink[0]: source 0xe227 set x, 7 [2], header 0xe226"),
                                    (", 0x0000", "", "header nothing"), ("0x0000,", "0x0000, 0xa042", "source nothing"),
                                    ("blink_wrap_target 2", "blink_wrap_target 1", "blink_wrap_target"), ("BLINK_WRAP 3", "BLINK_WRAP 4", "blink_wrap"),
                                    ("entry = 0", "entry = 1", "offset_entry"), ("blink_program", "other", "no such array")):
            done = self.check(self.HEADER.replace(old, new))
            self.assertEqual(done.returncode, 1, new)
            self.assertIn(complaint, done.stderr)


class Port(unittest.TestCase):
    """ports/rp2040: the words in program.h are those of target.pio at their origins, and so are the addresses."""

    FOLDER = os.environ["SOURCE_DIR"] + "/ports/rp2040"

    def read(self, name):
        with open(f"{self.FOLDER}/{name}", encoding="utf-8") as file:
            return file.read()

    def differences(self, header):
        return list(pioasm.compare(pioasm.assemble(self.read("target.pio")), header))

    def test_words_are_the_source(self):
        self.assertEqual(self.differences(self.read("program.h")), [])
        self.assertEqual(pioasm.check(pioasm.assemble(self.read("target.pio")), self.read("program.h")), 0)

    def test_every_word_counts(self):
        header = self.read("program.h")
        programs = pioasm.assemble(self.read("target.pio"))
        self.assertGreaterEqual(len(pioasm.header_array(header, "program")), sum(len(program.words) for program in programs))
        begin = header.index("program[")
        for match in re.finditer(r"0x([0-9A-Fa-f]{4}),", header[begin:header.index("}", begin)]):
            wrong = f"0x{int(match.group(1), 16) ^ 1:04x},"
            changed = header[:begin + match.start()] + wrong + header[begin + match.end():]
            self.assertEqual(len(self.differences(changed)), 1, match.group())

    def test_addresses_count(self):
        header = self.read("program.h")
        for name in "ENGINE_WRAP_TARGET", "ENGINE_WRAP", "DETECTOR_WRAP", "ENGINE_IDLE", "DETECTOR_UP":
            changed = re.sub(rf"\b{name} = (\d+)", lambda match: f"{match.group(0)}1", header)
            self.assertNotEqual(changed, header, name)
            self.assertEqual(len(self.differences(changed)), 1, name)


if __name__ == "__main__":
    unittest.main()
