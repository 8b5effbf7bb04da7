#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The C that is made of a map: compilers for Linux and for the chips take it without a warning, and it answers as the file does."""

import glob
import os
import subprocess
import tempfile
import unittest

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]
HERE = os.path.dirname(os.path.abspath(__file__))
MAPS = [*sorted(glob.glob(f"{SOURCE}/maps/*.toml")), f"{HERE}/everything.toml"]
STRICT = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wstrict-prototypes", "-pedantic", "-Werror", f"-I{SOURCE}/include"]
CHIPS = [["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb"], ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb"],
         ["riscv64-unknown-elf-gcc", "-march=rv32imc", "-mabi=ilp32"]]


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Compiled(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def make(self, path, name):
        run(f"{BUILD}/i2ctarget", "regmap", path, "-o", f"{self.directory}/{name}.c")
        return f"{self.directory}/{name}.c"

    def compare(self, path, made):
        """What compare.c says of a map and its C."""
        libraries = [f"{BUILD}/{path}" for path in ("tests/linux/regmap/libregmap_reader.a", "devices/libi2ctarget-devices.a",
                                                    "linux/link/libi2ctarget_link.a")]
        run("gcc", *STRICT, "-D_GNU_SOURCE", f"-I{SOURCE}/linux", f"-I{self.directory}", '-DMAP_HEADER="part.h"', "-DMAP_INIT=part_init",
            f"{HERE}/compare.c", made, *libraries, "-o", f"{self.directory}/compare")
        return run(f"{self.directory}/compare", path)

    def test_compilers(self):
        for path in MAPS:
            made = self.make(path, "part")
            run("clang", *STRICT, "-c", made, "-o", "/dev/null")
            for compiler in CHIPS:
                run(*compiler, *STRICT, "-ffreestanding", "-Os", "-c", made, "-o", f"{self.directory}/part.o")

    def test_the_table_is_in_flash(self):
        """Nothing but memory for values, sequences and reactions is in RAM."""
        made = self.make(MAPS[-1], "part")
        run(*CHIPS[0], *STRICT, "-ffreestanding", "-Os", "-c", made, "-o", f"{self.directory}/part.o")
        listed = run("arm-none-eabi-nm", "--format=posix", f"{self.directory}/part.o").split("\n")
        self.assertEqual(sorted(line.split()[0] for line in listed if line and line.split()[1] in "bBdDC"), ["reaction_states", "sequence_states", "values"])

    def test_answers_as_the_file_does(self):
        for path in MAPS:
            with self.subTest(path):
                made = self.make(path, "part")
                self.assertRegex(self.compare(path, made), r"^\d+ registers, \d+ writes\n$")

    def test_another_map_is_told(self):
        """The comparison itself: a changed reset value is a difference."""
        made = self.make(MAPS[-1], "part")
        with open(made, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(".reset = 0xcafebabe", text)
        with open(made, "w", encoding="utf-8") as file:
            file.write(text.replace(".reset = 0xcafebabe", ".reset = 0xcafebabf"))
        with self.assertRaisesRegex(AssertionError, "they differ: a byte"):
            self.compare(MAPS[-1], made)


if __name__ == "__main__":
    unittest.main()
