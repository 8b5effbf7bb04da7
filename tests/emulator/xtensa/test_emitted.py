#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""All that the compiler makes of our code is known to the interpreter, by the name that the disassembler gives it."""

import os
import re
import unittest

import judged

SOURCE = os.environ["SOURCE_DIR"]
PROJECT = """
cmake_minimum_required(VERSION 3.20)
project(emitted C)
add_subdirectory({source}/ports/esp32 port)
file(GLOB sources {source}/devices/*.c {source}/src/smbus/*.c)
add_library(emitted STATIC ${{sources}})
target_include_directories(emitted PRIVATE {source})
target_link_libraries(emitted PRIVATE i2ctarget_esp32)
"""
COMPILER = ["-DCMAKE_SYSTEM_NAME=Generic", "-DCMAKE_C_COMPILER=xtensa-lx106-elf-gcc", "-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY"]
# Literals, padding, and instructions of the chips alone: this assembler's disassembler does not know them.
NO_INSTRUCTIONS = {".byte", ".word", "ill", "excw"}


def instructions_of(library):
    """Words and names, each only once; the name of RSR, WSR and XSR without that of the register."""
    found = set()
    for line in judged.run(["xtensa-lx106-elf-objdump", "-d", library]).splitlines():
        parts = re.match(r"\s+[0-9a-f]+:\t([0-9a-f]+) +\t(\S+)", line)
        if parts and parts[2] not in NO_INSTRUCTIONS:
            found.add((parts[1], re.sub(r"^([rwx]sr)\..*", r"\1", parts[2])))
    return sorted(found)


def build(chip, level):
    """Core, devices, protocols and the port of this chip.  Returns the library."""
    folder = f"{judged.BUILD}/emitted/{chip}{level}"
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/CMakeLists.txt", "w", encoding="ascii") as file:
        file.write(PROJECT.format(source=SOURCE))
    judged.run(["cmake", "-G", "Ninja", "-S", folder, "-B", f"{folder}/build", f"-DI2CTARGET_ESP32_CHIP={chip}", *COMPILER,
                f"-DCMAKE_C_FLAGS=-std=c11 -ffreestanding -mlongcalls -mtext-section-literals {level}"])
    judged.run(["cmake", "--build", f"{folder}/build"])
    return f"{folder}/build/libemitted.a"


class Emitted(unittest.TestCase):
    def expect_known(self, chip, library):
        instructions = instructions_of(library)
        names = judged.run([f"{judged.BUILD}/xtensa_decode", chip], text="\n".join(word for word, _ in instructions)).splitlines()
        self.assertEqual(len(names), len(instructions))
        for (word, name), ours in zip(instructions, names):
            self.assertEqual(ours, name, word)
        self.assertGreater(len(set(names)), 60)

    def test_our_code(self):
        for chip, level in ("esp32", "-O2"), ("esp32s2", "-O3"), ("esp32s3", "-Os"):
            with self.subTest(chip, level=level):
                self.expect_known(chip, build(chip, level))

    def test_the_compilers_library(self):
        """Multiplication and division, as far as the processor has none."""
        self.expect_known("esp32", judged.run(["xtensa-lx106-elf-gcc", "-print-libgcc-file-name"]).strip())


if __name__ == "__main__":
    unittest.main()
